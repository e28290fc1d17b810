#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ditto::reenact {

inline constexpr std::size_t window_samples = 6480;  // what HuBERT hears at once
inline constexpr std::size_t window_hop = 3200;      // 5 motion frames
inline constexpr std::size_t samples_per_motion_frame = 640;
inline constexpr std::size_t features_per_window = 5;

/// Cuts a voice (16 kHz) into the windows that HuBERT hears, 3 frames of past, 5 present, 2 of
/// future. Method: Ditto, core/atomic_components/wav2feat.py (offline) and inference.py
/// (streaming, 80 samples later).
class SpeechWindows {
  public:
    using Visit = std::function<void(std::span<const float>)>;

    explicit SpeechWindows(bool streaming);

    /// Visits each window that is complete.
    void push(std::span<const float> samples, const Visit& visit);
    /// Visits the rest, filled up with silence.
    void finish(const Visit& visit);

    std::int64_t samples() const { return samples_; }
    /// Motion frames in what was pushed: ceil(samples / 640).
    std::int64_t frames() const;

  private:
    bool more_wanted() const;
    void hop();

    bool streaming_;
    std::int64_t samples_ = 0;
    std::int64_t windows_ = 0;
    std::vector<float> pending_;
};

}  // namespace ditto::reenact
