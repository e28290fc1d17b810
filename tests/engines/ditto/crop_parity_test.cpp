#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/image.h"
#include "engines/ditto/face_crop.h"
#include "engines/ditto/put_back.h"
#include "engines/ditto/resample.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

using reference::floats;
using reference::largest_difference;
using reference::pattern;

std::vector<Point2> crop_points() {
    const std::vector<float> values = floats("crop_points");
    std::vector<Point2> points;
    for (std::size_t i = 0; i < values.size(); i += 2)
        points.push_back({values[i], values[i + 1]});
    return points;
}

/// The k-th 3x3 matrix of a recording.
Affine map_of(const std::string& name, std::size_t k = 0) {
    const std::vector<float> m = floats(name);
    const std::size_t i = k * 9;
    return {m[i], m[i + 1], m[i + 2], m[i + 3], m[i + 4], m[i + 5]};
}

/// The largest distance between where two maps send the corners of a crop, in pixels.
double distance(const Affine& a, const Affine& b, double size) {
    double largest = 0;
    for (const Point2 corner : {Point2{0, 0}, {size, 0}, {0, size}, {size, size}})
        largest = std::max(largest, length(a(corner) - b(corner)));
    return largest;
}

// The reference computes landmarks in 32 bits: positions of some hundred pixels are good to about
// 1e-4 pixels.
constexpr double pixels_of_32_bits = 5e-4;

TEST(CropParity, BoxOf203PointsAsCropImage) {
    const auto points = crop_points();
    const FaceAxis axis = axis_of_203(points);
    const FaceCrop tight = face_crop(points, axis, {.size = 224, .scale = 1.5, .vy_ratio = -.1});
    EXPECT_LT(distance(tight.crop_to_photo, map_of("crop_maps", 0), 224), pixels_of_32_bits);
    const FaceCrop wide = face_crop(points, axis, {});
    EXPECT_LT(distance(wide.crop_to_photo, map_of("crop_maps", 1), 512), pixels_of_32_bits);
    const FaceCrop upright = face_crop(points, axis, {.rotate = false});
    EXPECT_LT(distance(upright.crop_to_photo, map_of("crop_maps", 2), 512), pixels_of_32_bits);
}

TEST(CropParity, BoxOf106PointsAsCropImage) {
    auto points = crop_points();
    points.resize(106);
    const FaceCrop crop =
        face_crop(points, axis_of_106(points), {.size = 224, .scale = 1.5, .vy_ratio = -.1});
    EXPECT_LT(distance(crop.crop_to_photo, map_of("crop_map_106"), 224), pixels_of_32_bits);
}

TEST(CropParity, HorizontalShiftIsKept) {
    const auto points = crop_points();
    const FaceAxis axis = axis_of_203(points);
    const FaceCrop middle = face_crop(points, axis, {});
    const FaceCrop shifted = face_crop(points, axis, {.vx_ratio = .1});
    const Point2 moved = shifted.crop_to_photo({256, 256});
    const Point2 back = middle.photo_to_crop(moved);
    EXPECT_NEAR(back.x, 256 + 51.2, .01);
    EXPECT_NEAR(back.y, 256, .01);
}

TEST(CropParity, PixelsAsWarpAffine) {
    const Image crop = warp_affine(pattern(320, 240), map_of("crop_small_map"), Rect{0, 0, 96, 96});
    EXPECT_EQ(largest_difference(crop, reference::load("crop_small")), 0);
}

TEST(CropParity, PixelsFromLandmarksAsCropImage) {
    const auto points = crop_points();
    const FaceCrop crop = face_crop(points, axis_of_203(points), {.size = 96});
    const Image image =
        warp_affine(reference::hills(320, 240), crop.photo_to_crop, Rect{0, 0, 96, 96});
    EXPECT_LE(largest_difference(image, reference::load("crop_hills")), 1);
}

TEST(CropParity, HalvingAsResizeArea) {
    EXPECT_EQ(largest_difference(resized(pattern(64, 48), 32, 24), reference::load("resize_area")),
              0);
}

TEST(CropParity, ScalingAsResizeLinear) {
    EXPECT_LE(largest_difference(resize_bilinear(pattern(101, 67), 90, 60),
                                 reference::load("resize_linear")),
              1);
}

TEST(PutBackParity, MaskAsGetMask) {
    const PutBack put_back;
    const std::vector<float> corner = floats("mask_corner");
    for (int y = 0, i = 0; y < 40; ++y) {
        for (int x = 0; x < 40; ++x, ++i) {
            EXPECT_NEAR(*put_back.mask().pixel(x, y), corner[static_cast<std::size_t>(i)], 1e-6);
        }
    }
    const std::vector<float> sparse = floats("mask_sparse");
    std::size_t i = 0;
    for (int y = 0; y < 512; y += 13) {
        for (int x = 0; x < 512; x += 13)
            EXPECT_NEAR(*put_back.mask().pixel(x, y), sparse[i++], 1e-6);
    }
}

TEST(PutBackParity, FrameAsPutBack) {
    const Image photo = pattern(320, 240);
    const Image levels = pattern(512, 512);
    FloatImage face(512, 512, 3);
    for (int y = 0; y < 512; ++y) {
        for (int x = 0; x < 512; ++x) {
            for (int c = 0; c < 3; ++c)
                face.pixel(x, y)[c] = static_cast<float>(levels.pixel(x, y)[c]) * .997F + .2F;
        }
    }
    const Affine crop_to_photo = map_of("crop_maps", 1);
    const PutBack put_back;
    const Rect region = put_back.region(crop_to_photo, photo.bounds());
    Image frame = photo;
    paste(put_back(photo, face, crop_to_photo, region), region.x, region.y, frame);
    EXPECT_LE(largest_difference(frame, reference::load("put_back"), 3), 1);

    // From a face in whole levels, as a GPU's decoder gives it.
    Image rounded(512, 512);
    for (int y = 0; y < 512; ++y) {
        for (int x = 0; x < 512; ++x) {
            for (int c = 0; c < 3; ++c)
                rounded.pixel(x, y)[c] =
                    static_cast<std::uint8_t>(std::lround(face.pixel(x, y)[c]));
        }
    }
    paste(put_back(photo, rounded, crop_to_photo, region), region.x, region.y, frame);
    EXPECT_LE(largest_difference(frame, reference::load("put_back"), 3), 1);
}

TEST(PutBackParity, RegionHoldsAllThatChanges) {
    const Image photo(300, 200);
    FloatImage face(512, 512, 3);
    std::fill(face.values.begin(), face.values.end(), 255.F);
    const Affine crop_to_photo{.2, .05, 90.3, -.05, .2, 50.7};
    const PutBack put_back;
    const Rect region = put_back.region(crop_to_photo, photo.bounds());
    const Image whole = put_back(photo, face, crop_to_photo, photo.bounds());
    Image patched = photo;
    paste(put_back(photo, face, crop_to_photo, region), region.x, region.y, patched);
    EXPECT_EQ(whole, patched);
    EXPECT_LT(region.width, 140);
    EXPECT_TRUE(put_back.region({1, 0, 5000, 0, 1, 0}, photo.bounds()).empty());
}

}  // namespace
}  // namespace ditto::reenact
