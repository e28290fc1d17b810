#include "media/image_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "media/exif.h"
#include "media/image_codecs.h"
#include "media/output_error.h"

namespace ditto::media {
namespace {

/// "12.3 MP": a unit that reads the same in every language.
std::string in_millions(std::int64_t value, const char* unit) {
    std::array<char, 64> text{};
    const auto tenths = (value + 99'999) / 100'000;
    if (tenths % 10 == 0) {
        std::snprintf(text.data(), text.size(), "%lld %s", static_cast<long long>(tenths / 10),
                      unit);
    } else {
        std::snprintf(text.data(), text.size(), "%lld.%lld %s", static_cast<long long>(tenths / 10),
                      static_cast<long long>(tenths % 10), unit);
    }
    return text.data();
}

void check_limit(std::int64_t actual, std::int64_t limit, const char* unit) {
    if (actual <= limit) return;
    throw Error(ErrorCode::photo_too_large,
                {{"actual", in_millions(actual, unit)}, {"limit", in_millions(limit, unit)}});
}

std::vector<std::byte> read_photo(const std::filesystem::path& path, const PhotoLimits& limits) {
    const MessageValues values{{"path", path.string()}};
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found) {
        throw Error(ErrorCode::photo_missing, values);
    }
    if (!std::filesystem::is_regular_file(status)) throw Error(ErrorCode::photo_unreadable, values);
    const auto size = std::filesystem::file_size(path, error);
    std::ifstream file(path, std::ios::binary);
    if (error || !file) throw Error(ErrorCode::photo_unreadable, values);
    check_limit(static_cast<std::int64_t>(size), limits.max_bytes, "MB");
    std::vector<std::byte> content(size);
    file.read(reinterpret_cast<char*>(content.data()), static_cast<std::streamsize>(size));
    if (file.gcount() != static_cast<std::streamsize>(size)) {
        throw Error(ErrorCode::photo_unreadable, values);
    }
    return content;
}

DecodedImage decode_any(Bytes file, const PhotoLimits& limits) {
    if (is_jpeg(file)) return decode_jpeg(file, limits);
    if (is_png(file)) return decode_png(file, limits);
    if (is_webp(file)) return decode_webp(file, limits);
    if (file.empty()) refuse_corrupt("the file is empty");
    throw Error(ErrorCode::photo_format);
}

}  // namespace

ImageSize fitted(ImageSize size, int largest_side) {
    const int largest = std::max(size.width, size.height);
    if (largest <= largest_side) return size;
    const double scale = static_cast<double>(largest_side) / largest;
    const auto scaled = [&](int side) {
        return std::max(1, static_cast<int>(std::lround(side * scale)));
    };
    return {scaled(size.width), scaled(size.height)};
}

void check_size(std::int64_t width, std::int64_t height, const PhotoLimits& limits) {
    if (width <= 0 || height <= 0) refuse_corrupt("the picture has no pixels");
    check_limit(width * height, limits.max_pixels, "MP");
}

void refuse_corrupt(std::string detail) {
    throw Error(ErrorCode::photo_corrupt, {}, std::move(detail));
}

void write_file(const std::filesystem::path& path, Bytes content) {
    check_output_folder(path);
    errno = 0;
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) throw_output_error(errno, path);
}

LoadedImage decode_photo(std::span<const std::byte> file, const PhotoLimits& limits) {
    check_limit(static_cast<std::int64_t>(file.size()), limits.max_bytes, "MB");
    DecodedImage decoded = decode_any(file, limits);
    LoadedImage result;
    result.original_width = decoded.width;
    result.original_height = decoded.height;
    const ImageSize target = fitted({decoded.width, decoded.height}, limits.largest_side);
    if (decoded.image.width() != target.width || decoded.image.height() != target.height) {
        decoded.image = resized(decoded.image, target.width, target.height);
    }
    result.image = upright(std::move(decoded.image), decoded.orientation);
    if (decoded.orientation >= 5) std::swap(result.original_width, result.original_height);
    return result;
}

LoadedImage load_photo(const std::filesystem::path& path, const PhotoLimits& limits) {
    return decode_photo(read_photo(path, limits), limits);
}

}  // namespace ditto::media
