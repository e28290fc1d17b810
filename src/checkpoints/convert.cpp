#include "checkpoints/convert.h"

#include <array>
#include <system_error>

#include "base/error.h"
#include "checkpoints/network_writers.h"
#include "checkpoints/pytorch_file.h"

namespace ditto::checkpoints {
namespace {

namespace fs = std::filesystem;

template <class Sizes, void (*write)(NetworkBuilder&, const Sizes&)>
void write_from(NetworkBuilder& net, const StateDict& state) {
    write(net, Sizes::from(state));
}

struct Network {
    const char* checkpoint;
    const char* part;  // of the checkpoint, that is the state dict
    const char* onnx;
    void (*write)(NetworkBuilder&, const StateDict&);
};

constexpr std::array networks{
    Network{"appearance_extractor.pth", "", "appearance_extractor.onnx",
            write_from<AppearanceExtractorSizes, write_appearance_extractor>},
    Network{"motion_extractor.pth", "", "motion_extractor.onnx",
            write_from<MotionExtractorSizes, write_motion_extractor>},
    Network{"stitch_network.pth", "retarget_shoulder", "stitch_network.onnx",
            write_from<StitchNetworkSizes, write_stitch_network>},
    Network{"warp_network.pth", "", "warp_network_ori.onnx",
            write_from<WarpNetworkSizes, write_warp_network>},
    Network{"decoder.pth", "", "decoder.onnx", write_from<DecoderSizes, write_decoder>},
    Network{"lmdm_v0.4_hubert.pth", "model_state_dict", "lmdm_v0.4_hubert.onnx",
            write_from<LmdmSizes, write_lmdm>},
};

struct Copy {
    const char* from;
    const char* to;
};

constexpr std::array copies{
    Copy{"ditto_pytorch/aux_models/hubert_streaming_fix_kv.onnx", "ditto_onnx/hubert.onnx"},
    Copy{"ditto_pytorch/aux_models/landmark203.onnx", "ditto_onnx/landmark203.onnx"},
    Copy{"ditto_cfg/v0.4_hubert_cfg_pytorch.pkl", "ditto_cfg/v0.4_hubert_cfg_pytorch.pkl"},
    Copy{"ditto_cfg/v0.4_hubert_cfg_trt.pkl", "ditto_cfg/v0.4_hubert_cfg_trt.pkl"},
    Copy{"ditto_cfg/v0.4_hubert_cfg_trt_online.pkl", "ditto_cfg/v0.4_hubert_cfg_trt_online.pkl"},
};

ConvertedNetwork convert_one(const Network& network, const fs::path& from, const fs::path& to) {
    const StateDict state = load_state_dict(from, network.part);
    OnnxGraph graph(fs::path(network.onnx).stem().string());
    CheckpointWeights weights(state);
    NetworkBuilder net(graph, weights, Folding::exact);
    network.write(net, state);
    graph.save(to);
    return {from, to, graph.parameter_count()};
}

/// Linked where both lie on one disk: HuBERT alone is 1.4 GB.
void link_or_copy(const fs::path& from, const fs::path& to) {
    std::error_code error;
    if (fs::equivalent(from, to, error)) return;
    fs::create_directories(to.parent_path(), error);
    fs::remove(to, error);
    fs::create_hard_link(from, to, error);
    if (error) fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    if (error) throw Error(ErrorCode::model_write, {{"path", to.string()}}, error.message());
}

}  // namespace

std::vector<ConvertedNetwork> convert(const fs::path& from, const fs::path& to,
                                      const std::function<void(const ConvertedNetwork&)>& report) {
    std::error_code ignored;
    const fs::path official = from / "ditto_pytorch" / "models";
    const fs::path folder = fs::is_directory(official, ignored) ? official : from;
    std::vector<ConvertedNetwork> done;
    const auto add = [&](ConvertedNetwork network) {
        report(network);
        done.push_back(std::move(network));
    };
    for (const Network& network : networks) {
        const fs::path checkpoint = folder / network.checkpoint;
        if (!fs::is_regular_file(checkpoint, ignored)) continue;
        add(convert_one(network, checkpoint, to / "ditto_onnx" / network.onnx));
    }
    if (done.empty()) {
        throw Error(ErrorCode::model_missing,
                    {{"path", (folder / networks[0].checkpoint).string()}});
    }
    for (const Copy& copy : copies) {
        if (!fs::is_regular_file(from / copy.from, ignored)) continue;
        link_or_copy(from / copy.from, to / copy.to);
        add({from / copy.from, to / copy.to, 0});
    }
    return done;
}

}  // namespace ditto::checkpoints
