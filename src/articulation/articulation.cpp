#include "articulation/articulation.h"

#include <algorithm>
#include <cmath>

namespace ditto {
namespace {

/// The network gives a sample each 20 ms; sample j describes (j + 0.5) * 20 ms.
constexpr double sample_s = 0.02;
/// Frames of log-mel that a sample needs before and behind it.
constexpr std::size_t context = 16;
/// Of those the network is given `edge` on each side of what is new: it keeps what else it needs.
constexpr std::size_t edge = 2;
/// Frames of log-mel that so many samples are made of.
constexpr std::size_t window_of(std::size_t samples) {
    return 2 * samples + 2 * context;
}
/// Samples of a block, whatever the chunks are: the numbers stay the same to the last bit. A longer
/// block takes less time.
constexpr std::size_t live_block = 2, recording_block = 25;
/// Samples of silence before the first one of the sound: the 7 that the network hears ahead of what
/// it describes, in whole blocks of a live voice.
constexpr std::size_t lead = 8;
/// And before those, at first and between what it listens to and them.
constexpr std::size_t settling = 16, parting = 2;
/// How much longer or shorter a recording's second ear takes the vocal tract for.
constexpr float shorter = 0.93F, longer = 1.07F;
/// Power of a mel band, ln(1e-7) being what LogMel adds: what is softer is no sound.
constexpr double silent_db = -65;
/// A recording whose loudness ranges so far needs no help to find its pauses; one of `noisy_db` all
/// of it.
constexpr double noisy_db = 20, clean_db = 26;
/// What each band takes of each of its neighbours where there is no noise: people's harmonics stand
/// out more than those of most voices that the network was trained on.
constexpr float blended = 0.25F;
/// Sound is taken in pieces so that a long push needs no more memory than a short one.
constexpr std::size_t piece = 16000;

/// Places of the curves that are contacts, in ArticulationFrame's order.
constexpr std::size_t lip_close = 1;
constexpr std::size_t labiodental = 6;

/// Where nobody speaks the mouth is at rest, whatever a noise suggests. At a voice of 0.4 and less
/// nothing else counts, at 0.7 and more only the network does. `strictness`: 0 leaves all as it is.
void rest_in_pauses(ArticulationFrame& frame, float strictness) {
    const float t = std::clamp((0.7F - frame.voice) / 0.3F, 0.0F, 1.0F);
    const float rest = strictness * t * t * (3 - 2 * t);
    for (float* curve : {&frame.jaw, &frame.round, &frame.spread, &frame.upper_lip_raise,
                         &frame.lower_lip_drop, &frame.labiodental, &frame.tongue, &frame.teeth})
        *curve *= 1 - rest;
    frame.lip_close = std::max(frame.lip_close, rest);
}

/// How far the loudest tenth of the frames is above the softest one, digital silence left out, in
/// dB; 0 where too little is heard. Speech alone 20 and more, in noise of 10 dB 12 to 20.
double loudness_range_db(std::span<const float> log_mel) {
    std::vector<double> levels;
    for (; log_mel.size() >= LogMel::bands; log_mel = log_mel.subspan(LogMel::bands)) {
        double power = 0;
        for (const float band : log_mel.first(LogMel::bands))
            power += std::exp(double(band));
        const double level_db = 10 * std::log10(power / LogMel::bands);
        if (level_db > silent_db) levels.push_back(level_db);
    }
    if (levels.size() < 20) return 0;
    std::ranges::sort(levels);
    const auto at = [&](double share) {
        return levels[static_cast<std::size_t>(share * double(levels.size() - 1))];
    };
    return at(.9) - at(.1);
}

/// Each band takes the place `factor` times its own, linearly between two. As many values as of
/// `log_mel`.
void move_bands(std::span<const float> log_mel, float factor, std::span<float> moved) {
    constexpr std::size_t bands = LogMel::bands;
    for (std::size_t band = 0; band < bands; ++band) {
        const float at = std::min(static_cast<float>(band) * factor, static_cast<float>(bands - 1));
        const std::size_t low = std::min(static_cast<std::size_t>(at), bands - 2);
        const float part = at - static_cast<float>(low);
        for (std::size_t frame = 0; frame < log_mel.size(); frame += bands) {
            moved[frame + band] =
                log_mel[frame + low] * (1 - part) + log_mel[frame + low + 1] * part;
        }
    }
}

/// Each band takes `share` of each of its neighbours instead of its own; the outermost ones are
/// their own neighbours.
std::vector<float> blended_bands(std::span<const float> log_mel, float share) {
    std::vector<float> mixed;
    mixed.reserve(log_mel.size());
    constexpr std::size_t bands = LogMel::bands;
    for (; log_mel.size() >= bands; log_mel = log_mel.subspan(bands)) {
        for (std::size_t band = 0; band < bands; ++band) {
            const float below = log_mel[band == 0 ? band : band - 1];
            const float above = log_mel[std::min(band + 1, bands - 1)];
            mixed.push_back((1 - 2 * share) * log_mel[band] + share * (below + above));
        }
    }
    return mixed;
}

}  // namespace

Articulation::Articulation(std::shared_ptr<const nn::Session> network, double fps, Hearing hearing)
    : network_(std::move(network)),
      fps_(fps),
      block_(hearing == Hearing::live ? live_block : recording_block) {
    network_->require_input({"log_mel", DataType::f32, {-1, -1, LogMel::bands}});
    network_->require_input({"past", DataType::f32, {1, -1, -1}});
    network_->require_output({"curves", DataType::f32, {-1, -1, std::int64_t{curves_}}});
    if (hearing == Hearing::live) {
        tracts_ = {1};
    } else {
        tracts_ = {shorter, longer};
    }
    for (const nn::Port& port : network_->inputs()) {
        if (port.name != "past") continue;
        past_.assign(tracts_.size() * static_cast<std::size_t>(port.shape[2]), 0.0F);
    }
    mel_.assign(context * LogMel::bands, LogMel::quiet);
    hear_silence(settling);
    begin();
}

/// Makes all samples there are, and so many of silence behind them.
void Articulation::hear_silence(std::size_t samples) {
    mel_.resize(mel_.size() + (2 * samples + context) * LogMel::bands, LogMel::quiet);
    run_network();
    const std::size_t rest = (mel_.size() / LogMel::bands - 2 * context) / 2;
    if (rest > 0) run_block(rest);
}

/// Forgets all but the state; what is before the first sample is silence.
void Articulation::begin() {
    recent_.clear();
    first_recent_ = -std::int64_t{lead};
    emphasis_ = Emphasis();
    mel_.assign((context + 2 * lead) * LogMel::bands, LogMel::quiet);
}

void Articulation::listen(std::span<const float> recording) {
    std::span<const float> samples = recording.first(std::min(introduction, recording.size()));
    LogMel log_mel;
    std::vector<float> heard;
    log_mel.push(samples, heard);
    log_mel.finish(heard);
    const double range_db = loudness_range_db(heard);
    strictness_ =
        static_cast<float>(std::clamp((clean_db - range_db) / (clean_db - noisy_db), 0.0, 1.0));
    mel_.insert(mel_.end(), heard.begin(), heard.end());
    run_network();
    hear_silence(parting);
    begin();
}

std::vector<ArticulationFrame> Articulation::push(std::span<const float> samples) {
    std::vector<ArticulationFrame> frames;
    while (!samples.empty()) {
        const auto part = samples.first(std::min(piece, samples.size()));
        samples = samples.subspan(part.size());
        samples_ += static_cast<std::int64_t>(part.size());
        log_mel_.push(part, mel_);
        run_network();
        // How many frames there will be is known at the end only: a frame that begins after the
        // last sample does not exist.
        const double heard_s = double(samples_) / LogMel::sample_rate_hz;
        take_frames(static_cast<std::int64_t>(std::floor(heard_s * fps_)), frames);
    }
    return frames;
}

std::vector<ArticulationFrame> Articulation::finish() {
    std::vector<ArticulationFrame> frames;
    // The small term: 0.1 s * 30 fps are 3 frames, whatever the last bit of the product says.
    const double exact = double(samples_) * fps_ / LogMel::sample_rate_hz;
    const auto total = static_cast<std::int64_t>(std::ceil(exact - 1e-9));
    log_mel_.finish(mel_);
    while (made_ < total) {
        mel_.resize(std::max(mel_.size(), window_of(block_) * LogMel::bands), LogMel::quiet);
        run_network();
        take_frames(total, frames);
    }
    return frames;
}

void Articulation::run_network() {
    while (mel_.size() >= window_of(block_) * LogMel::bands)
        run_block(block_);
}

void Articulation::run_block(std::size_t samples) {
    const std::span<const float> window(mel_.data(), window_of(samples) * LogMel::bands);
    std::span<const float> unheard = window.last(2 * (samples + edge) * LogMel::bands);
    std::vector<float> mixed;
    if (strictness_ < 1) unheard = mixed = blended_bands(unheard, blended * (1 - strictness_));
    const std::vector<float> curves = hear(unheard);
    for (std::size_t i = 0; i < samples; ++i) {
        Sample& sample = recent_.emplace_back();
        for (std::size_t c = 0; c < curves_; ++c) {
            float sum = 0;
            for (std::size_t ear = 0; ear < tracts_.size(); ++ear)
                sum += curves[(ear * samples + i) * curves_ + c];
            sample[c] = sum / static_cast<float>(tracts_.size());
        }
        const std::size_t at = (context + 2 * i) * LogMel::bands;
        sample[curves_] = emphasis_.next(window.subspan(at, 2 * LogMel::bands), sample[9]);
    }
    mel_.erase(mel_.begin(),
               mel_.begin() + static_cast<std::ptrdiff_t>(2 * samples * LogMel::bands));
}

/// ears x samples x curves_.
std::vector<float> Articulation::hear(std::span<const float> log_mel) {
    std::vector<float> heard(tracts_.size() * log_mel.size());
    for (std::size_t ear = 0; ear < tracts_.size(); ++ear) {
        move_bands(log_mel, tracts_[ear],
                   std::span(heard).subspan(ear * log_mel.size(), log_mel.size()));
    }
    const auto ears = static_cast<std::int64_t>(tracts_.size());
    const auto frames = static_cast<std::int64_t>(log_mel.size() / LogMel::bands);
    const auto kept = static_cast<std::int64_t>(past_.size()) / ears;
    const auto out = network_->run(
        {{"log_mel", TensorView(std::span<const float>(heard), {ears, frames, LogMel::bands})},
         {"past", TensorView(std::span<const float>(past_), {1, ears, kept})}},
        {"curves", "next_past"});
    std::ranges::copy(out[1].values<float>(), past_.begin());
    const auto curves = out[0].values<float>();
    return {curves.begin(), curves.end()};
}

void Articulation::take_frames(std::int64_t limit, std::vector<ArticulationFrame>& frames) {
    const double half_s = 0.5 * std::max(1 / fps_, sample_s);
    const auto end = first_recent_ + static_cast<std::int64_t>(recent_.size());
    while (made_ < limit &&
           ((double(made_) + 0.5) / fps_ + half_s) / sample_s <= double(end) + 1e-6) {
        frames.push_back(frame_at(made_));
        ++made_;
        const double keep_from_s = (double(made_) + 0.5) / fps_ - half_s;
        while (!recent_.empty() && double(first_recent_ + 1) * sample_s < keep_from_s - 1e-6) {
            recent_.pop_front();
            ++first_recent_;
        }
    }
}

ArticulationFrame Articulation::frame_at(std::int64_t index) const {
    const double half = 0.5 * std::max(1 / fps_, sample_s) / sample_s;
    const double centre = (double(index) + 0.5) / fps_ / sample_s;
    std::array<double, curves_ + 1> mean{};
    std::array<float, curves_ + 1> highest{};
    for (std::size_t i = 0; i < recent_.size(); ++i) {
        const double at = double(first_recent_ + static_cast<std::int64_t>(i));
        const double share =
            (std::min(at + 1, centre + half) - std::max(at, centre - half)) / (2 * half);
        if (share <= 1e-9) continue;
        const bool inside = std::abs(at + 0.5 - centre) <= half + 1e-9;
        for (std::size_t c = 0; c < mean.size(); ++c) {
            mean[c] += share * double(recent_[i][c]);
            if (inside) highest[c] = std::max(highest[c], recent_[i][c]);
        }
    }
    const auto value = [&](std::size_t c) {
        return c == lip_close || c == labiodental ? highest[c] : static_cast<float>(mean[c]);
    };
    ArticulationFrame frame{value(0), value(1), value(2), value(3), value(4), value(5),
                            value(6), value(7), value(8), value(9), value(10)};
    rest_in_pauses(frame, strictness_);
    return frame;
}

}  // namespace ditto
