#include "judge/container.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string_view>

namespace ditto::judge {
namespace {

std::uint64_t big_endian(const unsigned char* bytes, int count) {
    std::uint64_t value = 0;
    for (int i = 0; i < count; ++i)
        value = value << 8U | bytes[i];
    return value;
}

}  // namespace

bool is_faststart(const std::filesystem::path& path) {
    std::error_code error;
    const std::uint64_t size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    constexpr int most_boxes = 64;
    std::uint64_t at = 0;
    for (int i = 0; i < most_boxes && !error && at + 16 <= size; ++i) {
        // Length, name, and the long length where the short one is 1 (ISO/IEC 14496-12, 4.2).
        std::array<unsigned char, 16> head{};
        file.seekg(static_cast<std::streamoff>(at));
        if (!file.read(reinterpret_cast<char*>(head.data()), head.size())) return false;
        const std::string_view name(reinterpret_cast<const char*>(head.data()) + 4, 4);
        if (name == "moov") return true;
        if (name == "mdat") return false;
        std::uint64_t length = big_endian(head.data(), 4);
        if (length == 1) length = big_endian(head.data() + 8, 8);
        if (length < 8 || length > size - at) return false;
        at += length;
    }
    return false;
}

double frame_time_error_s(std::span<const double> times_s, double fps) {
    double worst = 0;
    for (std::size_t i = 0; i < times_s.size(); ++i) {
        const double expected = times_s.front() + static_cast<double>(i) / fps;
        worst = std::max(worst, std::abs(times_s[i] - expected));
    }
    return worst;
}

}  // namespace ditto::judge
