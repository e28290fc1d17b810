#include "app/shared_engines.h"

namespace ditto {
namespace {

/// True while it lives.
class Mark {
  public:
    explicit Mark(std::atomic<bool>& flag) : flag_(flag) { flag_ = true; }
    ~Mark() { flag_ = false; }
    Mark(const Mark&) = delete;
    Mark& operator=(const Mark&) = delete;

  private:
    std::atomic<bool>& flag_;
};

}  // namespace

EngineChoice SharedEngines::choose(const EngineRequest& request) {
    const Key key{request.wish, request.checkpoints, request.threads, request.precision};
    if (auto known = find(key)) return std::move(*known);
    const std::lock_guard one_at_a_time(load_);
    if (auto known = find(key)) return std::move(*known);
    const Mark mark(loading_);
    EngineChoice fresh = engines_.choose(request);
    fresh.engine = with_cache(std::move(fresh.engine), avatars_);
    const std::lock_guard lock(mutex_);
    return chosen_[key] = std::move(fresh);
}

bool SharedEngines::any_loaded() const {
    const std::lock_guard lock(mutex_);
    return !chosen_.empty();
}

std::optional<EngineChoice> SharedEngines::find(const Key& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = chosen_.find(key);
    return found != chosen_.end() ? std::optional(found->second) : std::nullopt;
}

}  // namespace ditto
