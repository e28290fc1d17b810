#include "engines/mesh/mesh_engine.h"

#include <chrono>
#include <cmath>
#include <future>
#include <thread>

#include "base/error.h"
#include "core/audio_clip.h"
#include "engine/audio_feed.h"
#include "portrait_fixture.h"

namespace ditto::mesh {
namespace {

/// A second and a bit of something voice-like, in chunks of odd sizes.
class ToneVoice final : public AudioSource {
  public:
    explicit ToneVoice(std::size_t samples) : left_(samples) {}
    std::size_t read(std::span<float> samples) override {
        const std::size_t count = std::min(samples.size(), left_);
        for (std::size_t i = 0; i < count; ++i, ++position_) {
            const double t = position_ / 16000.;
            samples[i] = static_cast<float>(.3 * std::sin(2 * 3.14159 * 140 * t) *
                                            (1 + std::sin(2 * 3.14159 * 4 * t)) / 2);
        }
        left_ -= count;
        return count;
    }

  private:
    std::size_t left_;
    int position_ = 0;
};

class KeepingSink final : public FrameSink {
  public:
    void write(Frame frame) override { frames.push_back(std::move(frame)); }
    std::vector<Frame> frames;
};

class StoppingSink final : public FrameSink {
  public:
    explicit StoppingSink(std::stop_source& source) : source_(source) {}
    void write(Frame frame) override {
        if (frame.index == 3) source_.request_stop();
    }

  private:
    std::stop_source& source_;
};

class FailingSink final : public FrameSink {
  public:
    void write(Frame) override { throw Error(ErrorCode::output_full); }
};

/// Tells when the first frame comes.
class FirstFrame final : public FrameSink {
  public:
    void write(Frame frame) override {
        if (frame.index == 0) came.set_value();
    }
    std::promise<void> came;
};

class Engine : public PortraitFixture {
  protected:
    static MeshEngine make(int threads) {
        return MeshEngine(nn::Runtime::open(), DITTO_BINARY_DIR "/models", threads);
    }
    static std::vector<Frame> animate(const MeshEngine& engine, std::size_t samples) {
        NoProgress progress;
        const auto avatar = engine.register_photo(photo(), {}, progress, {});
        EXPECT_EQ(avatar->photo(), photo());
        ToneVoice voice(samples);
        KeepingSink sink;
        const std::int64_t count = engine.animate(*avatar, {}, voice, sink, progress, {});
        EXPECT_EQ(count, static_cast<std::int64_t>(sink.frames.size()));
        return std::move(sink.frames);
    }
};

TEST_F(Engine, GivesAFrameForEveryFortyMillisecondsStartingAndEndingWithThePhoto) {
    const auto frames = animate(make(1), 17001);  // 26.6 frames
    ASSERT_EQ(frames.size(), 27U);
    const Rect region = renderer().region();
    for (std::size_t i = 0; i < frames.size(); ++i) {
        EXPECT_EQ(frames[i].index, static_cast<std::int64_t>(i));
        EXPECT_EQ(frames[i].x, region.x);
        EXPECT_EQ(frames[i].y, region.y);
    }
    EXPECT_EQ(frames.front().patch, crop(photo(), region));
    EXPECT_EQ(frames.back().patch, crop(photo(), region));
    EXPECT_FALSE(frames[13].patch == frames.front().patch);
}

TEST_F(Engine, ThreadsDoNotChangeTheFrames) {
    const auto one = animate(make(1), 16000);
    const auto three = animate(make(3), 16000);
    ASSERT_EQ(one.size(), three.size());
    for (std::size_t i = 0; i < one.size(); ++i)
        EXPECT_EQ(one[i].patch, three[i].patch) << i;
}

TEST_F(Engine, AVoiceWithoutSamplesGivesNoFrames) {
    EXPECT_TRUE(animate(make(2), 0).empty());
    EXPECT_EQ(animate(make(2), 1).size(), 1U);
}

TEST_F(Engine, ALiveVoiceIsShownBeforeItEnds) {
    const MeshEngine engine = make(1);
    NoProgress progress;
    const auto avatar = engine.register_photo(photo(), {}, progress, {});
    AudioFeed feed;
    FirstFrame sink;
    const std::jthread speaker([&] {
        std::vector<float> samples(2 * 16000);
        ToneVoice(samples.size()).read(samples);
        feed.push(samples);
        EXPECT_EQ(sink.came.get_future().wait_for(std::chrono::seconds(60)),
                  std::future_status::ready);
        feed.close();
    });
    EXPECT_EQ(engine.animate(*avatar, {}, feed, sink, progress, {}), 50);
}

TEST_F(Engine, StopsWhenAsked) {
    const MeshEngine engine = make(2);
    NoProgress progress;
    const auto avatar = engine.register_photo(photo(), {}, progress, {});
    ToneVoice voice(16000 * 3600);
    std::stop_source stop;
    StoppingSink sink(stop);
    try {
        engine.animate(*avatar, {}, voice, sink, progress, stop.get_token());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

TEST_F(Engine, ASinksErrorComesBackOnce) {
    const MeshEngine engine = make(2);
    NoProgress progress;
    const auto avatar = engine.register_photo(photo(), {}, progress, {});
    ToneVoice voice(16000 * 60);
    FailingSink sink;
    try {
        engine.animate(*avatar, {}, voice, sink, progress, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::output_full);
    }
}

TEST_F(Engine, APhotoWithoutAFaceIsRefused) {
    NoProgress progress;
    EXPECT_THROW(make(1).register_photo(Image(600, 600), {}, progress, {}), Error);
}

}  // namespace
}  // namespace ditto::mesh
