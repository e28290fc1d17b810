#include "setup/trial.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>
#include <span>
#include <thread>
#include <vector>

#include <unistd.h>

#include "app/installed_files.h"
#include "hub/file_handle.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "setup/diagnosis.h"
#include "setup/verdicts.h"

namespace ditto::setup {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int sample_rate_hz = 16000;
constexpr double test_seconds = 2;

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string decimal(double value, int places) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

/// The sample voice again and again, until the time is up.
class VoiceUntil final : public AudioSource {
  public:
    VoiceUntil(std::vector<float> voice, double seconds)
        : voice_(std::move(voice)), seconds_(seconds) {}

    std::size_t read(std::span<float> samples) override {
        if (seconds_since(begin_) >= seconds_) return 0;
        for (float& sample : samples) {
            sample = voice_[at_];
            at_ = (at_ + 1) % voice_.size();
        }
        return samples.size();
    }

  private:
    std::vector<float> voice_;
    double seconds_;
    std::size_t at_ = 0;
    Clock::time_point begin_ = Clock::now();
};

class FrameCounter final : public FrameSink {
  public:
    explicit FrameCounter(double seconds) : seconds_(seconds) {}

    void write(Frame /*frame*/) override {
        const double now = seconds_since(begin_);
        if (now > seconds_) return;
        ++frames_;
        last_ = now;
    }
    std::optional<double> frames_per_s() const {
        if (frames_ == 0) return {};
        return static_cast<double>(frames_) / std::max(last_, 1e-3);
    }

  private:
    double seconds_;
    std::int64_t frames_ = 0;
    double last_ = 0;
    Clock::time_point begin_ = Clock::now();
};

std::vector<float> sample_voice(double seconds) {
    media::AudioFile file(find_sample_folder() / "demo_voice.wav");
    std::vector<float> samples(static_cast<std::size_t>(seconds * sample_rate_hz));
    samples.resize(file.read(samples));
    if (samples.empty()) throw Error(ErrorCode::audio_empty, {{"seconds", decimal(seconds, 0)}});
    return samples;
}

std::string wav_of(const std::vector<float>& samples) {
    const auto number = [](std::uint32_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(value >> (8 * i) & 255U);
        return text;
    };
    const auto bytes = static_cast<std::uint32_t>(samples.size() * 2);
    std::string wav = "RIFF" + number(36 + bytes, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) +
                      number(1, 2) + number(sample_rate_hz, 4) + number(2 * sample_rate_hz, 4) +
                      number(2, 2) + number(16, 2) + "data" + number(bytes, 4);
    for (const float sample : samples) {
        const long value = std::lround(std::clamp(sample, -1.F, 1.F) * 32767);
        wav += number(static_cast<std::uint32_t>(value), 2);
    }
    return wav;
}

/// Stops the engine's own work where it does not come up for air in time.
class StopAfter {
  public:
    StopAfter(double seconds, const std::stop_token& outer)
        : forward_(outer, [this] { source_.request_stop(); }),
          timer_([this, seconds](const std::stop_token& done) {
              const auto end = Clock::now() + std::chrono::duration<double>(seconds);
              while (!done.stop_requested() && Clock::now() < end) {
                  std::this_thread::sleep_for(std::chrono::milliseconds(20));
              }
              source_.request_stop();
          }) {}
    std::stop_token token() const { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::stop_callback<std::function<void()>> forward_;
    std::jthread timer_;
};

}  // namespace

std::filesystem::path find_sample_folder() {
    const auto program = program_folder();
    std::error_code ignored;
    for (const auto& folder :
         {program / "sample", program / "../sample", program / "../share/ditto-avatar/sample"}) {
        if (std::filesystem::exists(folder / "demo_voice.wav", ignored)) {
            return folder.lexically_normal();
        }
    }
    throw Error(ErrorCode::model_missing, {{"path", (program / "sample").string()}});
}

std::optional<double> measure_frames_per_s(const Engine& engine, double seconds,
                                           const std::stop_token& stop) {
    const auto photo = media::load_photo(find_sample_folder() / "portrait.png");
    const std::vector<float> voice = sample_voice(8);
    NoProgress quiet;
    const Controls controls;
    const auto avatar = engine.register_photo(photo.image, controls, quiet, stop);
    // Twice the time: an engine may finish the piece that it is at.
    const StopAfter limit(2 * seconds, stop);
    VoiceUntil source(voice, seconds);
    FrameCounter frames(2 * seconds);
    try {
        engine.animate(*avatar, controls, source, frames, quiet, limit.token());
    } catch (const Error& error) {
        if (error.code() != ErrorCode::cancelled || stop.stop_requested()) throw;
    }
    return frames.frames_per_s();
}

ShortVoice::ShortVoice()
    : path_(std::filesystem::temp_directory_path() /
            ("ditto-avatar-test-" + std::to_string(getpid()) + ".wav")) {
    hub::write_atomically(path_, wav_of(sample_voice(test_seconds)));
}

ShortVoice::~ShortVoice() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

Section test_engines(const std::filesystem::path& checkpoints, const std::filesystem::path& folder,
                     Engines& engines, Language language, const std::stop_token& stop) {
    Section section{Say::test_title, {}};
    const ShortVoice voice;
    hub::make_folder(folder);
    for (const auto& [name, wish] :
         {std::pair{"mesh", EngineWish::mesh}, std::pair{"ditto", EngineWish::ditto}}) {
        GenerateRequest request;
        request.photo = find_sample_folder() / "portrait.png";
        request.audio = voice.path();
        request.output = folder / ("test_" + std::string(name) + ".mp4");
        request.engine = wish;
        request.checkpoints = checkpoints;
        NoProgress quiet;
        try {
            const GeneratedVideo video = generate_video(request, engines, quiet, stop);
            section.findings.push_back(
                {Level::good,
                 Say::video_made,
                 {{"engine", name},
                  {"seconds", decimal(video.duration_s, 1)},
                  {"elapsed", decimal(video.elapsed_s, 1)},
                  {"times", decimal(video.duration_s / std::max(video.elapsed_s, 1e-3), 2)},
                  {"path", video.path.string()}},
                 {}});
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled) throw;
            const bool absent = error.code() == ErrorCode::engine_unavailable;
            section.findings.push_back(
                {absent ? Level::warning : Level::bad,
                 Say::engine_fails,
                 {{"engine", name}, {"why", user_message(error, language)}},
                 absent ? "ditto-avatar setup --download-models --checkpoints " +
                              shell_word(checkpoints.string())
                        : "ditto-avatar setup --diagnose"});
        }
    }
    return section;
}

}  // namespace ditto::setup
