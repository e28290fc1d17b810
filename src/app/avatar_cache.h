#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "engine/engine.h"

namespace ditto {

/// The avatars that were registered last, so that a photo that comes again (another slide, a
/// preview before the whole video) is not looked at twice. Thread-safe.
class AvatarCache {
  public:
    /// The avatar used longest ago goes first, once there are more than `most` or all together are
    /// larger than `most_bytes`; one that is larger alone is not kept.
    explicit AvatarCache(std::size_t most = 16, std::size_t most_bytes = std::size_t{512} << 20U)
        : most_(most), most_bytes_(most_bytes) {}

    /// What engine->register_photo() makes of the photo. Where the same engine has registered the
    /// same pixels with the same RegistrationControls, it is not asked again, no stage is reported,
    /// and the notices of then are repeated. Throws as register_photo().
    std::shared_ptr<const Avatar> avatar(const std::shared_ptr<const Engine>& engine,
                                         const Image& photo, const Controls& controls,
                                         Progress& progress, std::stop_token stop);

    std::size_t bytes() const;

  private:
    struct Entry {
        std::shared_ptr<const Engine> engine;
        Image photo;
        RegistrationControls controls;
        std::shared_ptr<const Avatar> avatar;
        std::vector<Notice> notices;
        std::size_t bytes = 0;
    };

    /// Moves the entry to the front. Null where there is none.
    const Entry* find(const Engine* engine, const Image& photo,
                      const RegistrationControls& controls);
    void keep(Entry entry);

    const std::size_t most_;
    const std::size_t most_bytes_;
    mutable std::mutex mutex_;
    /// The one used last is in front.
    std::list<Entry> entries_;
    std::size_t bytes_ = 0;
};

/// An engine whose avatars a cache keeps; `cache` must outlive it.
std::shared_ptr<const Engine> with_cache(std::shared_ptr<const Engine> engine, AvatarCache& cache);

}  // namespace ditto
