#include "checkpoints/synthesize.h"

#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

/// One seed gives each network its own weights even where layers share a name.
std::uint64_t network_seed(std::uint64_t seed, std::uint64_t network) {
    return seed * 64 + network;
}

template <class Sizes>
Sizes sizes_of(SyntheticSize size) {
    return size == SyntheticSize::full ? Sizes{} : Sizes::tiny();
}

template <class Write>
void save(const std::filesystem::path& folder, const std::string& name, std::uint64_t seed,
          Write&& write) {
    OnnxGraph graph(name);
    SyntheticWeights weights(seed);
    NetworkBuilder net(graph, weights, Folding::none);
    write(net);
    graph.save(folder / (name + ".onnx"));
}

}  // namespace

void synthesize(SyntheticSize size, std::uint64_t seed, const std::filesystem::path& folder) {
    const auto onnx = folder / "ditto_onnx";
    std::uint64_t network = 0;
    const auto next = [&](const std::string& name, auto&& write) {
        save(onnx, name, network_seed(seed, network++), write);
    };
    next("appearance_extractor", [&](NetworkBuilder& net) {
        write_appearance_extractor(net, sizes_of<AppearanceExtractorSizes>(size));
    });
    next("motion_extractor", [&](NetworkBuilder& net) {
        write_motion_extractor(net, sizes_of<MotionExtractorSizes>(size));
    });
    next("stitch_network", [&](NetworkBuilder& net) {
        write_stitch_network(net, sizes_of<StitchNetworkSizes>(size));
    });
    next("warp_network_ori",
         [&](NetworkBuilder& net) { write_warp_network(net, sizes_of<WarpNetworkSizes>(size)); });
    next("decoder", [&](NetworkBuilder& net) { write_decoder(net, sizes_of<DecoderSizes>(size)); });
    next("lmdm_v0.4_hubert",
         [&](NetworkBuilder& net) { write_lmdm(net, sizes_of<LmdmSizes>(size)); });
    next("hubert", [&](NetworkBuilder& net) { write_hubert(net, sizes_of<HubertSizes>(size)); });
    next("landmark203", write_landmark203_stand_in);
}

}  // namespace ditto::checkpoints
