#pragma once

#include <filesystem>
#include <functional>
#include <optional>

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
/// several programs may do it at once. A kept folder holds the SHA-256, size and time of each
/// converted file (hub::LockFile). A file of another size or time is hashed; where a hash differs,
/// all are made anew. What was kept of earlier files of the same folder is
/// removed. `tell` hears checkpoints_converting before the work begins. Throws Error{model_missing}
/// naming the first file that the engine needs and the folder lacks, and the errors of
/// checkpoints::convert().
std::filesystem::path converted_checkpoints(const std::filesystem::path& folder,
                                            const std::filesystem::path& cache,
                                            const std::function<void(const Notice&)>& tell);

/// Hashes the converted files that are kept of a folder, whatever their sizes and times: true where
/// they are whole. Where they are not, they are removed, so that the next start makes them anew.
/// Nothing where none are kept.
std::optional<bool> verify_converted_checkpoints(const std::filesystem::path& folder,
                                                 const std::filesystem::path& cache);

}  // namespace ditto
