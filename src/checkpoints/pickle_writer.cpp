#include "checkpoints/pickle_writer.h"

#include <bit>

#include "checkpoints/ndarray.h"

namespace ditto::checkpoints {
namespace {

std::string little_endian(std::uint64_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i) & 0xFF);
    return text;
}

std::string global(std::string_view module, std::string_view name) {
    return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

std::string tuple(const std::vector<std::string>& items) {
    std::string text = "(";
    for (const std::string& item : items)
        text += item;
    return text + "t";
}

std::string bytes_value(std::string_view bytes) {
    return "B" + little_endian(bytes.size(), 4) + std::string(bytes);
}

/// numpy.dtype("f4", False, True), then its state with the byte order.
std::string element(DataType type) {
    const std::string_view name = element_name(type);
    const std::string minus_one = pickle_integer(-1);
    return global("numpy", "dtype") +
           tuple({pickle_text(name.substr(1)), pickle_bool(false), pickle_bool(true)}) + "R" +
           tuple({pickle_integer(3), pickle_text(name.substr(0, 1)), pickle_none(), pickle_none(),
                  pickle_none(), minus_one, minus_one, pickle_integer(0)}) +
           "b";
}

}  // namespace

std::string pickle_none() {
    return "N";
}

std::string pickle_bool(bool value) {
    return value ? "\x88" : "\x89";
}

std::string pickle_integer(std::int64_t value) {
    return "\x8a\x08" + little_endian(static_cast<std::uint64_t>(value), 8);
}

std::string pickle_real(double value) {
    const std::string bytes = little_endian(std::bit_cast<std::uint64_t>(value), 8);
    return "G" + std::string(bytes.rbegin(), bytes.rend());
}

std::string pickle_text(std::string_view value) {
    return "X" + little_endian(value.size(), 4) + std::string(value);
}

std::string pickle_list(const std::vector<std::string>& items) {
    std::string text = "](";
    for (const std::string& item : items)
        text += item;
    return text + "e";
}

std::string pickle_dictionary(const std::vector<std::pair<std::string_view, std::string>>& items) {
    std::string text = "}(";
    for (const auto& [key, value] : items)
        text += pickle_text(key) + value;
    return text + "u";
}

std::string pickle_array(const TensorView& values) {
    std::vector<std::string> sizes;
    for (const std::int64_t size : values.shape)
        sizes.push_back(pickle_integer(size));
    const std::string empty =
        tuple({global("numpy", "ndarray"), tuple({pickle_integer(0)}), bytes_value("b")});
    const std::string_view bytes(static_cast<const char*>(values.data),
                                 values.count() * size_of(values.type));
    return global("numpy.core.multiarray", "_reconstruct") + empty + "R" +
           tuple({pickle_integer(1), tuple(sizes), element(values.type), pickle_bool(false),
                  bytes_value(bytes)}) +
           "b";
}

std::string finish_pickle(const std::string& value) {
    return "\x80\x03" + value + ".";
}

}  // namespace ditto::checkpoints
