#include "engine/engine.h"

#include <string>

#include "base/error.h"

namespace ditto {

std::shared_ptr<const Avatar> Engine::register_video(const Pictures& /*next*/,
                                                     const Controls& /*controls*/,
                                                     Progress& /*progress*/,
                                                     std::stop_token /*stop*/) const {
    throw Error(ErrorCode::engine_unavailable,
                {{"engine", std::string(name())}, {"why", "photos_only"}});
}

}  // namespace ditto
