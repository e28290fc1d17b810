#pragma once

#include <string_view>
#include <vector>

#include "cpu/conv.h"
#include "cpu/onnx_convs.h"

namespace ditto::cpu {

/// Ditto's decoder: feature (256,64,64) -> picture (3,512,512), RGB 0..1. SPADE blocks: Park et
/// al., 2019. What is computed in another way than the graph says: docs/cpu-path.md.
class Decoder {
  public:
    /// Throws Unknown where the graph is another.
    Decoder(Packer& packer, std::string_view model);

    /// Channels first, as the network has them.
    void run(Workshop& shop, const float* feature, float* picture);

  private:
    struct Norm {
        Conv shared;      // feature -> hidden; of the middle blocks, all are in shared_
        int channel = 0;  // of hidden
        Conv scale_shift;
    };
    struct Block {
        Norm norm_0, norm_1;
        Conv conv_0, conv_1;
        // Where the number of channels changes:
        Norm norm_s;     // factors only
        Conv shifted_s;  // conv_s after norm_s's summands
        Conv conv_s;
    };
    class Reader;

    void middle(Workshop& shop, const Block& block, Map x);
    OwnMap enlarge(Workshop& shop, const Block& block, const Map& x, const Map& feature, int shift,
                   float last_slope);
    void norm(Workshop& shop, const Conv& conv, const Map& hidden, const Map& x, const Map& to,
              float slope, bool shifts);

    Conv fc_, shared_, picture_;
    std::vector<Block> blocks_;
    Floats norm_scale_, norm_shift_;
};

}  // namespace ditto::cpu
