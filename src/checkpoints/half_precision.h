#pragma once

#include <cstdint>

#include "checkpoints/onnx_model.h"

namespace ditto::checkpoints {

/// Rounded to the nearest, ties to even, as IEEE 754 has it.
std::uint16_t half_from_float(float value);

/// Has the network compute in 16 bits (float16, weights as well) where that changes little; its
/// inputs and outputs stay as they are. In 32 bits remain
/// - norms, sums and means, softmax, powers, roots and exponentials, with what leads to the last
///   two and to a norm that is written out (x - mean, squared, its mean, its root);
/// - all that makes the grid of a GridSample, down to the convolution that the mask comes from;
/// - what is computed from inputs and constants alone, such as maps of keypoints;
/// - what has constants that 16 bits do not hold: above 65504, or a number that becomes 0;
/// - weights that the graph itself computes.
/// Batch norm behind a convolution is multiplied into its weights first, in 32 bits.
/// Throws std::invalid_argument where an operator is not known here.
void to_half_precision(OnnxModel& model);

}  // namespace ditto::checkpoints
