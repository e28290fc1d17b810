#pragma once

#include "checkpoints/onnx_graph.h"
#include "checkpoints/tflite_model.h"

namespace ditto::checkpoints {

/// Rewrites a TFLite graph in standard ONNX operators (opset 16, 32-bit floats), including the
/// three custom operators of MediaPipe's face mesh with attention. Inputs and outputs keep their
/// names and their NHWC shapes; inside, pictures are NCHW.
/// Throws Error{model_corrupt} for a damaged graph, Error{model_mismatch} for an operator or a form
/// of it that is not supported.
OnnxGraph onnx_from_tflite(const TfliteModel& model);

}  // namespace ditto::checkpoints
