#pragma once

#include "engine/controls.h"
#include "engines/mesh/face_state.h"

namespace ditto::mesh {

/// The face of an emotion at full strength, to be added to what the voice does. After the action
/// units of Ekman, Friesen and Hager, "Facial Action Coding System" (2002), in amounts that a
/// photo bears.
FaceState expression_of(Emotion emotion);

/// Field by field: a + b * weight.
FaceState added(const FaceState& a, const FaceState& b, float weight);
/// Every field times `factor`.
FaceState scaled(const FaceState& state, float factor);

}  // namespace ditto::mesh
