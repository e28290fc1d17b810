#include "engines/ditto/dump.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engines/ditto/npy.h"

namespace ditto::reenact {

Dump::Dump(std::filesystem::path folder, int frames) : folder_(std::move(folder)), frames_(frames) {
    if (folder_.empty()) return;
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    if (failed) throw Error(ErrorCode::output_folder, {{"path", folder_.string()}});
}

void Dump::write(std::string_view name, const TensorView& tensor, std::int64_t index) const {
    if (!wanted()) return;
    std::string file(name);
    if (index >= 0) {
        const std::string digits = std::to_string(index);
        file += "_" + std::string(5 - std::min<std::size_t>(digits.size(), 5), '0') + digits;
    }
    write_npy(folder_ / (file + ".npy"), tensor);
}

void Dump::write(std::string_view name, const Image& image, std::int64_t index) const {
    if (!wanted()) return;
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < image.height(); ++y)
        pixels.insert(pixels.end(), image.row(y), image.row(y) + image.width() * 3);
    write(name,
          TensorView(std::span<const std::uint8_t>(pixels), {image.height(), image.width(), 3}),
          index);
}

}  // namespace ditto::reenact
