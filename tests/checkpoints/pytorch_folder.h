#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>

#include "checkpoints/file_io.h"
#include "checkpoints/network_writers.h"
#include "pytorch_writer.h"

namespace ditto::checkpoints {

/// A folder as the official repository is without ditto_onnx: tiny networks as PyTorch files, and
/// HuBERT as ONNX.
inline void write_pytorch_folder(const std::filesystem::path& folder, std::uint64_t seed) {
    const auto save = [&](const std::string& file, const std::string& bytes) {
        save_file(folder / file, [&](std::ostream& out) { out << bytes; });
    };
    const auto checkpoint = [&](const std::string& file, const std::string& part, auto&& write) {
        OnnxGraph graph(file);
        RecordedWeights weights(seed);
        NetworkBuilder net(graph, weights, Folding::none);
        write(net);
        save("ditto_pytorch/models/" + file, pytorch_file(weights.tensors, part));
    };
    checkpoint("appearance_extractor.pth", "", [](NetworkBuilder& net) {
        write_appearance_extractor(net, AppearanceExtractorSizes::tiny());
    });
    checkpoint("motion_extractor.pth", "", [](NetworkBuilder& net) {
        write_motion_extractor(net, MotionExtractorSizes::tiny());
    });
    checkpoint("stitch_network.pth", "retarget_shoulder",
               [](NetworkBuilder& net) { write_stitch_network(net, StitchNetworkSizes::tiny()); });
    checkpoint("warp_network.pth", "",
               [](NetworkBuilder& net) { write_warp_network(net, WarpNetworkSizes::tiny()); });
    checkpoint("decoder.pth", "",
               [](NetworkBuilder& net) { write_decoder(net, DecoderSizes::tiny()); });
    checkpoint("lmdm_v0.4_hubert.pth", "model_state_dict",
               [](NetworkBuilder& net) { write_lmdm(net, LmdmSizes::tiny()); });

    OnnxGraph hubert("hubert");
    SyntheticWeights weights(seed);
    NetworkBuilder net(hubert, weights, Folding::none);
    write_hubert(net, HubertSizes::tiny());
    save("ditto_pytorch/aux_models/hubert_streaming_fix_kv.onnx", hubert.bytes());
}

}  // namespace ditto::checkpoints
