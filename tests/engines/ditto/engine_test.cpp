#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "base/messages.h"
#include "engine/audio_feed.h"
#include "engine_fixture.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

using EngineEndToEnd = EngineFixture;

/// cond_00000: cond.
std::string without_index(const std::string& name) {
    return std::regex_replace(name, std::regex("_[0-9]{5}$"), "");
}

std::string text_of(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(EngineEndToEnd, ThreeSecondsOfVoiceMakeSeventyFiveMovingFrames) {
    const auto made = engine();
    NoProgress progress;
    const auto avatar = made->register_photo(portrait(), quick(), progress, {});
    EXPECT_EQ(avatar->photo(), portrait());
    const Rect region = avatar->moving_region();
    EXPECT_EQ(intersection(region, avatar->photo().bounds()), region);
    const auto frames = run(*made, *avatar, quick(), 3);
    ASSERT_EQ(frames.size(), 75U);
    for (const Frame& frame : frames) {
        const Rect patch{frame.x, frame.y, frame.patch.width(), frame.patch.height()};
        EXPECT_EQ(intersection(patch, region), patch);
    }
    EXPECT_FALSE(frames[10].patch == frames[40].patch);
}

TEST_F(EngineEndToEnd, TheSameSeedGivesTheSameFrames) {
    const auto made = engine();
    NoProgress progress;
    Controls controls = quick();
    const auto avatar = made->register_photo(portrait(), controls, progress, {});
    const auto first = run(*made, *avatar, controls, .2);
    EXPECT_TRUE(same(first, run(*made, *avatar, controls, .2)));
    controls.seed = 2;
    EXPECT_FALSE(same(first, run(*made, *avatar, controls, .2)));
}

TEST_F(EngineEndToEnd, ThreadsDoNotChangeTheFrames) {
    NoProgress progress;
    std::vector<Frame> first;
    for (const int threads : {1, 2, 3}) {
        EngineOptions wanted = options();
        wanted.threads = threads;
        const auto made = engine(wanted);
        const auto avatar = made->register_photo(portrait(), quick(), progress, {});
        const auto frames = run(*made, *avatar, quick(), .2);
        if (first.empty()) first = frames;
        EXPECT_TRUE(same(first, frames)) << threads;
    }
}

/// The first frame is not given away before the second clip's motion is there.
TEST_F(EngineEndToEnd, TheNextClipMovesWhileFramesAreRendered) {
    const auto folder =
        std::filesystem::path(testing::TempDir()) / ("ditto_ahead_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    std::stop_source stop;
    class Waiting final : public FrameSink {
      public:
        Waiting(std::filesystem::path motion, std::stop_source& source)
            : motion_(std::move(motion)), stop_(source) {}
        void write(Frame frame) override {
            EXPECT_EQ(frame.index, 0);
            const auto longest = std::chrono::steady_clock::now() + std::chrono::seconds(60);
            while (!moved && std::chrono::steady_clock::now() < longest) {
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
                moved = std::filesystem::exists(motion_);
            }
            stop_.request_stop();
        }
        bool moved = false;

      private:
        std::filesystem::path motion_;
        std::stop_source& stop_;
    } sink(folder / "motion_clip_00001.npy", stop);
    EngineOptions wanted = options();
    wanted.dump = Dump(folder, 0);
    const auto made = engine(wanted);
    NoProgress progress;
    const auto avatar = made->register_photo(portrait(), quick(), progress, {});
    VectorVoice source(voice(7));
    EXPECT_THROW(made->animate(*avatar, quick(), source, sink, progress, stop.get_token()), Error);
    EXPECT_TRUE(sink.moved);
    std::filesystem::remove_all(folder);
}

TEST_F(EngineEndToEnd, ControlsChangeTheFrames) {
    const auto made = engine();
    NoProgress progress;
    const auto avatar = made->register_photo(portrait(), quick(), progress, {});
    const auto quietly = [&](const Controls& controls) {
        std::vector<float> samples = voice(.16);
        for (float& sample : samples)
            sample *= .1F;
        VectorVoice source(std::move(samples));
        return run(*made, *avatar, controls, source);
    };
    const auto plain = quietly(quick());
    for (const auto& [name, value] : {std::pair{"emotion", "happy"},
                                      {"emotion", "0:neutral,0.08:happy"},
                                      {"pose_pitch", "20"},
                                      {"pose_yaw", "20"},
                                      {"pose_roll", "20"},
                                      {"head_motion", "0"},
                                      {"fade_in", "9"},
                                      {"fade_out", "9"},
                                      {"sampling_steps", "12"},
                                      {"mouth_amount", "0.3"},
                                      {"silence_gate", "-20"},
                                      {"streaming", "1"}}) {
        Controls controls = quick();
        set_control(controls, name, value);
        EXPECT_FALSE(same(plain, quietly(controls))) << name;
    }
}

TEST_F(EngineEndToEnd, OtherFrameRatesKeepTheVoicesLength) {
    const auto made = engine();
    NoProgress progress;
    const auto avatar = made->register_photo(portrait(), quick(), progress, {});
    for (const double fps : {10., 30.}) {
        Controls controls = quick();
        controls.fps = fps;
        EXPECT_EQ(run(*made, *avatar, controls, .41).size(),
                  static_cast<std::size_t>(std::ceil(.41 * fps)));
    }
}

TEST_F(EngineEndToEnd, StreamedInUnevenPiecesGivesTheSameFrames) {
    const auto made = engine();
    NoProgress progress;
    Controls controls = quick();
    controls.streaming = 1;
    const auto avatar = made->register_photo(portrait(), controls, progress, {});
    const auto whole = run(*made, *avatar, controls, .6);
    EXPECT_EQ(whole.size(), 15U);

    AudioFeed feed(4000);
    std::jthread speaker([&feed, samples = voice(.6)] {
        for (std::size_t at = 0, piece = 1; at < samples.size();
             at += piece, piece = piece * 3 % 4001)
            feed.push(std::span(samples).subspan(at, std::min(piece, samples.size() - at)));
        feed.close();
    });
    EXPECT_TRUE(same(whole, run(*made, *avatar, controls, feed)));
}

TEST_F(EngineEndToEnd, StreamingGivesFramesBeforeTheVoiceEnds) {
    const auto made = engine();
    NoProgress progress;
    Controls controls = quick();
    controls.streaming = 1;
    const auto avatar = made->register_photo(portrait(), controls, progress, {});

    /// Speaks on until the first frame has come, at most 3 s.
    class Waiting final : public AudioSource, public FrameSink {
      public:
        std::size_t read(std::span<float> samples) override {
            if (seen_ || read_ >= 48000) return 0;
            std::fill(samples.begin(), samples.end(), .1F);
            read_ += samples.size();
            // One frame needs .88 s and a whole piece; after that, wait for it.
            if (read_ > 20000) std::this_thread::sleep_for(std::chrono::milliseconds(300));
            return samples.size();
        }
        void write(Frame) override {
            seen_ = true;
            stop.request_stop();
        }
        std::size_t samples_read() const { return read_; }
        std::stop_source stop;

      private:
        std::atomic<bool> seen_ = false;
        std::size_t read_ = 0;
    } both;
    EXPECT_THROW(made->animate(*avatar, controls, both, both, progress, both.stop.get_token()),
                 Error);
    EXPECT_LT(both.samples_read(), 40000U);
}

TEST_F(EngineEndToEnd, AVideoIsPlayedForwardsAndBackwards) {
    const auto made = engine();
    NoProgress progress;
    // The portrait moves to the side, over ten pictures.
    int given = 0;
    const auto next = [&]() -> std::optional<Image> {
        if (given == 10) return std::nullopt;
        Image picture = portrait();
        paste(crop(portrait(), {0, 0, 480, 512}), given++ * 2, 0, picture);
        return picture;
    };
    const auto avatar = made->register_video(next, quick(), progress, {});
    EXPECT_EQ(avatar->moving_region(), portrait().bounds());
    const auto frames = run(*made, *avatar, quick(), .88);
    ASSERT_EQ(frames.size(), 22U);
    for (const Frame& frame : frames) {
        ASSERT_EQ(frame.patch.width(), 512);
        const Rect below{0, 480, 512, 32};
        // Beside the face the video's own picture shows: 0 1 .. 9 9 .. 1 0 0 1 ..
        const int at = static_cast<int>(mirror_index(static_cast<std::size_t>(frame.index), 10));
        Image expected = portrait();
        paste(crop(portrait(), {0, 0, 480, 512}), at * 2, 0, expected);
        EXPECT_TRUE(crop(frame.patch, below) == crop(expected, below)) << frame.index;
    }
}

TEST_F(EngineEndToEnd, AVideoThatLosesTheFaceIsRefused) {
    const auto made = engine();
    NoProgress progress;
    int given = 0;
    const auto next = [&]() -> std::optional<Image> {
        return given++ < 13 ? portrait() : Image(512, 512);
    };
    try {
        made->register_video(next, quick(), progress, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::face_lost);
        for (const Language language : {Language::english, Language::traditional_chinese}) {
            const std::string said = user_message(error, language);
            EXPECT_NE(said.find("0.52"), std::string::npos) << said;
            EXPECT_NE(said.find("14"), std::string::npos) << said;
        }
    }
}

TEST_F(EngineEndToEnd, AStopRequestEndsTheRun) {
    const auto made = engine();
    const auto avatar = [&] {
        NoProgress progress;
        return made->register_photo(portrait(), quick(), progress, {});
    }();
    std::stop_source stop;
    class Stopping final : public FrameSink {
      public:
        explicit Stopping(std::stop_source& source) : stop_(source) {}
        void write(Frame) override { stop_.request_stop(); }

      private:
        std::stop_source& stop_;
    } sink(stop);
    VectorVoice source(voice(60));
    NoProgress progress;
    try {
        made->animate(*avatar, quick(), source, sink, progress, stop.get_token());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

TEST_F(EngineEndToEnd, DumpHoldsEveryStepOfTheWay) {
    const auto folder =
        std::filesystem::path(testing::TempDir()) / ("ditto_dump_" + std::to_string(getpid()));
    std::filesystem::remove_all(folder);
    EngineOptions wanted = options();
    wanted.dump = Dump(folder, 2);
    const auto made = engine(wanted);
    NoProgress progress;
    const auto avatar = made->register_photo(portrait(), quick(), progress, {});
    const auto frames = run(*made, *avatar, quick(), .2);
    const std::vector<std::pair<std::string, Shape>> expected{
        {"source_rgb", {512, 512, 3}},
        {"lmk478", {478, 2}},
        {"lmk203", {203, 2}},
        {"M_c2o", {3, 3}},
        {"img_crop", {512, 512, 3}},
        {"kp_info_pitch", {1, 66}},
        {"kp_info_yaw", {1, 66}},
        {"kp_info_roll", {1, 66}},
        {"kp_info_t", {1, 3}},
        {"kp_info_exp", {1, 63}},
        {"kp_info_scale", {1, 1}},
        {"kp_info_kp", {1, 63}},
        {"f_s", {1, 32, 16, 64, 64}},
        {"eye_open", {1, 2}},
        {"eye_ball", {1, 6}},
        {"audio_16k", {3200}},
        {"aud_feat", {5, 1024}},
        {"cond_00000", {80, 1103}},
        {"noise_step_00000", {80, 265}},
        {"noise_step_00008", {80, 265}},
        {"noise_clip_00000", {80, 265}},
        {"motion_clip_00000", {80, 265}},
        {"motion", {5, 265}},
        {"x_s_00000", {1, 21, 3}},
        {"x_d_00001", {1, 21, 3}},
        {"f_3d_00001", {1, 256, 64, 64}},
        {"render_00001", {512, 512, 3}},
        {"frame_00001", {512, 512, 3}},
    };
    for (const auto& [name, shape] : expected)
        EXPECT_EQ(reference::load_file((folder / (name + ".npy")).string()).shape(), shape) << name;
    EXPECT_FALSE(std::filesystem::exists(folder / "frame_00002.npy"));
    // Nothing more, and nothing that docs/ditto-dump.md does not name.
    std::set<std::string> named;
    for (const auto& [name, shape] : expected)
        named.insert(without_index(name));
    std::set<std::string> written;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        written.insert(without_index(entry.path().stem().string()));
    EXPECT_EQ(written, named);
    const std::string documented = text_of(std::string(DITTO_SOURCE_DIR) + "/docs/ditto-dump.md");
    for (const std::string& name : named) {
        const bool part = name.starts_with("kp_info_");
        EXPECT_NE(documented.find(part ? name.substr(7) : name), std::string::npos) << name;
    }

    Image frame = avatar->photo();
    paste(frames[1].patch, frames[1].x, frames[1].y, frame);
    EXPECT_EQ(reference::largest_difference(
                  frame, reference::load_file((folder / "frame_00001.npy").string())),
              0);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ditto::reenact
