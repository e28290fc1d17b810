#include "face/person_mask.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ditto::face {
namespace {

constexpr int input_size = 256;
constexpr std::uint8_t half = 128;
/// Around the person, of its size.
constexpr double margin = .15;
/// A person that fills more of the photo than this is not looked at again.
constexpr double large = .8;

/// Around the pixels that are brighter than half.
Rect box_of(const Image& mask) {
    Rect box{mask.width(), mask.height(), 0, 0};
    int right = 0;
    int bottom = 0;
    for (int y = 0; y < mask.height(); ++y) {
        for (int x = 0; x < mask.width(); ++x) {
            if (*mask.pixel(x, y) < half) continue;
            box.x = std::min(box.x, x);
            box.y = std::min(box.y, y);
            right = std::max(right, x + 1);
            bottom = y + 1;
        }
    }
    box.width = right - box.x;
    box.height = bottom - box.y;
    return box;
}

}  // namespace

PersonMask::PersonMask(std::shared_ptr<const nn::Runtime> runtime,
                       const std::filesystem::path& model, int threads)
    : network_(std::move(runtime), model, {.threads = threads}) {
    network_.require_input({"input_1", DataType::f32, {1, input_size, input_size, 3}});
    network_.require_output({"activation_10", DataType::f32, {1, input_size, input_size, 1}});
}

Image PersonMask::look(const Image& photo, const Rect& area) const {
    const Image small = resized(crop(photo, area), input_size, input_size);
    std::vector<float> pixels;
    pixels.reserve(static_cast<std::size_t>(input_size) * input_size * 3);
    for (int y = 0; y < input_size; ++y) {
        const std::uint8_t* row = small.row(y);
        for (int i = 0; i < input_size * 3; ++i)
            pixels.push_back(static_cast<float>(row[i]) / 255);
    }
    const auto out = network_.run(
        {{"input_1", TensorView(std::span<const float>(pixels), {1, input_size, input_size, 3})}},
        {"activation_10"});
    const auto shares = out[0].values<float>();
    Image mask(input_size, input_size);
    for (int y = 0; y < input_size; ++y) {
        for (int x = 0; x < input_size; ++x) {
            const float share = shares[static_cast<std::size_t>(y * input_size + x)];
            const auto level =
                static_cast<std::uint8_t>(std::lround(std::clamp(share, 0.F, 1.F) * 255));
            std::fill_n(mask.pixel(x, y), 3, level);
        }
    }
    return resized(mask, area.width, area.height);
}

Image PersonMask::operator()(const Image& photo) const {
    Image mask = look(photo, photo.bounds());
    const Rect person = box_of(mask);
    if (person.empty()) return mask;
    const auto reach = [](int size) { return static_cast<int>(std::ceil(size * margin)); };
    const int across = reach(person.width);
    const int down = reach(person.height);
    const Rect area = intersection(
        {person.x - across, person.y - down, person.width + 2 * across, person.height + 2 * down},
        photo.bounds());
    if (area.width > large * photo.width() && area.height > large * photo.height()) return mask;
    Image again(photo.width(), photo.height());
    paste(look(photo, area), area.x, area.y, again);
    return again;
}

}  // namespace ditto::face
