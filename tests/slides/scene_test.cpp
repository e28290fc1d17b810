#include "slides/scene.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "pictures.h"

namespace ditto::slides {
namespace {

using media::colours;
using media::difference;

class StillAvatar final : public Avatar {
  public:
    explicit StillAvatar(Image photo, Rect face = {90, 70, 60, 80})
        : photo_(std::move(photo)), face_(face) {}
    const Image& photo() const override { return photo_; }
    Rect moving_region() const override { return {60, 30, 120, 150}; }
    Rect face_box() const override { return face_; }
    std::size_t memory_bytes() const override { return photo_.bytes(); }

  private:
    Image photo_;
    Rect face_;
};

Image plain(int width, int height, std::uint8_t level) {
    Image image(width, height);
    for (int y = 0; y < height; ++y)
        std::fill_n(image.row(y), width * 3, level);
    return image;
}

constexpr Rect video{0, 0, 640, 360};

Placement in(Placement::Mode mode, Placement::Shape shape = Placement::Shape::rounded) {
    Placement placement;
    placement.mode = mode;
    placement.shape = shape;
    return placement;
}

TEST(Layout, ShowsTheFaceWholeWithRoomAboveIt) {
    const Rect photo{0, 0, 900, 1200};
    const Rect face{350, 400, 200, 260};
    for (const auto mode :
         {Placement::Mode::corner, Placement::Mode::split, Placement::Mode::full}) {
        const Layout layout = lay_out(in(mode), video, video, photo, face);
        const Area& shown = layout.photo;
        EXPECT_LT(shown.y, face.y - .3 * face.height);
        EXPECT_GT(shown.y + shown.height, face.y + face.height);
        EXPECT_LE(shown.y + shown.height, photo.height);
        EXPECT_NEAR(shown.x + shown.width / 2, 450, 1);
        EXPECT_NEAR(shown.width / shown.height,
                    double(layout.presenter.width) / layout.presenter.height, .01);
    }
}

TEST(Layout, NeverShowsMoreThanThePhoto) {
    const Rect photo{0, 0, 300, 320};
    for (const Rect face : {Rect{0, 0, 250, 300}, Rect{200, 220, 100, 100}, Rect{1, 1, 40, 40}}) {
        for (const auto mode :
             {Placement::Mode::corner, Placement::Mode::split, Placement::Mode::full}) {
            const Layout layout = lay_out(in(mode), video, video, photo, face);
            EXPECT_GE(layout.photo.x, 0);
            EXPECT_GE(layout.photo.y, 0);
            EXPECT_LE(layout.photo.x + layout.photo.width, 300 + 1e-6);
            EXPECT_LE(layout.photo.y + layout.photo.height, 320 + 1e-6);
            EXPECT_EQ(intersection(layout.presenter, video), layout.presenter);
        }
    }
}

TEST(Layout, KeepsTheSlidesAspectAndThePresenterOffIt) {
    for (const Rect slide :
         {Rect{0, 0, 1440, 1080}, Rect{0, 0, 1920, 1080}, Rect{0, 0, 600, 900}}) {
        const Layout split = lay_out(in(Placement::Mode::split), video, slide, {0, 0, 400, 400},
                                     {100, 80, 200, 240});
        EXPECT_NEAR(double(split.slide.width) / split.slide.height,
                    double(slide.width) / slide.height, .02);
        EXPECT_TRUE(intersection(split.slide, split.presenter).empty());
        const Layout corner = lay_out(in(Placement::Mode::corner), video, slide, {0, 0, 400, 400},
                                      {100, 80, 200, 240});
        EXPECT_TRUE(corner.slide.width == 640 || corner.slide.height == 360);
        EXPECT_EQ(corner.presenter.width, 180);
        EXPECT_EQ(corner.presenter.x + corner.presenter.width, 640 - 16);
        EXPECT_EQ(corner.presenter.y + corner.presenter.height, 360 - 16);
    }
}

TEST(Scene, LeavesTheSlideAloneWherePresenterIsHidden) {
    const Image slide = colours(640, 360);
    Scene scene(slide, nullptr, nullptr, in(Placement::Mode::hidden), video);
    EXPECT_EQ(scene.picture(), slide);
    EXPECT_TRUE(scene.compose({0, Image(4, 4), 0, 0}).patch.empty());
}

TEST(Scene, CutsThePresenterToItsShape) {
    const Image slide = plain(640, 360, 255);
    const StillAvatar avatar(plain(240, 240, 60));
    const auto pixel = [&](Placement::Shape shape, int x, int y) {
        const Scene scene(slide, &avatar, nullptr, in(Placement::Mode::corner, shape), video);
        return int{scene.picture().pixel(x, y)[0]};
    };
    // The box is 444..624 x 164..344.
    EXPECT_EQ(pixel(Placement::Shape::circle, 534, 254), 60);
    EXPECT_EQ(pixel(Placement::Shape::rectangle, 450, 170), 60);
    EXPECT_GT(pixel(Placement::Shape::circle, 450, 170), 150);
    EXPECT_GT(pixel(Placement::Shape::rounded, 445, 165), 120);
    EXPECT_EQ(pixel(Placement::Shape::rounded, 470, 190), 60);
    EXPECT_EQ(pixel(Placement::Shape::rounded, 100, 100), 255);
}

/// However the patches lie, what is composed piece by piece is what a photo with the patch in it
/// gives at once.
TEST(Scene, ComposesPiecesWithoutSeams) {
    const Image slide = colours(640, 360);
    const StillAvatar avatar(colours(480, 240));
    for (const auto shape : {Placement::Shape::circle, Placement::Shape::rectangle}) {
        for (const auto mode :
             {Placement::Mode::corner, Placement::Mode::split, Placement::Mode::full}) {
            Scene scene(slide, &avatar, nullptr, in(mode, shape), video);
            for (const Rect place : {Rect{60, 30, 120, 150}, Rect{71, 33, 51, 40}, Rect{}}) {
                const Image patch = plain(place.width, place.height, 200);
                const Frame frame = scene.compose({0, patch, place.x, place.y});
                Image shown = scene.picture();
                paste(frame.patch, frame.x, frame.y, shown);
                Image photo = avatar.photo();
                paste(patch, place.x, place.y, photo);
                const StillAvatar changed(photo);
                EXPECT_EQ(shown, Scene(slide, &changed, nullptr, in(mode, shape), video).picture());
            }
        }
    }
}

TEST(Resampler, KeepsColoursAndPlaces) {
    const Image image = colours(200, 120);
    EXPECT_EQ(Resampler(image.bounds(), {0, 0, 200, 120}, 200, 120)(image), image);
    Resampler half(image.bounds(), {0, 0, 200, 120}, 100, 60);
    EXPECT_LT(difference(half(image), resized(image, 100, 60)), 1);
    Resampler twice(image.bounds(), {50, 30, 100, 60}, 200, 120);
    EXPECT_LT(difference(twice(image), resized(crop(image, {50, 30, 100, 60}), 200, 120)), 1);
    EXPECT_EQ(Resampler(image.bounds(), {0, 0, 200, 120}, 7, 9)(plain(200, 120, 130)),
              plain(7, 9, 130));
}

}  // namespace
}  // namespace ditto::slides
