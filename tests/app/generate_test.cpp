#include "app/generate.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine_double.h"
#include "files.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "sounds.h"

namespace ditto {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// Keeps what it is told.
class Record final : public Progress {
  public:
    std::vector<Stage> stages;
    std::vector<std::int64_t> totals;
    std::vector<NoticeCode> notices;
    std::int64_t done = 0;

    void stage(Stage stage, std::int64_t total) override {
        stages.push_back(stage);
        totals.push_back(total);
    }
    void advance(std::int64_t frames) override { done = frames; }
    void notice(const Notice& notice) override { notices.push_back(notice.code); }
};

class GenerateVideo : public testing::Test {
  protected:
    GenerateVideo() {
        media::save_png(Image(64, 48), folder_ / "photo.png");
        media::write_wav(folder_ / "voice.wav", media::tone(1.01, 16000));
        request_.photo = folder_ / "photo.png";
        request_.audio = folder_ / "voice.wav";
        request_.output = folder_ / "video.mp4";
    }

    GeneratedVideo generate() {
        return generate_video(request_, engines_, record_, stop_.get_token());
    }
    ErrorCode failure() {
        return media::code_of([&] { generate(); });
    }
    void expect_no_trace() {
        EXPECT_THAT(folder_.names(), UnorderedElementsAre("photo.png", "voice.wav"));
    }

    media::TempFolder folder_;
    GenerateRequest request_;
    EnginesDouble engines_;
    Record record_;
    std::stop_source stop_;
};

TEST_F(GenerateVideo, MakesTheVideoAndTellsEachStep) {
    const GeneratedVideo video = generate();
    EXPECT_EQ(video.frames, 26);
    EXPECT_EQ(video.engine, "double");
    EXPECT_EQ(video.width, 64);
    EXPECT_EQ(video.height, 48);
    EXPECT_NEAR(video.duration_s, 1.04, 1e-9);
    EXPECT_GT(video.elapsed_s, 0);
    EXPECT_THAT(record_.stages, ElementsAre(Stage::prepare, Stage::find_face,
                                            Stage::register_avatar, Stage::render, Stage::finish));
    EXPECT_EQ(record_.totals[3], 26);
    EXPECT_EQ(record_.done, 26);
    EXPECT_THAT(record_.notices, ElementsAre(NoticeCode::engine_chosen));
    // The sound is in it too.
    EXPECT_NEAR(media::probe_audio(request_.output).duration_s, 1.01, 0.04);
    EXPECT_THAT(folder_.names(), UnorderedElementsAre("photo.png", "voice.wav", "video.mp4"));
}

TEST_F(GenerateVideo, FollowsTheFrameRate) {
    request_.controls.fps = 50;
    EXPECT_EQ(generate().frames, 51);
    EXPECT_EQ(record_.totals[3], 51);
}

TEST_F(GenerateVideo, SaysThatAPhotoWasScaled) {
    media::save_png(Image(2400, 300), request_.photo);
    EXPECT_EQ(generate().width, 1920);
    EXPECT_THAT(record_.notices, ElementsAre(NoticeCode::photo_scaled, NoticeCode::engine_chosen));
}

TEST_F(GenerateVideo, LeavesNothingBehindAfterAnError) {
    engines_.engine->before_frame = [](std::int64_t index) {
        if (index == 20) throw Error(ErrorCode::model_corrupt);
    };
    EXPECT_EQ(failure(), ErrorCode::model_corrupt);
    expect_no_trace();
}

TEST_F(GenerateVideo, LeavesNothingBehindAfterCancelling) {
    engines_.engine->before_frame = [this](std::int64_t index) {
        if (index == 20) stop_.request_stop();
    };
    EXPECT_EQ(failure(), ErrorCode::cancelled);
    expect_no_trace();
}

TEST_F(GenerateVideo, AStopBeforeTheStartMakesNothing) {
    stop_.request_stop();
    EXPECT_EQ(failure(), ErrorCode::cancelled);
    expect_no_trace();
}

TEST_F(GenerateVideo, KeepsAnOlderVideoWhenTheNewOneFails) {
    std::ofstream(request_.output) << "older";
    engines_.engine->before_frame = [](std::int64_t) { throw Error(ErrorCode::internal); };
    EXPECT_EQ(failure(), ErrorCode::internal);
    std::string content;
    std::ifstream(request_.output) >> content;
    EXPECT_EQ(content, "older");
}

TEST_F(GenerateVideo, RefusesToOverwriteItsInput) {
    request_.audio = folder_ / "voice.mp4";
    std::filesystem::rename(folder_ / "voice.wav", request_.audio);
    request_.output = folder_.path() / "." / "voice.mp4";
    EXPECT_EQ(failure(), ErrorCode::output_is_input);
}

TEST_F(GenerateVideo, ChecksTheOutputBeforeAnythingElse) {
    request_.photo = folder_ / "missing.png";
    request_.output = folder_ / "none" / "video.mp4";
    EXPECT_EQ(failure(), ErrorCode::output_folder);
    request_.output = folder_ / "video.avi";
    EXPECT_EQ(failure(), ErrorCode::output_name);
    std::filesystem::create_directory(folder_ / "taken.mp4");
    request_.output = folder_ / "taken.mp4";
    EXPECT_EQ(failure(), ErrorCode::output_write);
    EXPECT_TRUE(record_.stages.empty());
}

TEST_F(GenerateVideo, TellsBadInputsApart) {
    const auto photo = request_.photo;
    request_.photo = folder_ / "missing.png";
    EXPECT_EQ(failure(), ErrorCode::photo_missing);
    request_.photo = request_.audio;
    EXPECT_EQ(failure(), ErrorCode::photo_format);
    request_.photo = photo;
    request_.audio = folder_ / "missing.wav";
    EXPECT_EQ(failure(), ErrorCode::audio_missing);
    request_.audio = photo;
    EXPECT_EQ(failure(), ErrorCode::audio_format);
}

}  // namespace
}  // namespace ditto
