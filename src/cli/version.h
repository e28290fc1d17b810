#pragma once

#include <string>

namespace ditto::cli {

/// Lines with the versions of the program, ONNX Runtime and FFmpeg.
std::string version_text();

}  // namespace ditto::cli
