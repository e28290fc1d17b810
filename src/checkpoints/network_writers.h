#pragma once

#include <cstdint>
#include <vector>

#include "checkpoints/network_builder.h"

namespace ditto::checkpoints {

// Ditto's networks as ONNX graphs, one writer each. Inputs, outputs and their shapes are those of
// the official ONNX files; what lies between follows the sizes. Defaults are the official sizes,
// tiny() shrinks all that no input or output fixes, from() reads them off a checkpoint (and throws
// Error{model_mismatch} where it is none). The architectures are those of Ditto and LivePortrait
// (antgroup/ditto-talkinghead, core/models/modules; Guo et al., "LivePortrait", 2024; Li et al.,
// "Ditto: Motion-Space Diffusion for Controllable Realtime Talking Head Synthesis", 2024).

/// image (1,3,256,256) RGB 0..1 -> pred (1,32,16,64,64), the appearance feature volume.
struct AppearanceExtractorSizes {
    std::vector<std::int64_t> channels{64, 128, 256};  // first block, then after each halving
    std::int64_t residual_blocks = 6;

    static AppearanceExtractorSizes tiny() { return {{4, 8, 16}, 0}; }
    static AppearanceExtractorSizes from(const StateDict& state);
};
void write_appearance_extractor(NetworkBuilder& net, const AppearanceExtractorSizes& sizes);

/// image (1,3,256,256) RGB 0..1 -> pitch, yaw, roll (1,66) logits of bins of 3 degrees, t (1,3),
/// exp (1,63), scale (1,1), kp (1,63). A ConvNeXt V2 (Woo et al., 2023).
struct MotionExtractorSizes {
    std::vector<std::int64_t> depths{3, 3, 9, 3};
    std::vector<std::int64_t> channels{96, 192, 384, 768};

    static MotionExtractorSizes tiny() { return {{1, 1, 1, 1}, {8, 16, 24, 32}}; }
    static MotionExtractorSizes from(const StateDict& state);
};
void write_motion_extractor(NetworkBuilder& net, const MotionExtractorSizes& sizes);

/// kp_source, kp_driving (1,21,3) -> out (1,21,3), the driving keypoints corrected.
struct StitchNetworkSizes {
    std::vector<std::int64_t> hidden{128, 128, 64};

    static StitchNetworkSizes tiny() { return {{16}}; }
    static StitchNetworkSizes from(const StateDict& state);
};
void write_stitch_network(NetworkBuilder& net, const StitchNetworkSizes& sizes);

/// feature_3d (1,32,16,64,64), kp_source, kp_driving (1,21,3) -> out (1,256,64,64).
struct WarpNetworkSizes {
    std::int64_t compressed = 4;                              // channels that are sampled 22 times
    std::vector<std::int64_t> down{64, 128, 256, 512, 1024};  // hourglass, encoder
    std::vector<std::int64_t> up{512, 256, 128, 64, 32};      // hourglass, decoder
    std::int64_t flattened = 256;                             // channels after depth is merged in
    std::int64_t hourglass_kernel = 3;
    std::int64_t mask_kernel = 7;
    std::int64_t occlusion_kernel = 7;
    std::int64_t flattened_kernel = 3;

    static WarpNetworkSizes tiny() { return {1, {4, 8}, {4, 2}, 8, 1, 1, 1, 1}; }
    static WarpNetworkSizes from(const StateDict& state);
};
void write_warp_network(NetworkBuilder& net, const WarpNetworkSizes& sizes);

/// feature (1,256,64,64) -> output (1,3,512,512), RGB 0..1. SPADE: Park et al., 2019.
struct DecoderSizes {
    std::int64_t middle = 512;      // channels of the six blocks at 64x64
    std::int64_t hidden = 128;      // channels inside a SPADE norm
    std::int64_t up_0 = 256;        // channels at 128x128
    std::int64_t up_1 = 64;         // channels at 256x256
    std::int64_t label_kernel = 3;  // of the convolution of the feature in a SPADE norm

    static DecoderSizes tiny() { return {8, 4, 6, 4, 1}; }
    static DecoderSizes from(const StateDict& state);
};
void write_decoder(NetworkBuilder& net, const DecoderSizes& sizes);

/// x (1,80,265) noisy motion, cond_frame (1,265) the motion before, cond (1,80,audio), time_cond
/// (1) int64 in 0..999 -> pred_noise, x_start (1,80,265), classifier-free guidance of weight 2
/// within.
struct LmdmSizes {
    std::int64_t audio = 1103;
    std::int64_t latent = 512;  // divisible by the 8 attention heads and by 4
    std::int64_t feed_forward = 1024;
    std::int64_t encoder_layers = 2;
    std::int64_t decoder_layers = 8;

    static LmdmSizes tiny() { return {1103, 32, 32, 1, 2}; }
    static LmdmSizes from(const StateDict& state);
};
void write_lmdm(NetworkBuilder& net, const LmdmSizes& sizes);

/// input_values (1,N) mono 16 kHz -> encoding_out (T,1024), one row for 20 ms. HuBERT-large: Hsu
/// et al., 2021; layer norms in front (wav2vec 2.0's "stable layer norm"). Weights are named as in
/// Hugging Face's HubertModel; matrices are stored transposed and weight norm is folded.
struct HubertSizes {
    std::int64_t convolution = 512;
    std::int64_t hidden = 1024;
    std::int64_t feed_forward = 4096;
    std::int64_t layers = 24;
    std::int64_t heads = 16;
    std::int64_t position_kernel = 128;
    std::int64_t position_groups = 16;

    static HubertSizes tiny() { return {16, 32, 32, 1, 4, 16, 4}; }
};
void write_hubert(NetworkBuilder& net, const HubertSizes& sizes);

/// input (1,3,224,224) RGB 0..1 -> landmarks (1,406), 203 points x, y in 0..1 of the crop. Not the
/// official architecture: a stand-in that answers with a face in the middle of the picture.
void write_landmark203_stand_in(NetworkBuilder& net);

}  // namespace ditto::checkpoints
