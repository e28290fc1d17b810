#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/messages.h"
#include "engines/ditto/audio2motion.h"
#include "engines/ditto/avatar_registrar.h"
#include "engines/ditto/decode_f3d.h"
#include "engines/ditto/device_renderer.h"
#include "engines/ditto/insight_face.h"
#include "engines/ditto/stitch_network.h"
#include "engines/ditto/warp_f3d.h"
#include "engines/ditto/wav2feat.h"
#include "nn/runtime.h"

namespace ditto::reenact {

/// The ONNX files of one set of checkpoints.
struct NetworkFiles {
    std::filesystem::path appearance_extractor;
    std::filesystem::path motion_extractor;
    std::filesystem::path stitch_network;
    std::filesystem::path warp_network;
    std::filesystem::path decoder;
    std::filesystem::path lmdm;
    std::filesystem::path hubert;
    /// Reads the weights out of `lmdm`, nothing where its graph is unknown; may be empty.
    std::function<std::optional<denoiser::MotionWeights>()> lmdm_weights;
    /// The networks' own bytes, where their files are not run as they are; else empty.
    std::string warp_model;
    std::string decoder_model;
    /// They are rewritten for a GPU: ONNX Runtime runs them, whatever the processor could.
    bool for_gpu = false;
    bool half = false;  // at least one is in 16 bits
    /// What there is to say about them.
    std::vector<Notice> notices;
    /// Folder where what this product makes of weights is kept for the next start; empty: nowhere.
    std::filesystem::path packed_weights;
    std::filesystem::path landmark203;  // empty: crops follow MediaPipe's points
    /// InsightFace's, which then find the face; they need landmark203. Empty: MediaPipe does.
    std::filesystem::path face_detector;
    std::filesystem::path landmark106;

    /// From a folder laid out as the official repository's ditto_onnx. warp_network_ori.onnx goes
    /// before warp_network.onnx, which holds an operator that only TensorRT has.
    static NetworkFiles in(const std::filesystem::path& ditto_onnx);
};

/// All networks, loaded once and shared by every avatar and every run. Immutable.
struct Networks {
    AvatarRegistrar registrar;
    Wav2Feat wav2feat;
    Audio2Motion audio2motion;
    StitchNetwork stitch;
    WarpF3d warp;
    DecodeF3d decode;
    /// Renders pictures where the files are for a GPU, of `warp` and `decode`.
    std::unique_ptr<DeviceRenderer> renderer;
    /// What there is to say about how they run.
    std::vector<Notice> notices;
    /// Where its files were given.
    std::optional<InsightFace> face_finder = {};

    /// `threads`: that the machine gives. `fast`: pictures in reduced precision where the processor
    /// has it; a notice says which. `device`: where it is not the processor, the files must be for
    /// a GPU. Throws Error of kind model, naming the file, and Error{memory} before anything is
    /// loaded where the networks would not fit.
    static std::shared_ptr<const Networks> load(std::shared_ptr<const nn::Runtime> runtime,
                                                const NetworkFiles& files, int threads,
                                                bool fast = false,
                                                nn::Device device = nn::Device::cpu);
};

/// Bytes of the files.
std::uint64_t file_bytes(const NetworkFiles& files);

/// Bytes of memory that the networks of these files will take, weights and results.
std::uint64_t required_memory(const NetworkFiles& files);

}  // namespace ditto::reenact
