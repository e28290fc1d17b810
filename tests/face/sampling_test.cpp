#include "face/sampling.h"

#include <numbers>

#include <gtest/gtest.h>

namespace ditto::face {
namespace {

/// Red grows to the right, green downwards.
Image ramp(int size) {
    Image image(size, size);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            image.pixel(x, y)[0] = static_cast<std::uint8_t>(x);
            image.pixel(x, y)[1] = static_cast<std::uint8_t>(y);
        }
    }
    return image;
}

TEST(Sampling, AWholeRegionIsThePhoto) {
    const Image photo = ramp(64);
    const Region whole{{32, 32}, 64, 0};
    EXPECT_EQ(sample(photo, whole.crop_to_photo(64), 64, 64), photo);
}

TEST(Sampling, ATurnedRegionShowsItsSideAsTheTop) {
    // Turned clockwise by a quarter, the crop's x runs down the photo.
    const Image photo = ramp(64);
    const Region turned{{32, 32}, 64, std::numbers::pi / 2};
    const Image crop = sample(photo, turned.crop_to_photo(64), 64, 64);
    EXPECT_EQ(crop.pixel(10, 20)[1], 10);
    EXPECT_EQ(crop.pixel(10, 20)[0], 63 - 20);
}

TEST(Sampling, ShrinkingAverages) {
    Image photo(64, 64);
    for (int y = 0; y < 64; ++y) {
        for (int x = 0; x < 64; ++x)
            photo.pixel(x, y)[0] = (x + y) % 2 == 0 ? 200 : 0;
    }
    const Region whole{{32, 32}, 64, 0};
    const Image crop = sample(photo, whole.crop_to_photo(8), 8, 8);
    for (int x = 0; x < 8; ++x)
        EXPECT_NEAR(crop.pixel(x, 3)[0], 100, 1);
}

TEST(Sampling, BordersAreBlackOrRepeated) {
    Image photo(8, 8);
    for (int y = 0; y < 8; ++y) {
        for (int i = 0; i < 24; ++i)
            photo.row(y)[i] = 90;
    }
    const Region wide{{4, 4}, 24, 0};
    EXPECT_EQ(sample(photo, wide.crop_to_photo(24), 24, 24, Border::black).pixel(2, 12)[0], 0);
    EXPECT_EQ(sample(photo, wide.crop_to_photo(24), 24, 24, Border::replicate).pixel(2, 12)[0], 90);
    const Region far{{1e12, -1e12}, 24, 1};
    EXPECT_EQ(sample(photo, far.crop_to_photo(24), 24, 24, Border::replicate).pixel(2, 12)[0], 90);
}

TEST(Sampling, ATensorIsScaled) {
    const Image photo = ramp(64);
    const Tensor tensor = sample_tensor(photo, {{32, 32}, 64, 0}, 64, Border::black, 2, -1);
    EXPECT_EQ(tensor.shape(), (Shape{1, 64, 64, 3}));
    EXPECT_EQ(tensor.values<float>()[(5 * 64 + 7) * 3 + 1], 2 * 5 - 1);
}

}  // namespace
}  // namespace ditto::face
