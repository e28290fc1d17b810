#include "engines/ditto/stages.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>

namespace ditto::reenact {
namespace {

/// Independent streams of one seed.
enum RandomStream : std::uint64_t { noise_stream = 1, blink_stream = 2 };

constexpr std::int64_t rows(std::size_t values, std::size_t row) {
    return static_cast<std::int64_t>(values / row);
}

void append(std::vector<float>& to, std::span<const float> values) {
    to.insert(to.end(), values.begin(), values.end());
}

}  // namespace

Hearing::Hearing(const Wav2Feat& network, const ClipOptions& clips, const Controls& controls,
                 const Dump& dump)
    : network_(network),
      streaming_(clips.streaming),
      overlap_(clips.overlap),
      windows_(clips.streaming),
      gate_(controls.silence_gate),
      dump_(dump) {}

void Hearing::run(AudioSource& voice, const std::function<bool(Speech)>& give) {
    if (streaming_ && !give(silence())) return;
    std::array<float, window_hop> samples{};
    for (std::size_t count = samples.size(); count == samples.size();) {
        count = voice.read(samples);
        const auto read = std::span<const float>(samples).first(count);
        if (dump_.wanted()) append(heard_, read);
        gate_.push(read);
        Speech speech;
        windows_.push(read, [&](std::span<const float> window) { hear(window, speech); });
        if (!speech.features.empty() && !give(std::move(speech))) return;
    }
    Speech last;
    windows_.finish([&](std::span<const float> window) { hear(window, last); });
    // Offline the last window is cut where the voice ends.
    const auto surplus = static_cast<std::size_t>(
        (windows_.frames() + static_cast<std::int64_t>(features_per_window) - 1) /
            static_cast<std::int64_t>(features_per_window) *
            static_cast<std::int64_t>(features_per_window) -
        windows_.frames());
    if (!streaming_) last.features.resize(last.features.size() - surplus * feature_size);
    last.samples = windows_.samples();
    if (dump_.wanted()) {
        features_.resize(static_cast<std::size_t>(windows_.frames()) * feature_size);
        dump_.write("audio_16k",
                    TensorView(std::span<const float>(heard_), {rows(heard_.size(), 1)}));
        dump_.write("aud_feat", TensorView(std::span<const float>(features_),
                                           {rows(features_.size(), feature_size), feature_size}));
    }
    give(std::move(last));
}

Speech Hearing::silence() const {
    // Every window of silence sounds the same.
    const std::vector<float> silent(window_samples);
    const std::vector<float> features = network_(silent);
    Speech speech;
    for (std::size_t i = 0; i < static_cast<std::size_t>(overlap_); ++i) {
        const std::size_t row = i % features_per_window * feature_size;
        append(speech.features, std::span(features).subspan(row, feature_size));
    }
    return speech;
}

void Hearing::hear(std::span<const float> window, Speech& speech) {
    const std::vector<float> features = network_(window);
    append(speech.features, features);
    for (std::size_t i = 0; i < features_per_window; ++i)
        speech.mouth_open.push_back(gate_.next());
    if (dump_.wanted()) append(features_, features);
}

Moving::Moving(const Audio2Motion& network, const ClipOptions& clips, ConditionHandler conditions,
               const MotionVector& source, const Controls& controls, std::int64_t held,
               const Dump& dump)
    : conditions_(std::move(conditions)),
      random_(static_cast<std::uint64_t>(controls.seed), noise_stream),
      clips_(clips, conditions_, source, network.clips(DdimSampler(clips.sampling_steps).times()),
             [this](std::size_t count) {
                 std::vector<float> noise(count);
                 for (float& value : noise)
                     value = static_cast<float>(random_.normal());
                 return noise;
             }),
      clock_(controls.fps, held),
      fps_(controls.fps),
      dump_(dump) {
    if (dump_.wanted()) observe(dump);
}

void Moving::observe(const Dump& dump) {
    const auto clip = [](std::span<const float> values, std::int64_t size) {
        return TensorView(values, {clip_frames, size});
    };
    for (std::size_t i = 0; i < clips_.step_noises().size(); ++i)
        dump.write("noise_step", clip(clips_.step_noises()[i], motion_size),
                   static_cast<std::int64_t>(i));
    clips_.observe([&dump, clip](const ClipRecord& record) {
        dump.write("cond", clip(record.conditions, condition_size), record.clip);
        dump.write("noise_clip", clip(record.noise, motion_size), record.clip);
        dump.write("motion_clip", clip(record.motion, motion_size), record.clip);
    });
}

std::vector<Moved> Moving::push(const Speech& speech) {
    mouth_open_.insert(mouth_open_.end(), speech.mouth_open.begin(), speech.mouth_open.end());
    std::vector<Moved> result;
    if (speech.samples) {
        finish(speech, result);
    } else {
        time(clips_.push(speech.features), result);
    }
    if (!begun_ && !result.empty()) {
        result.front().origin = clips_.origin();
        begun_ = true;
    }
    return result;
}

void Moving::time(const std::vector<MotionVector>& motions, std::vector<Moved>& result) {
    for (const MotionVector& motion : motions) {
        if (dump_.wanted()) append(motion_, motion);
        for (StitchInput& input : clock_.push(motion, mouth_open_.front()))
            result.push_back({std::move(input)});
        mouth_open_.pop_front();
    }
}

void Moving::finish(const Speech& speech, std::vector<Moved>& result) {
    constexpr std::int64_t step = samples_per_motion_frame;
    time(clips_.finish(speech.features, (*speech.samples + step - 1) / step), result);
    const auto frames = static_cast<std::int64_t>(
        std::ceil(static_cast<double>(*speech.samples) * fps_ / engine_sample_rate_hz - 1e-9));
    for (StitchInput& input : clock_.finish(frames))
        result.push_back({std::move(input)});
    dump_.write("motion", TensorView(std::span<const float>(motion_),
                                     {rows(motion_.size(), motion_size), motion_size}));
}

ConditionHandler make_conditions(const Config& config, const Controls& controls,
                                 const DittoAvatar& source) {
    EmotionTrack emotion = emotion_track(config, controls);
    if (config.character) {
        return {std::move(emotion), config.character->eyes, config.character->canonical,
                config.eyes_of_first_frame};
    }
    std::vector<EyeInfo> eyes;
    for (std::size_t i = 0; i < source.size(); ++i)
        eyes.push_back(source.frame(i).eyes);
    return {std::move(emotion), std::move(eyes), source.canonical(), config.eyes_of_first_frame};
}

const MotionInfo& conditioned_motion(const Config& config, const DittoAvatar& source) {
    return config.character ? config.character->motion : source.frame(0).motion;
}

StitchOptions make_stitch_options(const Config& config, const Controls& controls,
                                  const DittoAvatar& source) {
    StitchOptions options = stitch_options(config, controls, source.is_photo());
    if (config.character) {
        options.scale_ratio = config.character->motion.scale / source.frame(0).motion.scale;
    }
    return options;
}

BlinkSchedule make_blinks(const Config& config, const Controls& controls) {
    const auto blink_frames = static_cast<int>(config.stitch.blink.size());
    if (controls.blink_interval == 0 || blink_frames == 0) return {};
    const bool default_interval = controls.blink_interval == Controls{}.blink_interval;
    if (default_interval && !config.open_frames.empty()) {
        if (config.open_frames.front() < 0) return {};
        return BlinkSchedule(blink_frames, config.open_frames);
    }
    const OpenTime open = open_time(controls);
    const auto random =
        std::make_shared<Random>(static_cast<std::uint64_t>(controls.seed), blink_stream);
    return BlinkSchedule(blink_frames, [open, random] {
        return open.shortest +
               static_cast<int>(random->next() %
                                static_cast<std::uint32_t>(open.longest - open.shortest + 1));
    });
}

std::int64_t frames_held(const Config& config, const Controls& controls) {
    const auto blink_frames = static_cast<int>(config.stitch.blink.size());
    int motion_frames = std::max(blink_frames, open_time(controls).longest);
    for (const int open : config.open_frames)
        motion_frames = std::max(motion_frames, open);
    if (blink_frames == 0) motion_frames = 0;
    const auto frames = static_cast<std::int64_t>(
        std::ceil((motion_frames + blink_frames) * controls.fps / motion_fps));
    return std::max<std::int64_t>(frames, controls.fade_out) + 1;
}

}  // namespace ditto::reenact
