#include "app/engines.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "app/converted_checkpoints.h"
#include "app/ditto_setup.h"
#include "app/installed_files.h"
#include "base/cache_folder.h"
#include "base/error.h"
#include "engines/ditto/ditto_engine.h"
#include "engines/mesh/mesh_engine.h"
#include "face/face_models.h"
#include "machine/gpu.h"
#include "nn/providers.h"
#include "nn/runtime.h"

namespace ditto {
namespace {

class BuiltInEngines final : public Engines {
  public:
    explicit BuiltInEngines(const EngineSetup& setup)
        : device_(setup.device), face_finder_(setup.face_finder) {}

    EngineChoice choose(const EngineRequest& request) override {
        const Decision decision = find(request);
        const Notice notice{NoticeCode::engine_chosen,
                            values(decision.engine, decision.why, request)};
        if (decision.engine == "mesh") return {mesh(request.threads), notice};
        EngineChoice choice{nullptr, notice};
        // InsightFace's files are not converted: they lie where the user put them.
        std::optional<InsightFaceFiles> insight_face;
        if (by_insight_face()) insight_face = find_insight_face(request.checkpoints);
        choice.engine = ditto(runnable(request), insight_face, choice.fallback);
        return choice;
    }

    std::string decide(const EngineRequest& request) const override { return find(request).engine; }

  private:
    struct Decision {
        std::string engine;
        /// The name of a phrase in base/messages.cpp.
        std::string why;
    };

    bool needs_gpu() const {
        return device_ == nn::Device::cuda || device_ == nn::Device::tensorrt;
    }

    bool by_insight_face() const { return face_finder_ == FaceFinder::insightface; }

    Decision find(const EngineRequest& request) const {
        if (request.wish == EngineWish::mesh) {
            if (needs_gpu()) {
                throw Error(
                    ErrorCode::device_unavailable,
                    {{"device", std::string(nn::name_of(device_))}, {"why", "mesh_on_processor"}});
            }
            if (by_insight_face()) {
                throw Error(ErrorCode::face_finder_unavailable, {{"why", "mesh_by_mediapipe"}});
            }
            return {"mesh", "as_asked"};
        }
        const std::string obstacle = ditto_obstacle(request);
        if (request.wish == EngineWish::automatic && !needs_gpu() && !by_insight_face()) {
            // On the processor alone, ditto takes many times as long as the video.
            if (!obstacle.empty()) return {"mesh", obstacle};
            return has_gpu() ? Decision{"ditto", "gpu_usable"} : Decision{"mesh", "no_gpu"};
        }
        if (!obstacle.empty()) {
            throw Error(ErrorCode::engine_unavailable, values("ditto", obstacle, request));
        }
        if (by_insight_face()) find_insight_face(request.checkpoints);
        return {"ditto", "as_asked"};
    }

    static MessageValues values(const std::string& engine, const std::string& why,
                                const EngineRequest& request) {
        return {{"engine", engine}, {"why", why}, {"folder", request.checkpoints.string()}};
    }

    /// Why ditto cannot run: the name of a phrase in base/messages.cpp.
    static std::string ditto_obstacle(const EngineRequest& request) {
        if (has_ditto_networks(request.checkpoints)) return "";
        if (!has_pytorch_checkpoints(request.checkpoints)) return "checkpoints_missing";
        return cache_folder().empty() ? "not_converted" : "";
    }

    /// With a folder of ONNX files, which are made where there are PyTorch checkpoints only.
    static EngineRequest runnable(EngineRequest request) {
        if (!has_ditto_networks(request.checkpoints)) {
            request.checkpoints = converted_checkpoints(request.checkpoints, cache_folder(),
                                                        [&](const Notice& notice) {
                                                            if (request.tell) request.tell(notice);
                                                        });
        }
        return request;
    }

    const std::shared_ptr<const nn::Runtime>& runtime() const {
        const std::lock_guard lock(mutex_);
        if (!runtime_) runtime_ = nn::Runtime::open();
        return runtime_;
    }

