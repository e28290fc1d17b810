#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "engine_fixture.h"
#include "insight_face_stand_ins.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

using stand_ins::DetectorFile;

class InsightFaceEngine : public EngineFixture {
  protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_);
        stand_ins::save_landmark106(folder_ / "landmark106.onnx");
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    EngineOptions with(const DetectorFile& detector = {}) const {
        EngineOptions wanted = options();
        wanted.files.face_detector = folder_ / "detector.onnx";
        wanted.files.landmark106 = folder_ / "landmark106.onnx";
        stand_ins::save_detector(wanted.files.face_detector, detector);
        return wanted;
    }
    static std::shared_ptr<const Avatar> registered(const EngineOptions& wanted,
                                                    const Image& photo) {
        NoProgress progress;
        return engine(wanted)->register_photo(photo, quick(), progress, {});
    }
    /// The code with which a photo is refused, and what is said about which file.
    static std::pair<ErrorCode, std::string> refusal(const EngineOptions& wanted) {
        try {
            registered(wanted, portrait());
        } catch (const Error& error) {
            std::string about;
            for (const auto& [key, value] : error.values())
                about +=
                    about.empty() ? std::filesystem::path(value).filename().string() : ": " + value;
            return {error.code(), about};
        }
        return {ErrorCode::internal, "registered"};
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(testing::TempDir()) /
        testing::UnitTest::GetInstance()->current_test_info()->name();
};

void expect_near(const Rect& a, const Rect& b, int pixels) {
    EXPECT_NEAR(a.x, b.x, pixels);
    EXPECT_NEAR(a.y, b.y, pixels);
    EXPECT_NEAR(a.width, b.width, pixels);
    EXPECT_NEAR(a.height, b.height, pixels);
}

TEST_F(InsightFaceEngine, CropsAroundItsFaceWhereThe478PointsAreFound) {
    const auto by_media_pipe = registered(options(), portrait());
    EngineOptions wanted = with();
    wanted.dump = Dump(folder_ / "dump", 0);
    const auto avatar = registered(wanted, portrait());
    // Not the same crop, but the same face's points in photo pixels.
    expect_near(avatar->face_box(), by_media_pipe->face_box(), 4);
    EXPECT_NE(avatar->moving_region(), by_media_pipe->moving_region());

    const auto points = reference::load_file((folder_ / "dump/lmk203.npy").string());
    ASSERT_EQ(points.shape(), (Shape{203, 2}));
    // The stand-in's mouth lies in the middle of the box, 0.15 of the crop below its middle.
    const auto values = points.values<float>();
    EXPECT_NEAR((values[96] + values[132]) / 2, 224, 15);
    EXPECT_NEAR((values[97] + values[133]) / 2, 150, 25);
}

TEST_F(InsightFaceEngine, TakesTheOriginalDetectorToo) {
    const auto one = registered(with(), portrait());
    const auto other = registered(with({.original = true}), portrait());
    EXPECT_EQ(one->moving_region(), other->moving_region());
    EXPECT_EQ(one->face_box(), other->face_box());
}

TEST_F(InsightFaceEngine, FollowsTheFaceOfAVideoByThe203Points) {
    int given = 0;
    const auto next = [&]() -> std::optional<Image> {
        if (given == 3) return std::nullopt;
        Image picture = portrait();
        paste(crop(portrait(), {0, 0, 480, 512}), given++ * 2, 0, picture);
        return picture;
    };
    NoProgress progress;
    const auto made = engine(with());
    const auto avatar = made->register_video(next, quick(), progress, {});
    expect_near(avatar->face_box(), registered(options(), portrait())->face_box(), 4);
    EXPECT_EQ(run(*made, *avatar, quick(), .2).size(), 5U);
}

TEST_F(InsightFaceEngine, RefusesAPhotoWhereItFindsNoFace) {
    EXPECT_EQ(refusal(with({.face = false})).first, ErrorCode::face_none);
}

TEST_F(InsightFaceEngine, RefusesOtherNetworks) {
    EngineOptions exchanged = with();
    std::swap(exchanged.files.face_detector, exchanged.files.landmark106);
    EXPECT_EQ(refusal(exchanged),
              std::pair(ErrorCode::model_mismatch,
                        std::string("landmark106.onnx: data is float32 ?x3x192x192, not "
                                    "float32 1x3x512x512")));
    EXPECT_EQ(refusal(with({.original = true, .places = 80})),
              std::pair(ErrorCode::model_mismatch,
                        std::string("detector.onnx: 448 has 12800 values, not 8192")));
    stand_ins::save_landmark106(folder_ / "landmark106.onnx", 68);
    EXPECT_EQ(refusal(with()),
              std::pair(ErrorCode::model_mismatch,
                        std::string("landmark106.onnx: fc1 is float32 1x136, not float32 ?x212")));
    EngineOptions missing = with();
    std::filesystem::remove(folder_ / "landmark106.onnx");
    EXPECT_EQ(refusal(missing),
              std::pair(ErrorCode::model_missing, std::string("landmark106.onnx")));
}

}  // namespace
}  // namespace ditto::reenact
