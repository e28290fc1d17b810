#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <tuple>

#include "app/engines.h"

namespace ditto {

/// Keeps each engine that was chosen, so that its networks are loaded once for all jobs.
/// Thread-safe.
class SharedEngines final : public Engines {
  public:
    explicit SharedEngines(Engines& engines) : engines_(engines) {}

    EngineChoice choose(const EngineRequest& request) override {
        const std::lock_guard lock(mutex_);
        const Key key{request.wish, request.checkpoints, request.threads};
        const auto found = chosen_.find(key);
        if (found != chosen_.end()) return found->second;
        return chosen_[key] = engines_.choose(request);
    }

    std::string decide(const EngineRequest& request) const override {
        return engines_.decide(request);
    }

    bool any_loaded() const {
        const std::lock_guard lock(mutex_);
        return !chosen_.empty();
    }

  private:
    using Key = std::tuple<EngineWish, std::filesystem::path, int>;

    Engines& engines_;
    mutable std::mutex mutex_;
    std::map<Key, EngineChoice> chosen_;
};

}  // namespace ditto
