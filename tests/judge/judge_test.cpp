#include "judge/judge.h"

#include <algorithm>
#include <cstdint>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "media/image_file.h"
#include "media/video_writer.h"
#include "nn/runtime.h"

namespace ditto::judge {
namespace {

const std::string demo_voice_path = std::string(DITTO_SOURCE_DIR) + "/assets/demo_voice.wav";
const std::string portrait_path = std::string(DITTO_SOURCE_DIR) + "/assets/portrait.png";

const JudgeModels& models() {
    static const JudgeModels loaded =
        JudgeModels::load(nn::Runtime::open(), std::string(DITTO_BINARY_DIR) + "/models");
    return loaded;
}

/// The same picture over and over, with the demo voice.
std::string still_video(const Image& picture, int frames) {
    const std::string path =
        testing::TempDir() + "judge_still_" + std::to_string(getpid()) + ".mp4";
    media::VideoWriter writer(picture, path, {25, demo_voice_path});
    for (int i = 0; i < frames; ++i)
        writer.write({i, crop(picture, {0, 0, 2, 2}), 0, 0});
    writer.finish();
    return path;
}

TEST(Judge, SeesThatAPhotoDoesNotSpeak) {
    JudgeRequest request;
    const Image photo = media::load_photo(portrait_path).image;
    request.video = still_video(photo, 60);
    request.phones = std::string(DITTO_SOURCE_DIR) + "/assets/demo_voice.phones.tsv";
    request.photo = portrait_path;
    request.sheet = true;
    const Judgement judgement = judge_video(request, models(), {});
    const Report& report = judgement.report;
    for (const char* key : {"face_share", "faststart", "av_end_difference_s", "frame_time_error_s",
                            "pause_lip_gap_mad", "still_change_mean_levels", "flicker_levels",
                            "seam_levels", "mouth_sharpness_ratio", "identity_correlation"}) {
        EXPECT_TRUE(report[key].passes().value_or(false)) << key << "\n" << to_text(report);
    }
    EXPECT_FALSE(report["av_offset_s"].value);
    EXPECT_NEAR(report["mouth_sharpness_ratio"].value.value(), 1, .15);
    EXPECT_EQ(report["pbm_recall"].value.value_or(-1), 0);
    for (const char* key : {"head_yaw_sd_deg", "head_pitch_sd_deg", "blink_rate_per_min"})
        EXPECT_FALSE(report[key].passes().value_or(true)) << key;
    EXPECT_GT(judgement.sheet.width(), 1000);
}

TEST(Judge, SeesTheBorderOfWhatWasPasted) {
    const std::string photo = std::string(DITTO_SOURCE_DIR) + "/assets/presenter.jpg";
    Image picture = media::load_photo(photo).image;
    for (int y = 60; y < 600; ++y) {
        for (int x = 60 * 3; x < 800 * 3; ++x)
            picture.row(y)[x] = static_cast<std::uint8_t>(std::min(255, picture.row(y)[x] + 12));
    }
    const Judgement judgement =
        judge_video({still_video(picture, 5), {}, photo, false}, models(), {});
    EXPECT_FALSE(judgement.report["seam_levels"].passes().value_or(true))
        << to_text(judgement.report);
}

TEST(Judge, SeesThatItIsAnotherFace) {
    const std::string photo = std::string(DITTO_SOURCE_DIR) + "/assets/presenter.jpg";
    const Image face = media::load_photo(photo).image;
    Image mirrored = face;
    for (int y = 0; y < face.height(); ++y) {
        for (int x = 0; x < face.width(); ++x)
            std::copy_n(face.pixel(face.width() - 1 - x, y), 3, mirrored.row(y) + 3 * x);
    }
    const Judgement judgement =
        judge_video({still_video(mirrored, 5), {}, photo, false}, models(), {});
    EXPECT_FALSE(judgement.report["identity_correlation"].passes().value_or(true))
        << to_text(judgement.report);
}

TEST(Judge, ReportsAVideoWithoutAFace) {
    const Judgement judgement =
        judge_video({still_video(Image(320, 240), 5), {}, {}, true, true}, models(), {});
    EXPECT_EQ(*judgement.report["face_share"].value, 0);
    EXPECT_TRUE(judgement.sheet.empty());
    EXPECT_EQ(std::ranges::count(judgement.signals, '\n'), 1);
}

TEST(Judge, RefusesWhatIsNoVideo) {
    const auto code_of = [](const JudgeRequest& request) {
        try {
            judge_video(request, models(), {});
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::internal;
    };
    EXPECT_EQ(code_of({"/nowhere.mp4", {}, {}, false}), ErrorCode::video_unreadable);
    EXPECT_EQ(code_of({DITTO_SOURCE_DIR "/CMakeLists.txt", {}, {}, false}),
              ErrorCode::video_unreadable);
    EXPECT_EQ(code_of({"x.mp4", "/nowhere.tsv", {}, false}), ErrorCode::phones_missing);
}

TEST(Judge, CanBeStopped) {
    std::stop_source stop;
    stop.request_stop();
    const JudgeRequest request{still_video(Image(320, 240), 5), {}, {}, false};
    try {
        judge_video(request, models(), stop.get_token());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

}  // namespace
}  // namespace ditto::judge
