#include "app/engines.h"

#include <string>

#include "app/ditto_setup.h"
#include "app/installed_files.h"
#include "base/error.h"
#include "engines/ditto/ditto_engine.h"
#include "engines/mesh/mesh_engine.h"
#include "face/face_models.h"
#include "nn/runtime.h"

namespace ditto {
namespace {

class BuiltInEngines final : public Engines {
  public:
    EngineChoice choose(const EngineRequest& request) override {
        const Decision decision = find(request);
        const Notice notice{NoticeCode::engine_chosen,
                            values(decision.engine, decision.why, request)};
        if (decision.engine == "ditto") return {ditto(request), notice};
        return {mesh(request.threads), notice};
    }

    std::string decide(const EngineRequest& request) const override { return find(request).engine; }

  private:
    struct Decision {
        std::string engine;
        /// The name of a phrase in base/messages.cpp.
        std::string why;
    };

    static Decision find(const EngineRequest& request) {
        if (request.wish == EngineWish::mesh) return {"mesh", "as_asked"};
        const std::string obstacle = ditto_obstacle(request);
        if (request.wish == EngineWish::automatic) {
            // On the processor alone, ditto takes many times as long as the video.
            return {"mesh", obstacle.empty() ? "no_gpu" : obstacle};
        }
        if (!obstacle.empty()) {
            throw Error(ErrorCode::engine_unavailable, values("ditto", obstacle, request));
        }
        return {"ditto", "as_asked"};
    }

    static MessageValues values(const std::string& engine, const std::string& why,
                                const EngineRequest& request) {
        return {{"engine", engine}, {"why", why}, {"folder", request.checkpoints.string()}};
    }

    /// Why ditto cannot run: the name of a phrase in base/messages.cpp.
    static std::string ditto_obstacle(const EngineRequest& request) {
        if (has_ditto_networks(request.checkpoints)) return "";
        std::error_code ignored;
        return std::filesystem::is_directory(request.checkpoints / "ditto_pytorch", ignored)
                   ? "not_converted"
                   : "checkpoints_missing";
    }

    const std::shared_ptr<const nn::Runtime>& runtime() {
        if (!runtime_) runtime_ = nn::Runtime::open();
        return runtime_;
    }

    std::shared_ptr<const Engine> ditto(const EngineRequest& request) {
        reenact::EngineOptions options;
        options.files = ditto_network_files(request.checkpoints);
        options.config = load_ditto_config(request.checkpoints);
        options.threads = request.threads;
        options.fast = request.fast;
        options.dump = reenact::Dump(request.dump, request.dump_frames);
        return std::make_shared<reenact::DittoEngine>(
            runtime(), face::FaceModels::load(runtime(), find_models_folder()), options);
    }

    std::shared_ptr<const Engine> mesh(int threads) {
        return std::make_shared<ditto::mesh::MeshEngine>(runtime(), find_models_folder(), threads);
    }

    std::shared_ptr<const nn::Runtime> runtime_;
};

}  // namespace

std::unique_ptr<Engines> built_in_engines() {
    return std::make_unique<BuiltInEngines>();
}

}  // namespace ditto
