#include "engines/ditto/npy.h"

#include <fstream>
#include <string>

#include "base/error.h"

namespace ditto::reenact {
namespace {

std::string descriptor(DataType type) {
    switch (type) {
        case DataType::f32:
            return "<f4";
        case DataType::f16:
            return "<f2";
        case DataType::i64:
            return "<i8";
        case DataType::i32:
            return "<i4";
        case DataType::u8:
            return "|u1";
        case DataType::boolean:
            return "|b1";
    }
    throw Error(ErrorCode::internal, {}, "unknown data type");
}

}  // namespace

void write_npy(const std::filesystem::path& file, const TensorView& tensor) {
    std::string header =
        "{'descr': '" + descriptor(tensor.type) + "', 'fortran_order': False, 'shape': (";
    for (const std::int64_t size : tensor.shape)
        header += std::to_string(size) + ",";
    header += "), }";
    // Magic, version and length take 10 bytes; all of it ends at a multiple of 64.
    constexpr std::size_t before = 10;
    while ((before + header.size() + 1) % 64 != 0)
        header += ' ';
    header += '\n';
    std::ofstream out(file, std::ios::binary);
    out << std::string("\x93NUMPY\x01\x00", 8) << static_cast<char>(header.size() & 0xFF)
        << static_cast<char>(header.size() >> 8) << header;
    out.write(static_cast<const char*>(tensor.data),
              static_cast<std::streamsize>(tensor.count() * size_of(tensor.type)));
    if (!out.flush()) throw Error(ErrorCode::output_write, {{"path", file.string()}});
}

}  // namespace ditto::reenact
