#pragma once

#include <memory>
#include <vector>

#include "engines/ditto/networks.h"
#include "nn/runtime.h"

namespace ditto::reenact {

/// One frame's warp network and decoder, computed by this product and by ONNX Runtime.
struct WarpDecodeTimes {
    /// Of the clock, one for each round; the two take turns within a round.
    std::vector<double> own_s;
    std::vector<double> runtime_s;
    /// Of the processor, all threads together.
    std::vector<double> own_processor_s;
    std::vector<double> runtime_processor_s;
    /// Between the pictures, 0..1.
    double max_abs_diff = 0;
    double rms_diff = 0;

    /// Medians.
    double seconds_per_frame() const;
    double speedup_vs_onnxruntime() const;
};

/// Seeded random appearance and keypoints; a round before the first is not counted. Throws
/// Error{engine_unavailable} where this product leaves one of the networks to ONNX Runtime, and
/// Error of kind model.
WarpDecodeTimes time_warp_decode(const std::shared_ptr<const nn::Runtime>& runtime,
                                 const NetworkFiles& files, int threads, int rounds);

}  // namespace ditto::reenact
