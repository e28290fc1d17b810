#pragma once

#include <filesystem>
#include <functional>

#include "base/messages.h"

namespace ditto {

/// Whether a folder holds PyTorch checkpoints: ditto_pytorch/models.
bool has_pytorch_checkpoints(const std::filesystem::path& folder);

/// The ONNX files of a folder that has PyTorch checkpoints only (checkpoints::convert()), made once
/// and kept in the folder `cache` as converted-PLACE-HASH: PLACE stands for the folder, HASH for
/// the names, sizes and times of its files and for the converter's version. The result has
/// ditto_onnx and ditto_cfg.
///
/// They are complete or not there: made under another name that is changed at the end, so that
/// several programs may do it at once. A kept folder holds the SHA-256 of each converted file;
/// where one differs, all are made anew. What was kept of earlier files of the same folder is
/// removed. `tell` hears checkpoints_converting before the work begins. Throws Error{model_missing}
/// naming the first file that the engine needs and the folder lacks, and the errors of
/// checkpoints::convert().
std::filesystem::path converted_checkpoints(const std::filesystem::path& folder,
                                            const std::filesystem::path& cache,
                                            const std::function<void(const Notice&)>& tell);

}  // namespace ditto
