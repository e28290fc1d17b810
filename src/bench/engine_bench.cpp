#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

#include "app/engines.h"
#include "base/error.h"
#include "bench/parts.h"
#include "bench/temporary_folder.h"
#include "bench/timing.h"
#include "core/audio_clip.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/video_writer.h"

namespace ditto::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

/// A recording over and over, for so long.
class RepeatedVoice final : public AudioSource {
  public:
    RepeatedVoice(std::filesystem::path file, double seconds)
        : file_(std::move(file)),
          left_(static_cast<std::size_t>(seconds * engine_sample_rate_hz + .5)) {}

    std::size_t read(std::span<float> samples) override {
        const std::span<float> wanted = samples.first(std::min(samples.size(), left_));
        std::size_t filled = 0;
        while (filled < wanted.size()) {
            if (!voice_) voice_.emplace(file_);
            const std::size_t count = voice_->read(wanted.subspan(filled));
            filled += count;
            if (count == 0) voice_.reset();
        }
        left_ -= filled;
        return filled;
    }

  private:
    std::filesystem::path file_;
    std::size_t left_;
    std::optional<media::AudioFile> voice_;
};

/// Passes frames on and notes when the first and the last one came.
class Watch final : public FrameSink {
  public:
    explicit Watch(FrameSink& next) : next_(next) {}

    void write(Frame frame) override {
        last = Clock::now();
        if (!first) first = last;
        next_.write(std::move(frame));
    }

    std::optional<Clock::time_point> first;
    Clock::time_point last;

  private:
    FrameSink& next_;
};

/// In the middle of itself enlarged, so that about 512x512 of it move.
Image in_full_hd(const Image& portrait) {
    constexpr int width = 1920, height = 1080, side = 741;
    Image whole = crop(resized(portrait, width, width), {0, 0, width, height});
    paste(resized(portrait, side, side), (width - side) / 2, (height - side) / 2, whole);
    return whole;
}

}  // namespace

Json bench_engine(const BenchRequest& request, const std::string& engine, double seconds,
                  bool full_hd, const std::stop_token& stop) {
    const TemporaryFolder folder;
    Controls controls;
    controls.sampling_steps = request.steps;
    controls.threads = request.threads;
    NoProgress progress;

    const auto began = Clock::now();
    const Image loaded = media::load_photo(request.photo).image;
    const Image photo = full_hd ? in_full_hd(loaded) : loaded;
    const auto engines =
        built_in_engines({.device = engine == "mesh" ? nn::Device::cpu : request.device});
    const auto choice = engines->choose({engine == "mesh" ? EngineWish::mesh : EngineWish::ditto,
                                         request.checkpoints,
                                         request.threads,
                                         {},
                                         0,
                                         request.precision});
    const double load_s = seconds_since(began);
    const auto avatar = choice.engine->register_photo(photo, controls, progress, stop);
    const auto animated = Clock::now();
    media::VideoWriter video(avatar->photo(), folder.path() / "bench.mp4",
                             {controls.fps, std::nullopt});
    Watch watch(video);
    RepeatedVoice voice(request.voice, seconds);
    const auto frames = choice.engine->animate(*avatar, controls, voice, watch, progress, stop);
    video.finish();
    const double animate_s = seconds_since(animated);
    const double whole_s = seconds_since(began);

    const auto registered = measure_in_turns(
        request.rounds, {[&] { choice.engine->register_photo(photo, controls, progress, stop); }});
    const auto until = [](Clock::time_point from, Clock::time_point to) {
        return std::chrono::duration<double>(to - from).count();
    };
    const auto first = watch.first.value_or(Clock::now());
    const double per_frame =
        frames > 1 ? until(first, watch.last) / static_cast<double>(frames - 1) : animate_s;
    const double minute_s = until(began, first) + 60 * controls.fps * per_frame;
    Json result;
    result["width"] = photo.width();
    result["height"] = photo.height();
    result["frames"] = frames;
    result["load_s"] = load_s;
    result["register_s"] = registered.front().median();
    result["first_frame_s"] = until(began, first);
    result["animate_first_frame_s"] = until(animated, first);
    result["seconds_per_frame"] = per_frame;
    result["frames_per_second"] = 1 / per_frame;
    result["seconds"] = whole_s;
    result["real_time_factor"] = static_cast<double>(frames) / controls.fps / whole_s;
    result["real_time_factor_of_a_minute"] = 60 / minute_s;
    result["peak_megabytes"] = peak_megabytes();
    return result;
}

}  // namespace ditto::bench
