#pragma once

#include <string_view>
#include <vector>

#include "checkpoints/flat_buffer.h"

namespace ditto::checkpoints {

/// A FlexBuffer whose root is a map of numbers and integer vectors: the options of TFLite's custom
/// operators (https://flatbuffers.dev/internals, "FlexBuffers"). All methods throw
/// Error{model_corrupt} where the buffer is damaged, the key is missing or of another type.
class FlexMap {
  public:
    explicit FlexMap(const CheckedBytes& bytes);

    int integer(std::string_view key) const;
    double number(std::string_view key) const;
    std::vector<int> integers(std::string_view key) const;

  private:
    struct Value {
        std::size_t at;
        std::size_t width;
        int type;
        std::size_t element_width;
    };

    std::uint64_t unsigned_at(std::size_t at, std::size_t width) const;
    std::int64_t signed_at(std::size_t at, std::size_t width) const;
    std::size_t follow(std::size_t at, std::size_t width) const;
    bool key_equals(std::size_t at, std::string_view key) const;
    Value find(std::string_view key) const;

    CheckedBytes bytes_;
    std::size_t values_ = 0;
    std::size_t width_ = 0;
    std::size_t count_ = 0;
    std::size_t keys_ = 0;
    std::size_t key_width_ = 0;
};

}  // namespace ditto::checkpoints
