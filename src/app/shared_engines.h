#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <tuple>

#include "app/avatar_cache.h"
#include "app/engines.h"

namespace ditto {

/// Keeps each engine that was chosen, so that its networks are loaded once for all jobs, and the
/// avatars that were registered last. Thread-safe.
class SharedEngines final : public Engines {
  public:
    explicit SharedEngines(Engines& engines) : engines_(engines) {}

    EngineChoice choose(const EngineRequest& request) override;

    std::string decide(const EngineRequest& request) const override {
        return engines_.decide(request);
    }

    bool any_loaded() const;
    /// Networks are being read just now.
    bool loading() const { return loading_; }

  private:
    using Key = std::tuple<EngineWish, std::filesystem::path, int, Precision>;

    std::optional<EngineChoice> find(const Key& key) const;

    Engines& engines_;
    AvatarCache avatars_;
    /// Held while one engine is loaded; those that are there can be had meanwhile.
    std::mutex load_;
    std::atomic<bool> loading_ = false;
    mutable std::mutex mutex_;
    std::map<Key, EngineChoice> chosen_;
};

}  // namespace ditto
