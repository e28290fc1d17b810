#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "checkpoints/weights.h"

namespace ditto::checkpoints {

/// Reads the tensors that torch.save() wrote, in the zip format (PyTorch 1.6 and later) or the one
/// before. Nothing is executed. Half precision and float64 become float32.
///
/// `part`: the entry of the file that is the state dict, e.g. "model_state_dict"; empty where the
/// file is one. "module." is taken out of the names, as training on several GPUs puts it there.
/// At most 4 GiB. Throws Error{model_missing | model_corrupt | model_unsafe | model_mismatch}.
StateDict load_state_dict(const std::filesystem::path& path, std::string_view part = {});
/// From memory; `path` stands for the file in messages.
StateDict parse_state_dict(const std::string& bytes, const std::string& path,
                           std::string_view part = {});

}  // namespace ditto::checkpoints
