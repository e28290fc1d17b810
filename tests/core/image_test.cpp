#include "core/image.h"

#include <gtest/gtest.h>

namespace ditto {
namespace {

Image gradient(int width, int height) {
    Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.pixel(x, y)[0] = static_cast<std::uint8_t>(x);
            image.pixel(x, y)[1] = static_cast<std::uint8_t>(y);
            image.pixel(x, y)[2] = 7;
        }
    }
    return image;
}

TEST(Image, CropAndPasteAreInverse) {
    const Image image = gradient(20, 10);
    const Image part = crop(image, {3, 2, 5, 4});
    EXPECT_EQ(part.pixel(0, 0)[0], 3);
    EXPECT_EQ(part.pixel(4, 3)[1], 5);
    Image copy = image;
    paste(part, 3, 2, copy);
    EXPECT_EQ(copy, image);
    paste(part, 4, 2, copy);
    EXPECT_FALSE(copy == image);
}

TEST(Image, ResizeByHalfAveragesFourPixels) {
    const Image half = resized(gradient(8, 8), 4, 4);
    EXPECT_EQ(half.pixel(1, 0)[0], 3);  // (2 + 3) / 2 rounded up
    EXPECT_EQ(half.pixel(0, 3)[1], 7);
    EXPECT_EQ(half.pixel(2, 2)[2], 7);
}

TEST(Image, ResizeToTheSameSizeChangesNothing) {
    EXPECT_EQ(resized(gradient(9, 5), 9, 5), gradient(9, 5));
}

TEST(Rect, Intersection) {
    EXPECT_EQ(intersection({0, 0, 4, 4}, {2, 1, 9, 2}), (Rect{2, 1, 2, 2}));
    EXPECT_TRUE(intersection({0, 0, 4, 4}, {4, 0, 1, 1}).empty());
}

}  // namespace
}  // namespace ditto
