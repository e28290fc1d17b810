#include "face/person_mask.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "face_fixture.h"
#include "media/image_file.h"

namespace ditto::face {
namespace {

double mean(const Image& image, const Rect& area) {
    double sum = 0;
    for (int y = area.y; y < area.y + area.height; ++y) {
        for (int x = area.x; x < area.x + area.width; ++x)
            sum += *image.pixel(x, y);
    }
    return sum / (area.width * area.height);
}

/// The presenter of the demo: 900 x 900, the face above the middle, a wall on both sides.
TEST(PersonMask, FindsThePresenter) {
    const PersonMask mask(nn::Runtime::open(), models_folder() / "person_mask.onnx");
    const Image photo =
        media::load_photo(std::string(DITTO_SOURCE_DIR) + "/assets/presenter.jpg").image;
    const Image person = mask(photo);
    ASSERT_EQ(person.bounds(), photo.bounds());
    EXPECT_GT(mean(person, {350, 300, 200, 200}), 250);
    EXPECT_GT(mean(person, {300, 800, 300, 80}), 240);
    EXPECT_LT(mean(person, {5, 5, 120, 200}), 5);
    EXPECT_LT(mean(person, {775, 5, 120, 200}), 5);

    // Small in a large picture: looked at twice.
    Image wide(2600, 1400);
    std::fill_n(wide.row(0), wide.bytes(), std::uint8_t{200});
    paste(resized(photo, 450, 450), 1000, 950, wide);
    const Image small = mask(wide);
    EXPECT_GT(mean(small, {1175, 1100, 100, 100}), 240);
    EXPECT_LT(mean(small, {100, 100, 500, 500}), 5);
}

}  // namespace
}  // namespace ditto::face
