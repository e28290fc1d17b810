#include "engines/ditto/speech_windows.h"

#include <algorithm>

namespace ditto::reenact {
namespace {
// Silence before the voice: all of the window but 7 frames, or 3 frames.
constexpr std::size_t offline_lead = window_samples - 7 * samples_per_motion_frame;
constexpr std::size_t streaming_lead = 3 * samples_per_motion_frame;
}  // namespace

SpeechWindows::SpeechWindows(bool streaming)
    : streaming_(streaming), pending_(streaming ? streaming_lead : offline_lead) {}

void SpeechWindows::push(std::span<const float> samples, const Visit& visit) {
    pending_.insert(pending_.end(), samples.begin(), samples.end());
    samples_ += static_cast<std::int64_t>(samples.size());
    while (pending_.size() >= window_samples) {
        visit(std::span(pending_).first(window_samples));
        hop();
    }
}

void SpeechWindows::finish(const Visit& visit) {
    while (more_wanted()) {
        pending_.resize(std::max(pending_.size(), window_samples));
        visit(std::span(pending_).first(window_samples));
        hop();
    }
}

std::int64_t SpeechWindows::frames() const {
    constexpr std::int64_t step = samples_per_motion_frame;
    return (samples_ + step - 1) / step;
}

bool SpeechWindows::more_wanted() const {
    if (!streaming_) return windows_ * static_cast<std::int64_t>(features_per_window) < frames();
    return windows_ * static_cast<std::int64_t>(window_hop) <
           samples_ + static_cast<std::int64_t>(streaming_lead);
}

void SpeechWindows::hop() {
    ++windows_;
    const auto gone = std::min(pending_.size(), window_hop);
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(gone));
}

}  // namespace ditto::reenact
