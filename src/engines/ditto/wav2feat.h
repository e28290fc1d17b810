#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/thread_budget.h"
#include "nn/session.h"

namespace ditto::reenact {

/// The five features of a window's present: rows [-14, -4) of HuBERT's output (50 a second,
/// feature_size values each), averaged in pairs. Throws Error{internal} on fewer than 14 rows.
std::vector<float> present_features(std::span<const float> rows);

/// Speech features from HuBERT, in windows (engines/ditto/speech_windows.h).
/// Network: input_values (1, 6480) -> encoding_out (20, 1024).
class Wav2Feat {
  public:
    /// With a budget it takes `threads` of it, as many as the session uses, while it hears.
    /// Throws Error{model_mismatch}.
    explicit Wav2Feat(nn::Session network, std::shared_ptr<ThreadBudget> budget = {},
                      int threads = 1);

    /// window_samples samples -> 5 x 1024.
    std::vector<float> operator()(std::span<const float> window) const;

  private:
    nn::Session network_;
    std::shared_ptr<ThreadBudget> budget_;
    int threads_;
};

}  // namespace ditto::reenact
