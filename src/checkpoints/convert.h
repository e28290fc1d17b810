#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ditto::checkpoints {

/// Changes with what convert() writes for the same checkpoints.
inline constexpr int converter_version = 1;

/// One network that convert() has dealt with.
struct ConvertedNetwork {
    std::filesystem::path from;
    std::filesystem::path to;
    std::uint64_t parameters = 0;  // 0: copied as it is
};

/// Makes ONNX files of the PyTorch checkpoints in `from`/ditto_pytorch/models (or in `from` itself)
/// and writes them to `to`/ditto_onnx. Spectral norm and batch norm are folded into the weights
/// where that changes nothing. What needs no conversion (HuBERT, the network of 203 points, the
/// configuration) is linked or copied. Checkpoints that are not there are left out. `report` is
/// called after each network. Throws Error{model_missing} where there is none at all,
/// Error{model_corrupt | model_unsafe | model_mismatch | model_write}.
std::vector<ConvertedNetwork> convert(const std::filesystem::path& from,
                                      const std::filesystem::path& to,
                                      const std::function<void(const ConvertedNetwork&)>& report);

}  // namespace ditto::checkpoints
