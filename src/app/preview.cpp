#include "app/preview.h"

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "media/image_file.h"

namespace ditto {
namespace {

constexpr int jpeg_quality = 80;

}  // namespace

PreviewTap::PreviewTap(FrameSink& next, const Image& photo, std::filesystem::path picture)
    : next_(next), photo_(photo), picture_(std::move(picture)) {}

void PreviewTap::write(Frame frame) {
    const auto now = std::chrono::steady_clock::now();
    if (now >= due_) {
        show(frame);
        due_ = now + interval;
    }
    next_.write(std::move(frame));
}

void PreviewTap::show(const Frame& frame) {
    Image whole = photo_;
    paste(frame.patch, frame.x, frame.y, whole);
    const double scale =
        std::min(1., static_cast<double>(largest_side) / std::max(whole.width(), whole.height()));
    const auto side = [&](int size) { return std::max(1, static_cast<int>(size * scale)); };
    const std::filesystem::path fresh = picture_.string() + ".tmp";
    std::error_code failed;
    try {
        media::save_jpeg(
            scale < 1 ? resized(whole, side(whole.width()), side(whole.height())) : whole, fresh,
            jpeg_quality);
        std::filesystem::rename(fresh, picture_, failed);
    } catch (const Error&) {
        std::filesystem::remove(fresh, failed);
    }
}

std::size_t FirstSeconds::read(std::span<float> samples) {
    const auto most =
        static_cast<std::size_t>(std::min(left_, static_cast<std::int64_t>(samples.size())));
    if (most == 0) return 0;
    const std::size_t count = voice_.read(samples.first(most));
    left_ -= static_cast<std::int64_t>(count);
    return count;
}

}  // namespace ditto
