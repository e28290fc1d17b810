#pragma once

#include "checkpoints/onnx_model.h"

namespace ditto::checkpoints {

/// Has a network that takes one of its input at once take any number, if each of its nodes treats
/// the first axis as a batch; else the model stays as it is. Inputs and outputs must have a first
/// size of 1. True where the batch is free then.
bool free_batch(OnnxModel& model);

}  // namespace ditto::checkpoints
