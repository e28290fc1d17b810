#include "app/source_video.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"
#include "media/image_file.h"

namespace ditto {

bool is_video(const std::filesystem::path& path) {
    std::array<char, 12> head{};
    std::ifstream file(path, std::ios::binary);
    if (!file.read(head.data(), head.size())) return false;
    const std::string_view text(head.data(), head.size());
    if (text.starts_with("\x1A\x45\xDF\xA3")) return true;
    if (text.starts_with("RIFF") && text.ends_with("AVI ")) return true;
    if (text.substr(4, 4) == "moov" || text.substr(4, 4) == "mdat") return true;
    if (text.substr(4, 4) != "ftyp") return false;
    // Pictures in the same container.
    const std::string_view brand = text.substr(8);
    return brand != "avif" && brand != "avis" && brand != "mif1" && !brand.starts_with("hei") &&
           !brand.starts_with("hev");
}

SourceVideo::SourceVideo(const std::filesystem::path& path, int max_size) : file_(path) {
    const media::PhotoLimits limits;
    const media::VideoInfo& info = file_.info();
    if (info.width <= 0 || info.height <= 0) {
        throw Error(ErrorCode::video_unreadable, {{"path", path.string()}}, "no size");
    }
    if (std::int64_t{info.width} * info.height > limits.max_pixels) {
        throw Error(ErrorCode::video_unreadable, {{"path", path.string()}}, "too many pixels");
    }
    const int largest =
        max_size > 0 ? std::min(limits.largest_side, max_size) : limits.largest_side;
    const double factor = std::min(1., double(largest) / std::max(info.width, info.height));
    const auto even = [&](int side) {
        return std::max(2, static_cast<int>(std::floor(side * factor / 2)) * 2);
    };
    width_ = even(info.width);
    height_ = even(info.height);
    now_ = file_.read();
    if (!now_) throw Error(ErrorCode::video_unreadable, {{"path", path.string()}}, "no frames");
    first_s_ = now_->time_s;
    later_ = file_.read();
}

std::optional<Image> SourceVideo::next() {
    constexpr double rate = 25;
    if (!now_) return std::nullopt;
    const double at_s = first_s_ + (static_cast<double>(given_) + .5) / rate;
    while (later_ && later_->time_s <= at_s) {
        now_ = std::move(later_);
        later_ = file_.read();
    }
    ++given_;
    const Image picture = now_->image;
    if (!later_) {
        // The last one is shown for its own time only.
        const double end_s = now_->time_s + 1 / std::max(file_.info().fps, 1.);
        if (first_s_ + (static_cast<double>(given_) + .5) / rate > end_s) now_.reset();
    }
    return picture.width() == width_ && picture.height() == height_
               ? picture
               : resized(picture, width_, height_);
}

}  // namespace ditto
