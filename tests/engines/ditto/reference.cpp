#include "reference.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ditto::reenact::reference {
namespace {

std::string field(const std::string& header, const std::string& name, char open, char close) {
    const auto at = header.find("'" + name + "'");
    const auto first = header.find(open, at + name.size() + 2) + 1;
    return header.substr(first, header.find(close, first) - first);
}

}  // namespace

Tensor load_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.size() < 10 || bytes.substr(1, 5) != "NUMPY") throw std::runtime_error(path);
    const std::size_t length =
        static_cast<std::uint8_t>(bytes[8]) + 256U * static_cast<std::uint8_t>(bytes[9]);
    const std::string header = bytes.substr(10, length);
    Shape shape;
    std::string sizes = field(header, "shape", '(', ')');
    for (std::size_t end = 0; !sizes.empty(); sizes.erase(0, end)) {
        if (std::isdigit(static_cast<unsigned char>(sizes[0])) != 0) {
            shape.push_back(std::stoll(sizes, &end));
        } else {
            end = 1;
        }
    }
    const std::string type = field(header.substr(header.find("descr") + 6), "", '\'', '\'');
    const DataType data_type = type == "<f4"   ? DataType::f32
                               : type == "<i4" ? DataType::i32
                               : type == "<i8" ? DataType::i64
                                               : DataType::u8;
    Tensor tensor(data_type, shape);
    if (bytes.size() != 10 + length + tensor.bytes()) throw std::runtime_error(path + ": size");
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(10 + length), bytes.end(),
              static_cast<char*>(tensor.data()));
    return tensor;
}

Tensor load(const std::string& name) {
    return load_file(std::string(DITTO_TEST_DATA) + "/ditto/" + name + ".npy");
}

std::vector<float> floats(const std::string& name) {
    const Tensor tensor = load(name);
    const auto values = tensor.values<float>();
    return {values.begin(), values.end()};
}

Image pattern(int width, int height) {
    Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                image.pixel(x, y)[c] =
                    static_cast<std::uint8_t>(((x * 7 + y * 13 + c * 29) ^ ((x * y) >> 3)) & 255);
            }
        }
    }
    return image;
}

Image hills(int width, int height) {
    Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            for (int c = 0; c < 3; ++c) {
                image.pixel(x, y)[c] = static_cast<std::uint8_t>(
                    std::lrint(128 + 60 * std::sin(x / 5. + c) + 50 * std::cos(y / 7. - c)));
            }
        }
    }
    return image;
}

std::vector<float> wave(std::size_t count, double seed, float amount) {
    std::vector<float> values;
    for (std::size_t i = 0; i < count; ++i) {
        const auto k = static_cast<double>(i);
        values.push_back(
            static_cast<float>(std::sin(k * 12.9898 + seed * 78.233 + std::sin(k * .37))) * amount);
    }
    return values;
}

MotionInfo motion_info(int seed, float scale) {
    MotionInfo info;
    info.scale = scale;
    const auto fill = [&](auto& part, int which, float amount) {
        std::ranges::copy(wave(part.size(), seed + which, amount), part.begin());
    };
    fill(info.pitch, 0, 4);
    fill(info.yaw, 1, 4);
    fill(info.roll, 2, 4);
    fill(info.translation, 3, .1F);
    fill(info.expression, 4, .05F);
    fill(info.canonical, 5, .4F);
    return info;
}

int largest_difference(const Image& actual, const Tensor& expected, int step) {
    const auto values = expected.values<std::uint8_t>();
    int largest = (actual.height() + step - 1) / step == expected.shape()[0] &&
                          (actual.width() + step - 1) / step == expected.shape()[1]
                      ? 0
                      : 256;
    std::size_t i = 0;
    for (int y = 0; y < actual.height() && largest < 256; y += step) {
        for (int x = 0; x < actual.width(); x += step) {
            for (int c = 0; c < 3; ++c)
                largest = std::max(largest, std::abs(actual.pixel(x, y)[c] - values[i++]));
        }
    }
    return largest;
}

std::vector<float> Draw::operator()(std::size_t count) {
    std::vector<float> result;
    ++count_;
    for (const float value : wave(count, 1000 + count_))
        result.push_back(static_cast<float>(static_cast<double>(value) * 1.4));
    return result;
}

}  // namespace ditto::reenact::reference
