#include "media/image_file.h"

#include <cmath>
#include <string_view>

#include <gtest/gtest.h>

#include "files.h"
#include "pictures.h"

namespace ditto::media {
namespace {

FileContent text(std::string_view words) {
    const auto* bytes = reinterpret_cast<const std::byte*>(words.data());
    return {bytes, bytes + words.size()};
}

FileContent cut(FileContent content, double part) {
    content.resize(static_cast<std::size_t>(static_cast<double>(content.size()) * part));
    return content;
}

TEST(LoadPhoto, TellsFormatsByContentAndNotByName) {
    const TempFolder folder;
    const Image image = colours(64, 48);
    write_content(folder / "jpeg.png", jpeg_of(image));
    write_content(folder / "png.webp", png_of(image));
    write_content(folder / "webp.jpg", webp_of(image));
    EXPECT_LT(difference(load_photo(folder / "jpeg.png").image, image), 2);
    EXPECT_EQ(load_photo(folder / "png.webp").image, image);
    EXPECT_EQ(load_photo(folder / "webp.jpg").image, image);
}

TEST(LoadPhoto, ReadsGreyCmykAndProgressiveJpeg) {
    const Image image = colours(64, 48);
    const Image grey = decode_photo(jpeg_of(image, {.grey = true})).image;
    EXPECT_EQ(grey.pixel(5, 5)[0], grey.pixel(5, 5)[2]);
    EXPECT_LT(difference(decode_photo(jpeg_of(image, {.cmyk = true})).image, image), 3);
    EXPECT_LT(difference(decode_photo(jpeg_of(image, {.progressive = true})).image, image), 2);
}

TEST(LoadPhoto, Reads16BitGreyWithoutChangingItsBrightness) {
    const Image image = colours(64, 48);
    const Image grey = decode_photo(png_grey16(image)).image;
    for (const int x : {0, 20, 63}) {
        for (int c = 0; c < 3; ++c)
            EXPECT_NEAR(grey.pixel(x, 7)[c], image.pixel(x, 7)[0], 1);
    }
}

TEST(LoadPhoto, LaysAlphaOverTheBackdrop) {
    const Image image = colours(65, 40);
    for (const FileContent& file : {png_with_alpha(image), webp_with_alpha(image)}) {
        const Image seen = decode_photo(file).image;
        for (int c = 0; c < 3; ++c) {
            EXPECT_NEAR(seen.pixel(0, 20)[c], 238, 2);
            EXPECT_NEAR(seen.pixel(64, 20)[c], image.pixel(64, 20)[c], 6);
        }
        const Image red = decode_photo(file, {.backdrop = {255, 0, 0}}).image;
        EXPECT_NEAR(red.pixel(0, 20)[0], 255, 2);
        EXPECT_NEAR(red.pixel(0, 20)[1], 0, 2);
    }
}

/// Where the stored picture's top left corner is to be seen, for orientations 1 to 8.
TEST(LoadPhoto, AppliesAllEightOrientations) {
    const Image image = colours(64, 32);
    struct Place {
        bool right, bottom;
    };
    const Place places[] = {{false, false}, {true, false}, {true, true}, {false, true},
                            {false, false}, {true, false}, {true, true}, {false, true}};
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const LoadedImage loaded = decode_photo(jpeg_of(image, {.orientation = orientation}));
        const bool turned = orientation >= 5;
        ASSERT_EQ(loaded.image.width(), turned ? 32 : 64) << orientation;
        EXPECT_EQ(loaded.original_width, turned ? 32 : 64);
        EXPECT_EQ(loaded.original_height, turned ? 64 : 32);
        const Place place = places[orientation - 1];
        const int x = place.right ? loaded.image.width() - 1 : 0;
        const int y = place.bottom ? loaded.image.height() - 1 : 0;
        for (int c = 0; c < 3; ++c) {
            EXPECT_NEAR(loaded.image.pixel(x, y)[c], image.pixel(0, 0)[c], 6) << orientation;
        }
        // The stored right neighbour tells turning from mirroring.
        const int near_x = turned ? x : x + (place.right ? -31 : 31);
        const int near_y = turned ? y + (place.bottom ? -31 : 31) : y;
        EXPECT_NEAR(loaded.image.pixel(near_x, near_y)[0], image.pixel(31, 0)[0], 6) << orientation;
    }
}

TEST(LoadPhoto, ReadsOrientationOfPngAndIgnoresNonsense) {
    const Image image = colours(64, 32);
    EXPECT_EQ(decode_photo(with_chunk(png_of(image), "eXIf", tiff_orientation(6))).image.width(),
              32);
    EXPECT_EQ(decode_photo(with_chunk(png_of(image), "eXIf", tiff_orientation(99))).image, image);
    EXPECT_EQ(decode_photo(with_chunk(png_of(image), "eXIf", text("MM"))).image, image);
}

TEST(LoadPhoto, ScalesTheLargestSideTo1920) {
    const Image image = colours(4000, 1000);
    for (const FileContent& file : {jpeg_of(image), png_of(image), webp_of(image)}) {
        const LoadedImage loaded = decode_photo(file);
        EXPECT_EQ(loaded.image.width(), 1920);
        EXPECT_EQ(loaded.image.height(), 480);
        EXPECT_EQ(loaded.original_width, 4000);
        EXPECT_EQ(loaded.original_height, 1000);
        EXPECT_TRUE(loaded.scaled());
        EXPECT_LT(difference(loaded.image, resized(image, 1920, 480)), 2);
    }
    const LoadedImage thin = decode_photo(png_of(colours(3000, 1)));
    EXPECT_EQ(thin.image.width(), 1920);
    EXPECT_EQ(thin.image.height(), 1);
}

TEST(LoadPhoto, TurnedAndScaledAtOnce) {
    const LoadedImage loaded = decode_photo(jpeg_of(colours(2400, 600), {.orientation = 6}));
    EXPECT_EQ(loaded.image.width(), 480);
    EXPECT_EQ(loaded.image.height(), 1920);
    EXPECT_EQ(loaded.original_height, 2400);
    EXPECT_TRUE(loaded.scaled());
}

TEST(LoadPhoto, RefusesWhatIsNotThereOrNoFile) {
    const TempFolder folder;
    EXPECT_EQ(code_of([&] { load_photo(folder / "none.jpg"); }), ErrorCode::photo_missing);
    EXPECT_EQ(code_of([&] { load_photo(folder.path()); }), ErrorCode::photo_unreadable);
    EXPECT_EQ(code_of([&] { load_photo("/dev/zero"); }), ErrorCode::photo_unreadable);
}

TEST(LoadPhoto, RefusesOtherFormatsAndEmptyFiles) {
    EXPECT_EQ(code_of([] { decode_photo(text("GIF89a..................")); }),
              ErrorCode::photo_format);
    EXPECT_EQ(code_of([] { decode_photo(text("hello")); }), ErrorCode::photo_format);
    EXPECT_EQ(code_of([] { decode_photo({}); }), ErrorCode::photo_corrupt);
}

TEST(LoadPhoto, RefusesTruncatedFiles) {
    const Image image = colours(200, 150);
    for (const FileContent& file : {jpeg_of(image), jpeg_of(image, {.progressive = true}),
                                    png_of(image), webp_of(image), webp_with_alpha(image)}) {
        for (const double part : {.999, .9, .5, .1}) {
            EXPECT_EQ(code_of([&] { decode_photo(cut(file, part)); }), ErrorCode::photo_corrupt)
                << "size " << file.size() << ", part " << part;
        }
    }
}

TEST(LoadPhoto, RefusesDamagedFiles) {
    FileContent png = png_of(colours(200, 150));
    png[png.size() / 2] ^= std::byte{0x55};
    EXPECT_EQ(code_of([&] { decode_photo(png); }), ErrorCode::photo_corrupt);
    FileContent jpeg = jpeg_of(colours(200, 150));
    std::fill_n(jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2), 40, std::byte{0xFE});
    EXPECT_EQ(code_of([&] { decode_photo(jpeg); }), ErrorCode::photo_corrupt);
}

