#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "judge/phones.h"
#include "nn/session.h"

namespace ditto::judge {

/// Seconds of the video.
struct Span {
    double from_s = 0;
    double to_s = 0;

    double duration_s() const { return to_s - from_s; }
    bool contains(double time_s) const { return time_s >= from_s && time_s < to_s; }
};

/// What the mouth is expected to do, at 200 values a second from time 0 of the sound.
struct Expectation {
    static constexpr double rate_hz = 200;

    /// 0 closed to 1 open as in [a]; of a voice alone 0 at rest, -2 (closed) to 2 (open).
    std::vector<double> open;
    /// -1 rounded to 1 spread; of a voice alone -4 to 1.
    std::vector<double> wide;

    /// Linear between the values, the first and the last one beyond them.
    double open_at(double time_s) const;
    double wide_at(double time_s) const;
};

/// A sound, reduced to what the judge hears in it, at 200 values a second.
class Voice {
  public:
    /// models/articulation.onnx; may be none where no expectation() is asked for.
    using Network = std::shared_ptr<const nn::Session>;

    /// The sound of a video or a recording. Throws the errors of media::AudioFile and of
    /// Articulation.
    static Voice listen(const std::filesystem::path& path, const Network& network);
    /// 16 kHz mono.
    Voice(const std::vector<float>& samples, const Network& network);

    double duration_s() const;
    /// Stretches of at least `shortest_s` that are 35 dB below the loud parts.
    std::vector<Span> pauses(double shortest_s) const;
    /// Root mean square over the 50 ms around a time; 1 is what the loudest tenth exceeds.
    double loudness_at(double time_s) const;
    /// From the sound alone: what the articulation network hears of the jaw and the lips. A witness
    /// for when the mouth moves, not for how far. Loudness is none: vowels are loud at any opening.
    /// Needs the network.
    Expectation expectation() const;
    /// How much later the voice is heard than a table of its phones says: the best correlation of
    /// its level with the loudness of the phones, within 1 s; 0 where they agree within 20 ms.
    double delay_against_s(const std::vector<Phone>& phones) const;

  private:
    double level(std::size_t i) const;

    // dB relative to the loud parts
    std::vector<double> all_db_;
    // 50 a second, as Expectation's
    std::vector<double> open_;
    std::vector<double> wide_;
};

/// From the timing of the phones, blended as the mouth blends them (Gaussian, 35 ms for opening and
/// 45 ms for width).
Expectation expectation_of(const std::vector<Phone>& phones);

/// Convolution with a normalised Gaussian; `sigma` in values.
std::vector<double> smoothed(const std::vector<double>& values, double sigma);

}  // namespace ditto::judge
