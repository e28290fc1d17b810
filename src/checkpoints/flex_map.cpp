#include "checkpoints/flex_map.h"

namespace ditto::checkpoints {
namespace {

// The upper six bits of a packed type; the lower two are the logarithm of a width in bytes.
constexpr int type_int = 1;
constexpr int type_uint = 2;
constexpr int type_float = 3;
constexpr int type_map = 9;
constexpr int type_vector_int = 11;
constexpr int type_vector_uint = 12;

int type_of(std::uint8_t packed) {
    return packed >> 2;
}

std::size_t width_of(std::uint8_t packed) {
    return std::size_t{1} << (packed & 3);
}

}  // namespace

FlexMap::FlexMap(const CheckedBytes& bytes) : bytes_(bytes) {
    if (bytes.size() < 3) bytes.corrupt("empty operator options");
    const std::size_t root_width = bytes.read<std::uint8_t>(bytes.size() - 1);
    const auto packed = bytes.read<std::uint8_t>(bytes.size() - 2);
    if (type_of(packed) != type_map || bytes.size() < 2 + root_width) {
        bytes.corrupt("operator options are not a map");
    }
    values_ = follow(bytes.size() - 2 - root_width, root_width);
    width_ = width_of(packed);
    if (values_ < 3 * width_) bytes.corrupt("a map lies before its options");
    count_ = unsigned_at(values_ - width_, width_);
    key_width_ = unsigned_at(values_ - 2 * width_, width_);
    keys_ = follow(values_ - 3 * width_, width_);
    if (count_ > bytes.size()) bytes.corrupt("a map is longer than its options");
}

std::uint64_t FlexMap::unsigned_at(std::size_t at, std::size_t width) const {
    switch (width) {
        case 1:
            return bytes_.read<std::uint8_t>(at);
        case 2:
            return bytes_.read<std::uint16_t>(at);
        case 4:
            return bytes_.read<std::uint32_t>(at);
        case 8:
            return bytes_.read<std::uint64_t>(at);
        default:
            bytes_.corrupt("a number of odd width");
    }
}

std::int64_t FlexMap::signed_at(std::size_t at, std::size_t width) const {
    switch (width) {
        case 1:
            return bytes_.read<std::int8_t>(at);
        case 2:
            return bytes_.read<std::int16_t>(at);
        case 4:
            return bytes_.read<std::int32_t>(at);
        case 8:
            return bytes_.read<std::int64_t>(at);
        default:
            bytes_.corrupt("a number of odd width");
    }
}

std::size_t FlexMap::follow(std::size_t at, std::size_t width) const {
    const std::uint64_t back = unsigned_at(at, width);
    if (back > at) bytes_.corrupt("an offset lies before the options");
    return at - static_cast<std::size_t>(back);
}

bool FlexMap::key_equals(std::size_t at, std::string_view key) const {
    const auto found = bytes_.slice(at, key.size() + 1);
    return std::memcmp(found.data(), key.data(), key.size()) == 0 && found.back() == std::byte{0};
}

FlexMap::Value FlexMap::find(std::string_view key) const {
    for (std::size_t i = 0; i < count_; ++i) {
        const std::size_t name = follow(keys_ + i * key_width_, key_width_);
        if (name + key.size() >= bytes_.size() || !key_equals(name, key)) continue;
        const auto packed = bytes_.read<std::uint8_t>(values_ + count_ * width_ + i);
        return {values_ + i * width_, width_, type_of(packed), width_of(packed)};
    }
    bytes_.corrupt("an operator option is missing");
}

int FlexMap::integer(std::string_view key) const {
    const Value value = find(key);
    if (value.type == type_int) return static_cast<int>(signed_at(value.at, value.width));
    if (value.type == type_uint) return static_cast<int>(unsigned_at(value.at, value.width));
    bytes_.corrupt("an operator option is not an integer");
}

double FlexMap::number(std::string_view key) const {
    const Value value = find(key);
    if (value.type != type_float) return integer(key);
    if (value.width == 4) return static_cast<double>(bytes_.read<float>(value.at));
    if (value.width == 8) return bytes_.read<double>(value.at);
    bytes_.corrupt("a number of odd width");
}

std::vector<int> FlexMap::integers(std::string_view key) const {
    const Value value = find(key);
    if (value.type != type_vector_int && value.type != type_vector_uint) {
        bytes_.corrupt("an operator option is not a list of integers");
    }
    const std::size_t first = follow(value.at, value.width);
    const std::size_t width = value.element_width;
    if (first < width) bytes_.corrupt("a list lies before its options");
    const std::uint64_t count = unsigned_at(first - width, width);
    if (count > bytes_.size()) bytes_.corrupt("a list is longer than its options");
    std::vector<int> result;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = first + i * width;
        result.push_back(value.type == type_vector_int ? static_cast<int>(signed_at(at, width))
                                                       : static_cast<int>(unsigned_at(at, width)));
    }
    return result;
}

}  // namespace ditto::checkpoints
