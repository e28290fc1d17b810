#pragma once

#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engines/ditto/ditto_engine.h"
#include "face/face_models.h"
#include "media/image_file.h"

namespace ditto::reenact {

inline std::filesystem::path tiny_networks() {
    return std::filesystem::path(DITTO_TINY_CHECKPOINTS) / "ditto_onnx";
}

class VectorVoice final : public AudioSource {
  public:
    explicit VectorVoice(std::vector<float> samples) : samples_(std::move(samples)) {}
    std::size_t read(std::span<float> samples) override {
        const auto count = std::min(samples.size(), samples_.size() - at_);
        std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(at_), count, samples.begin());
        at_ += count;
        return count;
    }

  private:
    std::vector<float> samples_;
    std::size_t at_ = 0;
};

class KeptFrames final : public FrameSink {
  public:
    void write(Frame frame) override { frames.push_back(std::move(frame)); }
    std::vector<Frame> frames;
};

/// An engine with tiny random checkpoints, and the demo portrait.
class EngineFixture : public testing::Test {
  protected:
    static EngineOptions options() {
        EngineOptions result;
        result.files = NetworkFiles::in(tiny_networks());
        result.threads = 1;
        return result;
    }
    static std::shared_ptr<const nn::Runtime> runtime() {
        static const auto opened = nn::Runtime::open();
        return opened;
    }
    static std::unique_ptr<const DittoEngine> engine(const EngineOptions& wanted = options()) {
        static const auto faces =
            face::FaceModels::load(runtime(), std::filesystem::path(DITTO_BINARY_DIR) / "models");
        return std::make_unique<const DittoEngine>(runtime(), faces, wanted);
    }
    static const Image& portrait() {
        static const Image photo =
            media::load_photo(std::string(DITTO_SOURCE_DIR) + "/assets/portrait.png").image;
        return photo;
    }
    /// A tone that comes and goes.
    static std::vector<float> voice(double seconds) {
        std::vector<float> samples(static_cast<std::size_t>(seconds * 16000));
        for (std::size_t i = 0; i < samples.size(); ++i) {
            const double time = static_cast<double>(i) / 16000;
            samples[i] = static_cast<float>(.3 * std::sin(time * 900) * std::sin(time * 7));
        }
        return samples;
    }
    /// Quick to run: 10 steps, nothing fades.
    static Controls quick() {
        Controls controls;
        controls.sampling_steps = 10;
        controls.fade_in = 0;
        controls.fade_out = 0;
        return controls;
    }
    static std::vector<Frame> run(const DittoEngine& engine, const Avatar& avatar,
                                  const Controls& controls, AudioSource& source) {
        NoProgress progress;
        KeptFrames kept;
        const auto count = engine.animate(avatar, controls, source, kept, progress, {});
        EXPECT_EQ(count, static_cast<std::int64_t>(kept.frames.size()));
        for (std::size_t i = 0; i < kept.frames.size(); ++i)
            EXPECT_EQ(kept.frames[i].index, static_cast<std::int64_t>(i));
        return std::move(kept.frames);
    }
    static std::vector<Frame> run(const DittoEngine& engine, const Avatar& avatar,
                                  const Controls& controls, double seconds) {
        VectorVoice source(voice(seconds));
        return run(engine, avatar, controls, source);
    }
    static bool same(const std::vector<Frame>& a, const std::vector<Frame>& b) {
        return std::equal(
            a.begin(), a.end(), b.begin(), b.end(), [](const Frame& x, const Frame& y) {
                return x.index == y.index && x.x == y.x && x.y == y.y && x.patch == y.patch;
            });
    }
};

}  // namespace ditto::reenact
