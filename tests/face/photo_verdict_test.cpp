#include "face/photo_verdict.h"

#include <cmath>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "core/random.h"
#include "face_fixture.h"

namespace ditto::face {
namespace {

class Verdict : public FaceFixture {
  protected:
    static PhotoVerdict examine(const Image& photo) { return examine_photo(photo, models()); }

    /// The code that the photo is refused with.
    static std::string refusal(const Image& photo) {
        try {
            examine(photo);
            return "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(user_message(error, Language::english).find('{'), std::string::npos);
            return std::string(code_name(error.code()));
        }
    }
    static std::vector<std::string> notices(const PhotoVerdict& verdict) {
        std::vector<std::string> names;
        for (const Notice& notice : verdict.notices)
            names.emplace_back(code_name(notice.code));
        return names;
    }
};

Image grey(int width, int height) {
    Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int i = 0; i < width * 3; ++i)
            image.row(y)[i] = 128;
    }
    return image;
}

Image changed(const Image& image, const std::function<double(double)>& change) {
    Image result(image.width(), image.height());
    for (int y = 0; y < image.height(); ++y) {
        for (int i = 0; i < image.width() * 3; ++i) {
            result.row(y)[i] = static_cast<std::uint8_t>(
                std::lround(std::clamp(change(image.row(y)[i]), 0., 255.)));
        }
    }
    return result;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(Verdict, TakesThePortrait) {
    const PhotoVerdict verdict = examine(portrait());
    EXPECT_EQ(verdict.face_count, 1);
    EXPECT_THAT(notices(verdict), ElementsAre("mouth_open"));  // she shows her teeth
    EXPECT_NEAR(verdict.pose.yaw_deg, 0, 6);
    EXPECT_NEAR(verdict.pose.roll_deg, 3, 3);
    EXPECT_NEAR(verdict.face_box.x, 178, 8);
    EXPECT_NEAR(verdict.face_box.width, 94, 8);
    EXPECT_GT(verdict.mesh.presence, .99);
}

TEST_F(Verdict, TakesLeaningFaces) {
    for (const double angle_deg : {-45., -25., 25., 45.}) {
        const PhotoVerdict verdict = examine(turned_portrait(angle_deg));
        EXPECT_NEAR(verdict.pose.roll_deg, 3 - angle_deg, 6);
        EXPECT_NEAR(verdict.pose.yaw_deg, 0, 8);
    }
}

TEST_F(Verdict, TakesTheLargestOfSeveralFaces) {
    Image group = grey(1040, 700);
    paste(resized(portrait(), 340, 340), 0, 200, group);
    paste(resized(portrait(), 700, 700), 340, 0, group);
    const PhotoVerdict verdict = examine(group);
    EXPECT_EQ(verdict.face_count, 2);
    EXPECT_GT(verdict.face_box.x, 500);
    EXPECT_THAT(notices(verdict), ElementsAre("faces_several", "mouth_open"));
}

TEST_F(Verdict, PrefersAFaceThatCanBeAnimated) {
    const Image sharp = crop(portrait(), {120, 20, 210, 250});
    Image pair = grey(600, 400);
    paste(resized(resized(sharp, 30, 36), 273, 325), 0, 40, pair);  // larger, but blurred
    paste(sharp, 320, 80, pair);
    const PhotoVerdict verdict = examine(pair);
    EXPECT_EQ(verdict.face_count, 2);
    EXPECT_GT(verdict.face_box.x, 320);
}

TEST_F(Verdict, SaysThatAPhotoIsSmall) {
    EXPECT_THAT(notices(examine(resized(portrait(), 400, 400))),
                ElementsAre("mouth_open", "photo_small"));
    EXPECT_EQ(refusal(resized(portrait(), 255, 255)), "photo_too_small");
    EXPECT_EQ(refusal(Image()), "photo_too_small");
}

TEST_F(Verdict, RefusesSmallFaces) {
    Image wide = grey(900, 700);
    paste(portrait(), 200, 100, wide);  // 10.4 % of the width
    EXPECT_EQ(refusal(wide), "face_too_small");
    Image wider = grey(1600, 900);  // 3 %
    paste(resized(portrait(), 270, 270), 900, 500, wider);
    EXPECT_EQ(refusal(wider), "face_too_small");
}

TEST_F(Verdict, RefusesPhotosWithoutAFace) {
    EXPECT_EQ(refusal(grey(600, 400)), "face_none");
    EXPECT_EQ(refusal(Image(600, 400)), "face_none");
    Image noise(512, 512);
    Random random(7);
    for (int y = 0; y < 512; ++y) {
        for (int i = 0; i < 512 * 3; ++i)
            noise.row(y)[i] = static_cast<std::uint8_t>(random.next());
    }
    EXPECT_EQ(refusal(noise), "face_none");
}

TEST_F(Verdict, RefusesAnimals) {
    const Image cat = test_photo("cat.jpg");
    EXPECT_EQ(refusal(cat), "face_none");
    EXPECT_EQ(refusal(resized(crop(cat, {90, 20, 260, 260}), 600, 600)), "face_none");
}

TEST_F(Verdict, RefusesFacesTurnedAway) {
    EXPECT_EQ(refusal(test_photo("turned.jpg")), "face_turned");
}

TEST_F(Verdict, RefusesFacesThatAreCutOff) {
    // Through the eye, and through the mouth.
    EXPECT_EQ(refusal(resized(crop(portrait(), {190, 10, 280, 280}), 560, 560)), "face_cut_off");
    EXPECT_EQ(refusal(resized(crop(portrait(), {80, 0, 300, 150}), 1200, 600)), "face_cut_off");
}

TEST_F(Verdict, RefusesBlurredFaces) {
    EXPECT_EQ(refusal(resized(resized(portrait(), 64, 64), 512, 512)), "face_blurred");
}

TEST_F(Verdict, RefusesDarkFaces) {
    EXPECT_EQ(refusal(changed(portrait(), [](double v) { return v * .12; })), "face_dark");
    EXPECT_EQ(refusal(changed(portrait(), [](double v) { return v * .04; })), "face_dark");
}

TEST_F(Verdict, TakesDimAndGreyPhotos) {
    const Image dim = changed(portrait(), [](double v) { return v * .4; });
    EXPECT_THAT(notices(examine(dim)), ElementsAre("mouth_open"));
    Image colourless = portrait();
    for (int y = 0; y < colourless.height(); ++y) {
        for (int x = 0; x < colourless.width(); ++x) {
            std::uint8_t* p = colourless.pixel(x, y);
            p[0] = p[2] = p[1];
        }
    }
    EXPECT_EQ(examine(colourless).face_count, 1);
}

}  // namespace
}  // namespace ditto::face
