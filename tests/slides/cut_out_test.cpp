#include "slides/cut_out.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "slides/scene.h"

namespace ditto::slides {
namespace {

constexpr std::array<std::uint8_t, 3> skin{200, 150, 120};
constexpr std::array<std::uint8_t, 3> wall{40, 60, 90};

bool in_disc(int x, int y, int shift = 0) {
    return std::hypot(x - 120 - shift, y - 120) < 70;
}

/// A disc of skin before a wall.
Image photo_of_disc() {
    Image photo(240, 240);
    for (int y = 0; y < 240; ++y) {
        for (int x = 0; x < 240; ++x)
            std::ranges::copy(in_disc(x, y) ? skin : wall, photo.pixel(x, y));
    }
    return photo;
}

/// Roughly where it is.
Image rough_mask() {
    Image mask(240, 240);
    for (int y = 0; y < 240; ++y) {
        for (int x = 0; x < 240; ++x) {
            const double away = std::hypot(x - 121, y - 119) - 70;
            std::fill_n(mask.pixel(x, y), 3,
                        static_cast<std::uint8_t>(std::clamp(.5 - away / 8, 0., 1.) * 255));
        }
    }
    return mask;
}

double difference(const std::uint8_t* pixel, const std::array<std::uint8_t, 3>& colour) {
    double worst = 0;
    for (std::size_t c = 0; c < 3; ++c)
        worst = std::max(worst, std::abs(double(pixel[c]) - colour[c]));
    return worst;
}

class DiscAvatar final : public Avatar {
  public:
    explicit DiscAvatar(const Image& photo) : photo_(photo) {}
    const Image& photo() const override { return photo_; }
    Rect moving_region() const override { return photo_.bounds(); }
    Rect face_box() const override { return {80, 70, 80, 100}; }
    std::size_t memory_bytes() const override { return photo_.bytes(); }

  private:
    const Image& photo_;
};

TEST(CutOut, FindsTheEdgeOfThePhotoAndItsColours) {
    const CutOut cut = cut_out(photo_of_disc(), rough_mask());
    int wrong = 0;
    for (int y = 0; y < 240; ++y) {
        for (int x = 0; x < 240; ++x) {
            const double away = std::hypot(x - 120, y - 120) - 70;
            if (away < -5) {
                wrong += difference(cut.photo.pixel(x, y), skin) > 12 ? 1 : 0;
            } else if (away > 5) {
                wrong += difference(cut.photo.pixel(x, y), cut.screen) > 12 ? 1 : 0;
            }
            // Continued over the edge, with nothing of the wall.
            if (std::abs(away) > 2 && away < 8) {
                wrong += difference(cut.colours.pixel(x, y), skin) > 40 ? 1 : 0;
            }
        }
    }
    EXPECT_LT(wrong, 30);
}

/// The disc moves; what stood behind the presenter never shows, and the slide does.
TEST(CutOut, FollowsThePresenterThatMoves) {
    const CutOut cut = cut_out(photo_of_disc(), rough_mask());
    const DiscAvatar avatar(cut.photo);
    Placement placement;
    placement.shape = Placement::Shape::rectangle;
    placement.background = Placement::Background::removed;
    placement.size = .5;
    Image slide(640, 360);
    std::fill_n(slide.row(0), slide.bytes(), std::uint8_t{250});
    Scene scene(slide, &avatar, &cut, placement, {0, 0, 640, 360});
    Image moved(240, 240);
    for (int y = 0; y < 240; ++y) {
        for (int x = 0; x < 240; ++x)
            std::copy_n(cut.photo.pixel(std::max(0, x - 5), y), 3, moved.pixel(x, y));
    }
    const Frame frame = scene.compose({0, moved, 0, 0});
    ASSERT_FALSE(frame.patch.empty());
    int presenter = 0;
    int other = 0;
    for (int y = 0; y < frame.patch.height(); ++y) {
        for (int x = 0; x < frame.patch.width(); ++x) {
            const std::uint8_t* pixel = frame.patch.pixel(x, y);
            // All that there is lies between the presenter's colour and the slide's.
            for (std::size_t c = 0; c < 3; ++c)
                other += pixel[c] < skin[c] - 25 || pixel[c] > 252 ? 1 : 0;
            presenter += difference(pixel, skin) < 12 ? 1 : 0;
        }
    }
    EXPECT_LT(other, 20);
    // The disc has 0.27 of the photo; the presenter shows most of it.
    EXPECT_GT(presenter, frame.patch.width() * frame.patch.height() / 5);
}

}  // namespace
}  // namespace ditto::slides
