#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace ditto::checkpoints {

/// Bytes of a file that may be hostile: every read is checked against the end.
class CheckedBytes {
  public:
    /// `name` stands for the file in messages.
    CheckedBytes(std::span<const std::byte> bytes, std::string_view name)
        : bytes_(bytes), name_(name) {}

    std::size_t size() const { return bytes_.size(); }

    /// A little-endian number. Throws Error{model_corrupt}.
    template <class T>
    T read(std::size_t at) const {
        static_assert(std::is_arithmetic_v<T>);
        T value;
        std::memcpy(&value, slice(at, sizeof(T)).data(), sizeof(T));
        return value;
    }
    /// `count` bytes from `at` on. Throws Error{model_corrupt}.
    std::span<const std::byte> slice(std::size_t at, std::size_t count) const;
    /// The same bytes up to `end`. Throws Error{model_corrupt}.
    CheckedBytes first(std::size_t end) const { return {slice(0, end), name_}; }

    [[noreturn]] void corrupt(std::string_view why) const;

  private:
    std::span<const std::byte> bytes_;
    std::string_view name_;
};

/// A table of a FlatBuffer (https://flatbuffers.dev/internals): fields are found by number through
/// its vtable, absent ones have a default. All methods throw Error{model_corrupt} for offsets that
/// leave the file.
class FlatTable {
  public:
    static FlatTable root(const CheckedBytes& bytes);

    template <class T>
    T scalar(int field, T absent) const {
        const std::size_t at = field_position(field);
        return at == 0 ? absent : bytes_.read<T>(at);
    }
    std::string_view string(int field) const;
    std::span<const std::byte> bytes(int field) const;
    /// More than `limit` numbers are corrupt: lists of a hostile file may overlap, and copying them
    /// all would take far more memory than the file.
    template <class T>
    std::vector<T> numbers(int field, std::size_t limit) const {
        const Elements found = elements(field, sizeof(T));
        if (found.count > limit) bytes_.corrupt("a list is too long");
        std::vector<T> result(found.count);
        for (std::size_t i = 0; i < found.count; ++i) {
            result[i] = bytes_.read<T>(found.first + i * sizeof(T));
        }
        return result;
    }
    std::optional<FlatTable> table(int field) const;
    std::vector<FlatTable> tables(int field, std::size_t limit) const;

  private:
    struct Elements {
        std::size_t first = 0;
        std::size_t count = 0;
    };

    FlatTable(const CheckedBytes& bytes, std::size_t position);
    /// 0 where the field is absent.
    std::size_t field_position(int field) const;
    std::size_t follow(std::size_t at) const;
    Elements elements(int field, std::size_t element_bytes) const;

    CheckedBytes bytes_;
    std::size_t position_;
    std::size_t vtable_;
    std::size_t vtable_bytes_;
};

}  // namespace ditto::checkpoints
