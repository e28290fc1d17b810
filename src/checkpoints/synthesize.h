#pragma once

#include <cstdint>
#include <filesystem>

namespace ditto::checkpoints {

enum class SyntheticSize { full, tiny };

/// Writes a folder laid out as the official model repository (ditto_onnx/, ditto_cfg/), filled
/// with seeded random weights: pictures made with it show no face, but every stage runs, at the
/// official cost (full, 2 GB) or in no time (tiny, a few MB). The same seed gives the same files.
/// The face finders (insightface_det, landmark106, blaze_face, face_mesh) are left out: a random
/// one finds no face. Throws Error{model_write}.
void synthesize(SyntheticSize size, std::uint64_t seed, const std::filesystem::path& folder);

}  // namespace ditto::checkpoints
