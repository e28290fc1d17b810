#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/tensor.h"
#include "cpu/decoder.h"
#include "cpu/warp_network.h"

namespace ditto::cpu {

/// Why a network is left to ONNX Runtime: the name of a phrase in base/messages.cpp.
struct Obstacle {
    std::string why;   // empty: there is none
    std::string what;  // for developers
};

/// Ditto's warp network and decoder, computed here instead of by ONNX Runtime, from the same files.
/// Immutable; calls from several threads wait for each other, as one uses all threads.
class WarpDecode {
  public:
    /// Takes what it knows of the two files (see Obstacle for the rest) and packs the weights, or
    /// takes those that were packed before from the folder `cache` (empty: nothing is kept; see
    /// PackedFile). Throws Error{model_missing | model_corrupt} where a file cannot be read.
    /// With a `budget` it uses what others have left of it.
    /// `fast`: convolutions of two axes multiply bf16 where the processor has instructions for it.
    WarpDecode(const std::filesystem::path& warp_network, const std::filesystem::path& decoder,
               int threads, bool fast = false, const std::filesystem::path& cache = {},
               std::shared_ptr<ThreadBudget> budget = {});

    /// `fast` would be another computation than without, here.
    static bool has_fast();

    const Obstacle& warp_obstacle() const { return warp_obstacle_; }
    const Obstacle& decode_obstacle() const { return decode_obstacle_; }

    /// Networks whose weights were packed now, not before.
    int packed() const { return packed_; }

    /// volume (1,32,16,64,64), keypoints (1,21,3) -> feature (1,256,64,64). Only without obstacle.
    Tensor warp(const TensorView& volume, const TensorView& source,
                const TensorView& driving) const;
    /// feature -> picture (1,3,512,512), RGB 0..1.
    Tensor decode(const TensorView& feature) const;

  private:
    std::shared_ptr<ThreadBudget> budget_;
    std::unique_ptr<Workshop> shop_;
    std::unique_ptr<WarpNetwork> warp_;
    std::unique_ptr<Decoder> decoder_;
    Obstacle warp_obstacle_;
    Obstacle decode_obstacle_;
    int packed_ = 0;
    mutable std::mutex mutex_;
};

}  // namespace ditto::cpu
