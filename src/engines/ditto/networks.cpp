#include "engines/ditto/networks.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <system_error>

#include "base/error.h"
#include "engines/ditto/device_step.h"

namespace ditto::reenact {
namespace {

std::array<const std::filesystem::path*, 10> all_of(const NetworkFiles& files) {
    return {&files.appearance_extractor,
            &files.motion_extractor,
            &files.stitch_network,
            &files.warp_network,
            &files.decoder,
            &files.lmdm,
            &files.hubert,
            &files.landmark203,
            &files.face_detector,
            &files.landmark106};
}

/// What Linux could give without swapping; nothing where it does not say.
std::optional<std::uint64_t> available_memory() {
    std::ifstream info("/proc/meminfo");
    std::string name;
    std::uint64_t kib = 0;
    std::string unit;
    while (info >> name >> kib >> unit) {
        if (name == "MemAvailable:") return kib * 1024;
    }
    return std::nullopt;
}

std::string in_gib(std::uint64_t bytes) {
    const std::uint64_t tenths = bytes * 10 / (1ULL << 30U);
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GiB";
}

void check_memory(const NetworkFiles& files) {
    const std::uint64_t required = required_memory(files);
    const auto available = available_memory();
    if (available && *available < required) {
        throw Error(ErrorCode::network_memory, {{"path", files.hubert.parent_path().string()},
                                                {"required", in_gib(required)},
                                                {"free", in_gib(*available)}});
    }
}

/// The step recorded where the GPU can do that.
Audio2Motion motion_on_device(const std::shared_ptr<const nn::Runtime>& runtime,
                              const std::filesystem::path& file, nn::SessionOptions options) {
    options.recorded = true;
    try {
        auto step = std::make_shared<DeviceStep>(nn::Session(runtime, file, options), runtime,
                                                 options.device);
        if (step->holds()) return Audio2Motion(std::move(step));
    } catch (const Error& error) {
        // What a provider says of a graph that it cannot record, as it loads or runs.
        if (error.code() != ErrorCode::model_corrupt && error.code() != ErrorCode::internal) throw;
    }
    options.recorded = false;
    return Audio2Motion(nn::Session(runtime, file, options), "step_not_recorded");
}

Audio2Motion open_audio2motion(const std::shared_ptr<const nn::Runtime>& runtime,
                               const NetworkFiles& files, const nn::SessionOptions& options,
                               std::shared_ptr<ThreadBudget> budget) {
    if (files.for_gpu) return motion_on_device(runtime, files.lmdm, options);
    nn::Session network(runtime, files.lmdm, options);
    if (!files.lmdm_weights) return Audio2Motion(std::move(network));
    return Audio2Motion::in_parts(std::move(network), files.lmdm_weights(), std::move(budget));
}

void add_notice(const cpu::Obstacle& obstacle, const std::filesystem::path& file,
                std::vector<Notice>& to) {
    if (obstacle.why.empty()) return;
    to.push_back({NoticeCode::network_by_runtime,
                  {{"path", file.string()}, {"why", obstacle.why}, {"what", obstacle.what}}});
}

/// What fast comes to on a processor. Most of the pictures' time is the decoder's.
Notice precision_notice(const cpu::WarpDecode& own) {
    if (!own.decode_obstacle().why.empty()) {
        return {NoticeCode::precision_same, {{"why", "by_runtime"}}};
    }
    if (!cpu::WarpDecode::has_fast()) return {NoticeCode::precision_same, {{"why", "no_bf16"}}};
    return {NoticeCode::precision_fast, {}};
}

}  // namespace

NetworkFiles NetworkFiles::in(const std::filesystem::path& ditto_onnx) {
    const auto file = [&](const char* name) { return ditto_onnx / name; };
    const auto there = [](const std::filesystem::path& path) {
        std::error_code ignored;
        return std::filesystem::exists(path, ignored);
    };
    NetworkFiles files;
    files.appearance_extractor = file("appearance_extractor.onnx");
    files.motion_extractor = file("motion_extractor.onnx");
    files.stitch_network = file("stitch_network.onnx");
    files.warp_network = file("warp_network_ori.onnx");
    if (!there(files.warp_network) && there(file("warp_network.onnx"))) {
        files.warp_network = file("warp_network.onnx");
    }
    files.decoder = file("decoder.onnx");
    files.lmdm = file("lmdm_v0.4_hubert.onnx");
    files.hubert = file("hubert.onnx");
    if (there(file("landmark203.onnx"))) files.landmark203 = file("landmark203.onnx");
    return files;
}

std::uint64_t file_bytes(const NetworkFiles& files) {
    std::uint64_t weights = 0;
    for (const std::filesystem::path* file : all_of(files)) {
        std::error_code missing;
        const auto size = std::filesystem::file_size(*file, missing);
        if (!missing) weights += size;
    }
    return weights;
}

std::uint64_t required_memory(const NetworkFiles& files) {
    const std::uint64_t weights = file_bytes(files);
    // Measured with the official sizes: 2.8 GB after a minute, of 1.9 GB in files. The rest are
    // results, and while the largest network loads, its weights twice.
    return weights + weights / 2;
}

std::shared_ptr<const Networks> Networks::load(std::shared_ptr<const nn::Runtime> runtime,
                                               const NetworkFiles& files, int threads, bool fast,
                                               nn::Device device) {
    check_memory(files);
    // Registering, hearing and moving take little beside rendering, which gets what they leave.
    const auto budget = std::make_shared<ThreadBudget>(threads);
    nn::SessionOptions rendering{.threads = threads, .device = device};
    if (!files.packed_weights.empty()) rendering.cache = files.packed_weights / "tensorrt";
    nn::SessionOptions others = rendering;
    others.threads = std::max(1, threads / 2);
    nn::SessionOptions pictures = rendering;
    pictures.half = files.half;
    const auto open = [&](const std::filesystem::path& file, const nn::SessionOptions& options) {
        return nn::Session(runtime, file, options);
    };
    // The largest first: while it loads it takes twice its size. Then what is compared with itself.
    Wav2Feat wav2feat(open(files.hubert, others), files.for_gpu ? nullptr : budget, others.threads);
    Audio2Motion audio2motion = open_audio2motion(runtime, files, others, budget);
    std::optional<nn::Session> landmarks;
    if (!files.landmark203.empty()) landmarks = open(files.landmark203, others);
    std::shared_ptr<const cpu::WarpDecode> own;
    std::vector<Notice> notices = files.notices;
    if (!files.for_gpu) {
        own = std::make_shared<const cpu::WarpDecode>(files.warp_network, files.decoder, threads,
                                                      fast, files.packed_weights, budget);
        add_notice(own->warp_obstacle(), files.warp_network, notices);
        add_notice(own->decode_obstacle(), files.decoder, notices);
    }
    if (fast && own) notices.push_back(precision_notice(*own));
    const auto open_model = [&](const std::filesystem::path& file, const std::string& model) {
        if (model.empty()) return open(file, pictures);
        return nn::Session(runtime, std::as_bytes(std::span(model)), file.string(), pictures);
    };
    const auto warp = [&] {
        if (own && own->warp_obstacle().why.empty()) return WarpF3d(own);
        return WarpF3d(open_model(files.warp_network, files.warp_model));
    };
    const auto decode = [&] {
        if (own && own->decode_obstacle().why.empty()) return DecodeF3d(own);
        return DecodeF3d(open_model(files.decoder, files.decoder_model));
    };
    auto networks = std::make_shared<Networks>(
        Networks{AvatarRegistrar(open(files.appearance_extractor, rendering),
                                 open(files.motion_extractor, rendering), std::move(landmarks)),
                 std::move(wav2feat), std::move(audio2motion),
                 StitchNetwork(open(files.stitch_network, {.threads = 1})), warp(), decode(),
                 nullptr, std::move(notices)});
    if (!files.face_detector.empty()) {
        const nn::SessionOptions once{.threads = others.threads};
        networks->face_finder.emplace(open(files.face_detector, once),
                                      open(files.landmark106, once));
    }
    if (files.for_gpu) {
        networks->renderer = std::make_unique<DeviceRenderer>(networks->warp, networks->decode);
    }
    if (device != nn::Device::cpu) networks->renderer->rehearse();
    return networks;
}

}  // namespace ditto::reenact
