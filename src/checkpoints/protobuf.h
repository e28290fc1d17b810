#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ditto::checkpoints {

/// Writes the protocol buffers wire format, field by field; what ONNX files are made of.
/// https://protobuf.dev/programming-guides/encoding/
class ProtoWriter {
  public:
    void integer(int field, std::int64_t value);
    void real(int field, float value);
    /// A string, bytes or an embedded message.
    void bytes(int field, std::string_view value);
    /// Only the tag and the length of a bytes field; the caller appends the `length` bytes.
    void bytes_header(int field, std::uint64_t length);

    /// Fields that are encoded already.
    void raw(std::string_view fields) { text_ += fields; }

    void reserve(std::size_t bytes) { text_.reserve(bytes); }
    const std::string& text() const { return text_; }
    std::string take() && { return std::move(text_); }

  private:
    void varint(std::uint64_t value);
    std::string text_;
};

/// One field of a message. `number` and `text` are set by wire type.
struct ProtoField {
    int field = 0;
    int wire_type = 0;         // 0 varint, 1 eight bytes, 2 bytes, 5 four bytes
    std::uint64_t number = 0;  // wire types 0, 1, 5
    std::string_view text;     // wire type 2
    std::string_view encoded;  // tag and value as they stand in the message
};

/// Reads a message field by field without copying. Never reads outside `message`.
class ProtoReader {
  public:
    explicit ProtoReader(std::string_view message) : rest_(message) {}

    /// False at the end. Throws std::runtime_error where the message is damaged.
    bool next(ProtoField& field);
    /// For packed numbers, which have no tags.
    bool next_varint(std::uint64_t& number);

  private:
    std::uint64_t varint();
    std::string_view take(std::uint64_t count);
    std::string_view rest_;
};

}  // namespace ditto::checkpoints
