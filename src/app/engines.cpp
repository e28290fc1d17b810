#include "app/engines.h"

#include <string>

#include "app/installed_files.h"
#include "base/error.h"
#include "engines/mesh/mesh_engine.h"
#include "nn/runtime.h"

namespace ditto {
namespace {

class BuiltInEngines final : public Engines {
  public:
    EngineChoice choose(const EngineRequest& request) override {
        if (request.wish == EngineWish::mesh) {
            return {mesh(request.threads), chosen("mesh", "as_asked", request)};
        }
        const std::string obstacle = ditto_obstacle(request);
        if (request.wish == EngineWish::ditto) {
            throw Error(ErrorCode::engine_unavailable, values("ditto", obstacle, request));
        }
        return {mesh(request.threads), chosen("mesh", obstacle, request)};
    }

  private:
    static MessageValues values(const std::string& engine, const std::string& why,
                                const EngineRequest& request) {
        return {{"engine", engine}, {"why", why}, {"folder", request.checkpoints.string()}};
    }

    static Notice chosen(const std::string& engine, const std::string& why,
                         const EngineRequest& request) {
        return {NoticeCode::engine_chosen, values(engine, why, request)};
    }

    /// Why ditto cannot run: the name of a phrase in base/messages.cpp.
    static std::string ditto_obstacle(const EngineRequest& request) {
        for (const char* folder : {"ditto_onnx", "ditto_pytorch"}) {
            std::error_code ignored;
            if (std::filesystem::is_directory(request.checkpoints / folder, ignored)) {
                return "not_in_this_version";
            }
        }
        return "checkpoints_missing";
    }

    std::shared_ptr<const Engine> mesh(int threads) {
        if (!runtime_) runtime_ = nn::Runtime::open();
        return std::make_shared<ditto::mesh::MeshEngine>(runtime_, find_models_folder(), threads);
    }

    std::shared_ptr<const nn::Runtime> runtime_;
};

}  // namespace

std::unique_ptr<Engines> built_in_engines() {
    return std::make_unique<BuiltInEngines>();
}

}  // namespace ditto
