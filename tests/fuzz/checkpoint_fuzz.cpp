// Any bytes as a configuration, as a PyTorch checkpoint of each network and as an ONNX model: they
// are read, converted, rewritten and searched for weights, or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/error.h"
#include "checkpoints/config.h"
#include "checkpoints/gpu_graph.h"
#include "checkpoints/lmdm_reader.h"
#include "checkpoints/network_writers.h"
#include "checkpoints/onnx_rewrite.h"
#include "checkpoints/pytorch_file.h"
#include "cpu/onnx_convs.h"

namespace {

using namespace ditto::checkpoints;

template <class Read>
void try_to(Read&& read) {
    try {
        read();
    } catch (const ditto::Error& error) {
        // Refused, as most are; but never as a mistake of the program itself.
        if (error.code() == ditto::ErrorCode::internal) __builtin_trap();
    }
}

template <class Sizes, void (*write)(NetworkBuilder&, const Sizes&)>
void convert(const StateDict& state) {
    try_to([&] {
        OnnxGraph graph("fuzz");
        CheckpointWeights weights(state);
        NetworkBuilder net(graph, weights, Folding::exact);
        write(net, Sizes::from(state));
        graph.bytes();
    });
}

void find_convs(const std::string& file) {
    try {
        const ditto::cpu::OnnxConvs convs(file);
        for (std::size_t i = 0; i < convs.count(); ++i)
            convs.weights(i);
    } catch (const ditto::cpu::Unknown&) {
        // ONNX Runtime is asked instead.
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string file(reinterpret_cast<const char*>(data), size);
    try_to([&] {
        const Config config = Config::parse(file, "fuzz");
        config.to_json();
        // What was read can be written and read again.
        Config::parse(config.to_pickle(), "again");
    });
    try_to([&] { rewrite_grid_samples(file, 20, "fuzz"); });
    try_to([&] { gpu_graph(file, {.half = true, .pictures = true}, "fuzz"); });
    try_to([&] { read_lmdm(file, "fuzz"); });
    find_convs(file);
    has_plugin_grid_samples(file);
    for (const char* part : {"", "retarget_shoulder", "model_state_dict"}) {
        try_to([&] {
            const StateDict state = parse_state_dict(file, "fuzz", part);
            convert<AppearanceExtractorSizes, write_appearance_extractor>(state);
            convert<MotionExtractorSizes, write_motion_extractor>(state);
            convert<StitchNetworkSizes, write_stitch_network>(state);
            convert<WarpNetworkSizes, write_warp_network>(state);
            convert<DecoderSizes, write_decoder>(state);
            convert<LmdmSizes, write_lmdm>(state);
        });
    }
    return 0;
}
