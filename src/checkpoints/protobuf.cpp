#include "checkpoints/protobuf.h"

#include <bit>
#include <stdexcept>

namespace ditto::checkpoints {
namespace {

enum WireType { varint_type = 0, eight_bytes = 1, bytes_type = 2, four_bytes = 5 };

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return value;
}

std::uint64_t tag(int field, WireType type) {
    return static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type);
}

}  // namespace

void ProtoWriter::varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
        text_ += static_cast<char>((value & 0x7F) | 0x80);
    }
    text_ += static_cast<char>(value);
}

void ProtoWriter::integer(int field, std::int64_t value) {
    varint(tag(field, varint_type));
    varint(static_cast<std::uint64_t>(value));
}

void ProtoWriter::real(int field, float value) {
    varint(tag(field, four_bytes));
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) {
        text_ += static_cast<char>(bits >> shift & 0xFF);
    }
}

void ProtoWriter::bytes_header(int field, std::uint64_t length) {
    varint(tag(field, bytes_type));
    varint(length);
}

void ProtoWriter::bytes(int field, std::string_view value) {
    bytes_header(field, value.size());
    text_ += value;
}

std::string_view ProtoReader::take(std::uint64_t count) {
    if (count > rest_.size()) throw std::runtime_error("a field ends after its message");
    const auto taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
}

std::uint64_t ProtoReader::varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        const auto byte = static_cast<unsigned char>(take(1)[0]);
        value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
        if (byte < 0x80) return value;
    }
    throw std::runtime_error("a number is longer than ten bytes");
}

bool ProtoReader::next_varint(std::uint64_t& number) {
    if (rest_.empty()) return false;
    number = varint();
    return true;
}

bool ProtoReader::next(ProtoField& field) {
    if (rest_.empty()) return false;
    const std::string_view start = rest_;
    const std::uint64_t key = varint();
    field = {};
    field.field = static_cast<int>(key >> 3 & 0x1FFFFFFF);
    field.wire_type = static_cast<int>(key & 7);
    switch (field.wire_type) {
        case varint_type:
            field.number = varint();
            break;
        case eight_bytes:
            field.number = little_endian(take(8));
            break;
        case bytes_type:
            field.text = take(varint());
            break;
        case four_bytes:
            field.number = little_endian(take(4));
            break;
        default:
            throw std::runtime_error("unknown wire type");
    }
    field.encoded = start.substr(0, start.size() - rest_.size());
    return true;
}

}  // namespace ditto::checkpoints
