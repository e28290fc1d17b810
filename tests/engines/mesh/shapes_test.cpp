#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "core/random.h"
#include "engines/mesh/bilinear.h"
#include "engines/mesh/curve.h"
#include "engines/mesh/smooth_noise.h"
#include "engines/mesh/texture.h"

namespace ditto::mesh {
namespace {

TEST(Curve, PassesThroughItsPointsAndNeverOvershoots) {
    const std::vector<Vec2> points{{0, 0}, {1, 1}, {2, 1}, {4, -2}};
    const Curve curve(points);
    for (const Vec2 p : points)
        EXPECT_NEAR(curve(p.x), p.y, 1e-5);
    for (float x = 0; x <= 4; x += .05F) {
        EXPECT_LE(curve(x), 1.0001F) << x;
        EXPECT_GE(curve(x), -2.0001F) << x;
    }
    EXPECT_EQ(curve(-5), 0);
    EXPECT_EQ(curve(9), -2);
}

TEST(Curve, SortsAndMergesItsPoints) {
    const Curve curve({{1, 3}, {0, 1}, {1.00001F, 9}});
    EXPECT_NEAR(curve(0), 1, 1e-5);
    EXPECT_NEAR(curve(.5F), 2, 1e-3);
}

TEST(Bilinear, ARowEqualsItsPixelsOneByOne) {
    Random random(3);
    constexpr int width = 37;
    constexpr int height = 21;
    std::vector<std::uint32_t> pixels(width * height);
    for (auto& pixel : pixels)
        pixel = random.next();
    const PackedPixels picture{pixels.data(), width, (width - 2) * 256, (height - 2) * 256};
    std::array<std::int32_t, 67> x{};
    std::array<std::int32_t, 67> y{};
    std::array<std::uint32_t, 67> row{};
    for (std::size_t i = 0; i < x.size(); ++i) {
        x[i] = static_cast<std::int32_t>(random.uniform(-2000, 12000));
        y[i] = static_cast<std::int32_t>(random.uniform(-2000, 8000));
    }
    bilinear_row(picture, x.data(), y.data(), static_cast<int>(x.size()), row.data());
    for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_EQ(row[i], bilinear(picture, x[i], y[i])) << i;
    }
}

TEST(Bilinear, MixesChannelsWithoutSpilling) {
    EXPECT_EQ(mixed(0xFF00FF00U, 0x00FF00FFU, 0), 0xFF00FF00U);
    EXPECT_EQ(mixed(0xFFFFFFFFU, 0xFFFFFFFFU, 77), 0xFFFFFFFFU);
    EXPECT_EQ(mixed(0x00000000U, 0xFF804020U, 128), 0x80402010U);
}

TEST(Texture, GivesThePhotosOwnPixelsAtTheirCentres) {
    Random random(5);
    Image photo(20, 14);
    for (int y = 0; y < 14; ++y) {
        for (int i = 0; i < 60; ++i)
            photo.row(y)[i] = static_cast<std::uint8_t>(random.next());
    }
    const Texture texture(photo, {4, 2, 12, 10});
    for (int y = 2; y < 12; ++y) {
        for (int x = 4; x < 16; ++x) {
            const std::uint32_t color =
                texture.sample(Vec2{static_cast<float>(x) + .5F, static_cast<float>(y) + .5F});
            EXPECT_EQ(color & 255U, photo.pixel(x, y)[0]);
            EXPECT_EQ((color >> 8U) & 255U, photo.pixel(x, y)[1]);
            EXPECT_EQ(color >> 16U, photo.pixel(x, y)[2]);
        }
    }
    EXPECT_EQ(texture.sample(Vec2{-50, -50}), texture.sample(Vec2{4.5F, 2.5F}));
}

TEST(SmoothNoise, IsSmoothAndOfUnitSpread) {
    const SmoothNoise noise(9, 1, 2);
    double sum = 0;
    double squares = 0;
    double before = noise(0);
    constexpr int count = 20000;
    for (int i = 0; i < count; ++i) {
        const double value = noise(i * .1);
        EXPECT_LT(std::abs(value - before), .5);
        before = value;
        sum += value;
        squares += value * value;
    }
    EXPECT_NEAR(sum / count, 0, .12);
    EXPECT_NEAR(std::sqrt(squares / count), 1, .15);
    EXPECT_EQ(noise(3.3), SmoothNoise(9, 1, 2)(3.3));
    EXPECT_NE(noise(3.3), SmoothNoise(10, 1, 2)(3.3));
    EXPECT_NE(noise(3.3), SmoothNoise(9, 2, 2)(3.3));
}

}  // namespace
}  // namespace ditto::mesh
