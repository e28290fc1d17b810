#include "checkpoints/tflite_model.h"

#include <bit>
#include <cmath>

#include "base/error.h"

namespace ditto::checkpoints {
namespace {

// Far above what the networks have, low enough that a hostile file cannot ask for much.
constexpr std::size_t max_rank = 6;
constexpr std::size_t max_ports = 64;
constexpr std::size_t max_tensors = 20000;
constexpr std::size_t max_name = 1000;
constexpr std::int64_t max_elements = std::int64_t{1} << 28;

std::size_t element_bytes(TfliteType type) {
    return type == TfliteType::f16 ? 2 : 4;
}

std::string short_string(const CheckedBytes& bytes, const FlatTable& table, int field) {
    const std::string_view found = table.string(field);
    if (found.size() > max_name) bytes.corrupt("a name is too long");
    return std::string(found);
}

TfliteTensor read_tensor(const CheckedBytes& bytes, const FlatTable& table,
                         const std::vector<std::span<const std::byte>>& buffers) {
    TfliteTensor tensor;
    const int type = table.scalar<std::int8_t>(1, 0);
    if (type < 0 || type > 2) bytes.corrupt("a tensor is of a type that is not supported");
    tensor.type = static_cast<TfliteType>(type);
    std::int64_t elements = 1;
    for (const std::int32_t size : table.numbers<std::int32_t>(0, max_rank)) {
        if (size < 0 || (size > 0 && elements > max_elements / size)) {
            bytes.corrupt("a tensor's shape is impossible");
        }
        elements *= size;
        tensor.shape.push_back(size);
    }
    const auto buffer = table.scalar<std::uint32_t>(2, 0);
    if (buffer >= buffers.size()) bytes.corrupt("a tensor's buffer does not exist");
    tensor.data = buffers[buffer];
    if (tensor.constant() && tensor.data.size() != tensor.count() * element_bytes(tensor.type)) {
        bytes.corrupt("a constant is not as long as its shape says");
    }
    tensor.name = short_string(bytes, table, 3);
    return tensor;
}

std::vector<int> read_ports(const CheckedBytes& bytes, const FlatTable& table, int field,
                            std::size_t tensors, bool optional) {
    std::vector<int> result;
    for (const std::int32_t port : table.numbers<std::int32_t>(field, max_ports)) {
        if (port >= static_cast<std::int64_t>(tensors) || port < (optional ? -1 : 0)) {
            bytes.corrupt("an operator's tensor does not exist");
        }
        result.push_back(port);
    }
    return result;
}

struct OperatorCode {
    int builtin;
    std::string custom;
};

OperatorCode read_code(const CheckedBytes& bytes, const FlatTable& table) {
    // Codes above 126 stand in the newer field; the larger of the two counts.
    const int code =
        std::max<int>(table.scalar<std::int8_t>(0, 0), table.scalar<std::int32_t>(3, 0));
    return {code, short_string(bytes, table, 1)};
}

TfliteNode read_node(const CheckedBytes& bytes, const FlatTable& table,
                     const std::vector<OperatorCode>& codes, std::size_t tensors) {
    const auto code = table.scalar<std::uint32_t>(0, 0);
    if (code >= codes.size()) bytes.corrupt("an operator's code does not exist");
    TfliteNode node;
    node.type = static_cast<TfliteOperator>(codes[code].builtin);
    node.custom_name = codes[code].custom;
    node.inputs = read_ports(bytes, table, 1, tensors, true);
    node.outputs = read_ports(bytes, table, 2, tensors, false);
    node.options = table.table(4);
    node.custom_options = table.bytes(5);
    return node;
}

/// IEEE 754 half precision.
float half_to_float(std::uint16_t half) {
    const int exponent = (half >> 10) & 31;
    const int fraction = half & 1023;
    const float sign = (half & 0x8000) != 0 ? -1.F : 1.F;
    if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
    if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
    return sign * std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
}

}  // namespace

std::size_t TfliteTensor::count() const {
    std::size_t result = 1;
    for (const std::int64_t size : shape)
        result *= static_cast<std::size_t>(size);
    return result;
}

TfliteModel TfliteModel::read(std::span<const std::byte> file, const std::string& source) {
    static_assert(std::endian::native == std::endian::little);
    const CheckedBytes bytes(file, source);
    const auto identifier = bytes.slice(4, 4);
    if (std::memcmp(identifier.data(), "TFL3", 4) != 0) bytes.corrupt("not a TFLite file");
    const FlatTable root = FlatTable::root(bytes);

    std::vector<OperatorCode> codes;
    for (const FlatTable& table : root.tables(1, max_tensors))
        codes.push_back(read_code(bytes, table));
    std::vector<std::span<const std::byte>> buffers;
    for (const FlatTable& table : root.tables(4, max_tensors))
        buffers.push_back(table.bytes(0));

    const auto graphs = root.tables(2, max_ports);
    if (graphs.empty()) bytes.corrupt("there is no graph");
    TfliteModel model;
    model.source = source;
    for (const FlatTable& table : graphs[0].tables(0, max_tensors)) {
        model.tensors.push_back(read_tensor(bytes, table, buffers));
    }
    const std::size_t tensors = model.tensors.size();
    model.inputs = read_ports(bytes, graphs[0], 1, tensors, false);
    model.outputs = read_ports(bytes, graphs[0], 2, tensors, false);
    for (const FlatTable& table : graphs[0].tables(3, max_tensors)) {
        model.nodes.push_back(read_node(bytes, table, codes, tensors));
    }
    return model;
}

std::vector<float> constant_floats(const TfliteModel& model, int tensor) {
    const TfliteTensor& from = model.tensors.at(static_cast<std::size_t>(tensor));
    const CheckedBytes bytes(from.data, model.source);
    if (!from.constant() || from.type == TfliteType::i32) bytes.corrupt("weights are missing");
    std::vector<float> result(from.count());
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = from.type == TfliteType::f16 ? half_to_float(bytes.read<std::uint16_t>(2 * i))
                                                 : bytes.read<float>(4 * i);
    }
    return result;
}

std::vector<std::int64_t> constant_integers(const TfliteModel& model, int tensor) {
    const TfliteTensor& from = model.tensors.at(static_cast<std::size_t>(tensor));
    const CheckedBytes bytes(from.data, model.source);
    if (!from.constant() || from.type != TfliteType::i32) bytes.corrupt("numbers are missing");
    std::vector<std::int64_t> result(from.count());
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = bytes.read<std::int32_t>(4 * i);
    }
    return result;
}

}  // namespace ditto::checkpoints