    /// Whether the wish, left to us, would take a GPU. Asked once: drivers answer slowly, and a
    /// queue asks for each of its jobs.
    bool has_gpu() const {
        if (device_ == nn::Device::cpu) return false;
        std::call_once(gpu_asked_, [&] { has_gpu_ = device_for(0).device != nn::Device::cpu; });
        return has_gpu_;
    }

    /// The device for networks with these bytes of files.
    nn::DeviceChoice device_for(std::uint64_t file_bytes) const {
        if (device_ == nn::Device::cpu) return {};
        const machine::GpuReport report = machine::find_gpus();
        nn::DeviceFacts facts;
        facts.gpu = !report.gpus.empty();
        std::vector<nn::Provider> providers;
        if (facts.gpu) {
            providers = nn::find_providers(*runtime());
            const auto& free = report.gpus.front().free_bytes;
            if (free)
                facts.free_gpu_memory =
                    static_cast<std::uint64_t>(std::max<std::int64_t>(*free, 0));
        }
        facts.providers = providers;
        if (file_bytes > 0) facts.required_gpu_memory = nn::required_gpu_memory(file_bytes);
        return nn::choose_device(device_, facts);
    }

    static Notice fallback_notice(const std::string& why) {
        return {NoticeCode::runtime_fallback, {{"why", why}}};
    }

    std::shared_ptr<const Engine> ditto(const EngineRequest& request,
                                        const std::optional<InsightFaceFiles>& insight_face,
                                        std::optional<Notice>& fallback) {
        const auto bytes =
            reenact::file_bytes(reenact::NetworkFiles::in(request.checkpoints / "ditto_onnx"));
        const nn::DeviceChoice chosen = device_for(bytes);
        if (!chosen.why.empty()) fallback = fallback_notice(chosen.why);
        try {
            return ditto_on(chosen.device, request, insight_face);
        } catch (const Error& error) {
            // What the provider's library says only once it works: no cuDNN, a card too old.
            constexpr std::array codes{ErrorCode::model_corrupt, ErrorCode::model_mismatch,
                                       ErrorCode::memory, ErrorCode::internal};
            const bool by_gpu = chosen.device != nn::Device::cpu &&
                                std::ranges::find(codes, error.code()) != codes.end();
            if (!by_gpu) throw;
            if (device_ != nn::Device::automatic) {
                throw Error(
                    ErrorCode::device_unavailable,
                    {{"device", std::string(nn::name_of(device_))}, {"why", error.detail()}});
            }
            fallback = fallback_notice(error.detail());
        }
        return ditto_on(nn::Device::cpu, request, insight_face);
    }

    std::shared_ptr<const Engine> ditto_on(nn::Device device, const EngineRequest& request,
                                           const std::optional<InsightFaceFiles>& insight_face) {
        reenact::EngineOptions options;
        const bool on_gpu = device != nn::Device::cpu;
        const bool half = request.precision != Precision::exact;
        options.files = on_gpu ? ditto_gpu_network_files(request.checkpoints, half, cache_folder())
                               : ditto_network_files(request.checkpoints);
        if (insight_face) {
            options.files.face_detector = insight_face->detector;
            options.files.landmark106 = insight_face->landmark106;
            options.files.landmark203 = insight_face->landmark203;
            options.files.notices.push_back({NoticeCode::insightface_licence});
        }
        options.device = device;
        options.config = load_ditto_config(request.checkpoints);
        options.threads = request.threads;
        options.fast = !on_gpu && request.precision == Precision::fast;
        options.dump = reenact::Dump(request.dump, request.dump_frames);
        return std::make_shared<reenact::DittoEngine>(
            runtime(), face::FaceModels::load(runtime(), find_models_folder()), options);
    }

    std::shared_ptr<const Engine> mesh(int threads) {
        return std::make_shared<ditto::mesh::MeshEngine>(runtime(), find_models_folder(), threads);
    }

    nn::Device device_;
    FaceFinder face_finder_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const nn::Runtime> runtime_;
    mutable std::once_flag gpu_asked_;
    mutable bool has_gpu_ = false;
};

}  // namespace

std::unique_ptr<Engines> built_in_engines(const EngineSetup& setup) {
    return std::make_unique<BuiltInEngines>(setup);
}

}  // namespace ditto
