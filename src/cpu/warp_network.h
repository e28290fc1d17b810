#pragma once

#include <string_view>
#include <vector>

#include "cpu/conv.h"
#include "cpu/fourier_conv.h"
#include "cpu/onnx_convs.h"

namespace ditto::cpu {

/// Ditto's warp network: volume (32,16,64,64) and keypoints (21,3) x, y, z in -1..1 -> feature
/// (256,64,64). What is computed in another way than the graph says: docs/cpu-path.md.
class WarpNetwork {
  public:
    /// Throws Unknown where the graph is another.
    WarpNetwork(Packer& packer, std::string_view model);

    /// Channels first, as the network has them.
    void run(Workshop& shop, const float* volume, const float* source, const float* driving,
             float* feature) const;

  private:
    struct Level {
        Conv down;      // from this level's skip to the next one's, before that is halved
        Conv up;        // from the level below to this one
        int above = 0;  // channels of this level's `up`, in front of the skip's
        int skip = 0;
    };
    class Reader;

    OwnMap predict(Workshop& shop, const Map& volume, const float* source,
                   const float* driving) const;
    OwnMap weigh(Workshop& shop, const Map& prediction) const;
    std::vector<float> show(Workshop& shop, const Map& prediction) const;

    int compressed_ = 0;
    int occlusion_kernel_ = 1;
    Packed occlusion_bias_;  // one, and padding
    Conv compress_;
    std::vector<Level> levels_;
    Conv last_, mask_, flattened_, result_;
    FourierConv large_mask_;
    bool mask_is_large_ = false;
    std::vector<Conv> occlusion_;  // of each depth: one channel for each tap
};

}  // namespace ditto::cpu