TEST(LoadPhoto, AcceptsStrayBytesThatLeaveThePictureWhole) {
    const Image image = colours(64, 48);
    FileContent jpeg = jpeg_of(image);
    jpeg.insert(jpeg.end() - 2, 3, std::byte{0});
    jpeg.insert(jpeg.end(), 100, std::byte{7});
    EXPECT_LT(difference(decode_photo(jpeg).image, image), 2);
}

TEST(LoadPhoto, RefusesAnimations) {
    const Image image = colours(64, 48);
    const FileContent two_frames = {std::byte{0}, std::byte{0}, std::byte{0}, std::byte{2},
                                    std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}};
    EXPECT_EQ(code_of([&] { decode_photo(with_chunk(png_of(image), "acTL", two_frames)); }),
              ErrorCode::photo_animated);
    EXPECT_EQ(code_of([&] { decode_photo(webp_animated(image)); }), ErrorCode::photo_animated);
}

TEST(LoadPhoto, RefusesTooManyPixelsBeforeDecodingThem) {
    const Image image = colours(100, 100);
    for (FileContent file : {jpeg_of(image), png_of(image), webp_of(image)}) {
        EXPECT_EQ(code_of([&] { decode_photo(file, {.max_pixels = 9'999}); }),
                  ErrorCode::photo_too_large);
        EXPECT_NO_THROW(decode_photo(file, {.max_pixels = 10'000}));
    }
    // A PNG header that promises 8001 x 8000 pixels, and nothing more.
    FileContent huge = cut(png_of(image), 1);
    const std::byte sides[] = {std::byte{0}, std::byte{0}, std::byte{0x1F}, std::byte{0x41},
                               std::byte{0}, std::byte{0}, std::byte{0x1F}, std::byte{0x40}};
    std::copy(std::begin(sides), std::end(sides), huge.begin() + 16);
    try {
        decode_photo(huge);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::photo_too_large);
        EXPECT_EQ(error.values(), (MessageValues{{"actual", "64.1 MP"}, {"limit", "64 MP"}}));
    }
}

TEST(LoadPhoto, RefusesTooManyBytes) {
    const TempFolder folder;
    const FileContent file = png_of(colours(100, 100));
    write_content(folder / "a.png", file);
    const auto size = static_cast<std::int64_t>(file.size());
    EXPECT_NO_THROW(load_photo(folder / "a.png", {.max_bytes = size}));
    EXPECT_EQ(code_of([&] { load_photo(folder / "a.png", {.max_bytes = size - 1}); }),
              ErrorCode::photo_too_large);
}

TEST(SavePicture, RoundTrip) {
    const TempFolder folder;
    const Image image = colours(77, 51);
    save_png(image, folder / "a.png");
    save_jpeg(image, folder / "a.jpg", 95);
    EXPECT_EQ(load_photo(folder / "a.png").image, image);
    EXPECT_LT(difference(load_photo(folder / "a.jpg").image, image), 2);
}

TEST(SavePicture, SaysWhyItCannot) {
    const TempFolder folder;
    const Image image = colours(8, 8);
    EXPECT_EQ(code_of([&] { save_png(image, folder / "none" / "a.png"); }),
              ErrorCode::output_folder);
    EXPECT_EQ(code_of([&] { save_png(image, folder.path()); }), ErrorCode::output_write);
}

}  // namespace
}  // namespace ditto::media
