#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/flat_buffer.h"

namespace ditto::checkpoints {

/// Numbers of TensorFlow Lite's schema (tensorflow/lite/schema/schema.fbs, version 3).
enum class TfliteType { f32 = 0, f16 = 1, i32 = 2 };
enum class TfliteOperator {
    add = 0,
    average_pool_2d = 1,
    concatenation = 2,
    conv_2d = 3,
    depthwise_conv_2d = 4,
    dequantize = 6,
    logistic = 14,
    max_pool_2d = 17,
    mul = 18,
    relu = 19,
    reshape = 22,
    resize_bilinear = 23,
    custom = 32,
    pad = 34,
    strided_slice = 45,
    prelu = 54,
    hard_swish = 117,
};
enum class TflitePadding { same = 0, valid = 1 };
enum class TfliteActivation { none = 0, relu = 1, relu6 = 3 };

struct TfliteTensor {
    std::string name;
    TfliteType type = TfliteType::f32;
    std::vector<std::int64_t> shape;
    /// Empty unless constant; then exactly as long as type and shape say. Borrowed from the file.
    std::span<const std::byte> data;

    std::size_t count() const;
    bool constant() const { return !data.empty(); }
};

struct TfliteNode {
    TfliteOperator type = TfliteOperator::custom;
    std::string custom_name;
    /// Tensor numbers; -1 stands for an input left out.
    std::vector<int> inputs;
    std::vector<int> outputs;
    std::optional<FlatTable> options;
    std::span<const std::byte> custom_options;
};

/// The first graph of a TFLite file, checked as far as reading goes: every tensor number exists,
/// every constant has its size. Which operators are supported is for the converter to say.
struct TfliteModel {
    std::string source;
    std::vector<TfliteTensor> tensors;
    std::vector<TfliteNode> nodes;
    std::vector<int> inputs;
    std::vector<int> outputs;

    /// `file` must outlive the result. `source` stands for it in messages.
    /// Throws Error{model_corrupt}.
    static TfliteModel read(std::span<const std::byte> file, const std::string& source);
};

/// The values of a constant as float (f32 or f16) or as integers (i32). Throws
/// Error{model_corrupt} where the tensor is not constant or of another type.
std::vector<float> constant_floats(const TfliteModel& model, int tensor);
std::vector<std::int64_t> constant_integers(const TfliteModel& model, int tensor);

}  // namespace ditto::checkpoints
