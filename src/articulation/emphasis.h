#pragma once

#include <span>

namespace ditto {

/// Prosodic emphasis, 0..1, from loudness alone: how far the present syllable stands out from the
/// voice's own recent level. Where speech is stressed it is louder, mostly between 300 and 4000 Hz
/// (Sluijter and van Heuven, "Spectral balance as an acoustic correlate of linguistic stress",
/// 1996). One call each 20 ms; rises within 0.1 s, falls within 0.3 s, 0 in pauses.
class Emphasis {
  public:
    /// `mel`: two log-mel frames (LogMel). `voice`: 0..1.
    float next(std::span<const float> mel, float voice);

  private:
    float level_ = 0;
    float mean_ = 0;
    float variance_ = 4;
    float heard_s_ = 0;
    float value_ = 0;
};

}  // namespace ditto
