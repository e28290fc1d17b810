#include "checkpoints/flat_buffer.h"

#include "base/error.h"

namespace ditto::checkpoints {

std::span<const std::byte> CheckedBytes::slice(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) corrupt("an offset leaves the file");
    return bytes_.subspan(at, count);
}

void CheckedBytes::corrupt(std::string_view why) const {
    throw Error(ErrorCode::model_corrupt, {{"path", std::string(name_)}}, std::string(why));
}

FlatTable FlatTable::root(const CheckedBytes& bytes) {
    return {bytes, bytes.read<std::uint32_t>(0)};
}

FlatTable::FlatTable(const CheckedBytes& bytes, std::size_t position)
    : bytes_(bytes), position_(position) {
    const auto back = bytes_.read<std::int32_t>(position);
    const std::int64_t vtable = static_cast<std::int64_t>(position) - back;
    if (vtable < 0) bytes_.corrupt("a table's description lies before the file");
    vtable_ = static_cast<std::size_t>(vtable);
    vtable_bytes_ = bytes_.read<std::uint16_t>(vtable_);
    bytes_.slice(vtable_, vtable_bytes_);
}

std::size_t FlatTable::field_position(int field) const {
    const std::size_t entry = 4 + 2 * static_cast<std::size_t>(field);
    if (entry + 2 > vtable_bytes_) return 0;
    const auto offset = bytes_.read<std::uint16_t>(vtable_ + entry);
    return offset == 0 ? 0 : position_ + offset;
}

std::size_t FlatTable::follow(std::size_t at) const {
    return at + bytes_.read<std::uint32_t>(at);
}

FlatTable::Elements FlatTable::elements(int field, std::size_t element_bytes) const {
    const std::size_t at = field_position(field);
    if (at == 0) return {};
    const std::size_t vector = follow(at);
    const std::size_t count = bytes_.read<std::uint32_t>(vector);
    bytes_.slice(vector + 4, count * element_bytes);
    return {vector + 4, count};
}

std::span<const std::byte> FlatTable::bytes(int field) const {
    const Elements found = elements(field, 1);
    return bytes_.slice(found.first, found.count);
}

std::string_view FlatTable::string(int field) const {
    const auto found = bytes(field);
    return {reinterpret_cast<const char*>(found.data()), found.size()};
}

std::optional<FlatTable> FlatTable::table(int field) const {
    const std::size_t at = field_position(field);
    if (at == 0) return std::nullopt;
    return FlatTable(bytes_, follow(at));
}

std::vector<FlatTable> FlatTable::tables(int field, std::size_t limit) const {
    const Elements found = elements(field, 4);
    if (found.count > limit) bytes_.corrupt("a list is too long");
    std::vector<FlatTable> result;
    result.reserve(found.count);
    for (std::size_t i = 0; i < found.count; ++i) {
        result.push_back(FlatTable(bytes_, follow(found.first + 4 * i)));
    }
    return result;
}

}  // namespace ditto::checkpoints
