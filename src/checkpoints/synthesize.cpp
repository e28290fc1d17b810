#include "checkpoints/synthesize.h"

#include <cmath>
#include <numbers>
#include <ostream>

#include "checkpoints/config.h"
#include "checkpoints/file_io.h"
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

/// 24 s of the neutral emotion, as the reference encodes it: the softmax of an 8 among zeros.
Tensor neutral_emotion() {
    constexpr std::int64_t emotions = 8;
    constexpr std::size_t neutral = 4;
    Tensor rows(DataType::f32, {600, emotions});
    const double sum = std::exp(8.0) + (emotions - 1);
    auto values = rows.values<float>();
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>((i % emotions == neutral ? std::exp(8.0) : 1) / sum);
    return rows;
}

/// Smallest and largest motion: wide bounds, but a head that keeps its size.
Tensor motion_bounds() {
    constexpr std::int64_t motion = 265;
    Tensor rows(DataType::f32, {4, motion});
    auto values = rows.values<float>();
    for (std::size_t i = 0; i < 2 * motion; ++i) {
        const float limit = i % motion == 0 ? 0.2F : 2;
        values[i] = i < motion ? -limit : limit;
    }
    return rows;
}

/// Lids that close and open again within 15 frames.
Tensor blink() {
    constexpr std::size_t frames = 15;
    constexpr std::size_t size = 63;
    Tensor rows(DataType::f32, {frames, size});
    for (std::size_t frame = 0; frame < frames; ++frame) {
        const double closed =
            std::sin(std::numbers::pi * static_cast<double>(frame) / (frames - 1));
        for (const std::size_t keypoint : {11U, 13U, 15U, 16U, 18U}) {
            rows.values<float>()[frame * size + keypoint * 3 + 1] =
                static_cast<float>(0.02 * closed * closed);
        }
    }
    return rows;
}

void save_config(bool online, const std::filesystem::path& path) {
    Config config = Config::standard(online);
    config.defaults.emo = neutral_emotion();
    config.defaults.v_min_max_for_clip = motion_bounds();
    config.defaults.delta_eye_arr = blink();
    save_file(path, [&](std::ostream& out) { out << config.to_pickle(); });
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
    save_config(false, folder / "ditto_cfg" / "v0.4_hubert_cfg_trt.pkl");
    save_config(true, folder / "ditto_cfg" / "v0.4_hubert_cfg_trt_online.pkl");
}

}  // namespace ditto::checkpoints
