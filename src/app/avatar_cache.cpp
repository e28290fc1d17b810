#include "app/avatar_cache.h"

#include <algorithm>
#include <utility>

namespace ditto {
namespace {

/// Passes everything on and keeps the notices.
class NoticeKeeper final : public Progress {
  public:
    explicit NoticeKeeper(Progress& next) : next_(next) {}

    void stage(Stage stage, std::int64_t total) override { next_.stage(stage, total); }
    void advance(std::int64_t done) override { next_.advance(done); }
    void notice(const Notice& notice) override {
        notices.push_back(notice);
        next_.notice(notice);
    }

    std::vector<Notice> notices;

  private:
    Progress& next_;
};

class CachingEngine final : public Engine {
  public:
    CachingEngine(std::shared_ptr<const Engine> engine, AvatarCache& cache)
        : engine_(std::move(engine)), cache_(cache) {}

    std::string_view name() const override { return engine_->name(); }

    std::shared_ptr<const Avatar> register_photo(const Image& photo, const Controls& controls,
                                                 Progress& progress,
                                                 std::stop_token stop) const override {
        return cache_.avatar(engine_, photo, controls, progress, std::move(stop));
    }

    /// Not kept: a video's avatar may be as large as all photos' together.
    std::shared_ptr<const Avatar> register_video(const Pictures& next, const Controls& controls,
                                                 Progress& progress,
                                                 std::stop_token stop) const override {
        return engine_->register_video(next, controls, progress, std::move(stop));
    }

    std::int64_t animate(const Avatar& avatar, const Controls& controls, AudioSource& voice,
                         FrameSink& frames, Progress& progress,
                         std::stop_token stop) const override {
        return engine_->animate(avatar, controls, voice, frames, progress, std::move(stop));
    }

  private:
    std::shared_ptr<const Engine> engine_;
    AvatarCache& cache_;
};

}  // namespace

std::shared_ptr<const Avatar> AvatarCache::avatar(const std::shared_ptr<const Engine>& engine,
                                                  const Image& photo, const Controls& controls,
                                                  Progress& progress, std::stop_token stop) {
    const RegistrationControls relevant(controls);
    std::shared_ptr<const Avatar> known;
    std::vector<Notice> notices;
    {
        const std::lock_guard lock(mutex_);
        if (const Entry* entry = find(engine.get(), photo, relevant)) {
            known = entry->avatar;
            notices = entry->notices;
        }
    }
    if (known) {
        for (const Notice& notice : notices)
            progress.notice(notice);
        return known;
    }
    // Outside the lock: two jobs that meet here register the photo twice, and neither waits.
    NoticeKeeper keeper(progress);
    auto fresh = engine->register_photo(photo, controls, keeper, std::move(stop));
    const std::size_t bytes = photo.bytes() + fresh->memory_bytes();
    if (bytes <= most_bytes_) {
        keep({engine, photo, relevant, fresh, std::move(keeper.notices), bytes});
    }
    return fresh;
}

std::size_t AvatarCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

const AvatarCache::Entry* AvatarCache::find(const Engine* engine, const Image& photo,
                                            const RegistrationControls& controls) {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return entry.engine.get() == engine && entry.controls == controls && entry.photo == photo;
    });
    if (found == entries_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found);
    return &entries_.front();
}

void AvatarCache::keep(Entry entry) {
    const std::lock_guard lock(mutex_);
    if (find(entry.engine.get(), entry.photo, entry.controls) != nullptr) return;
    bytes_ += entry.bytes;
    entries_.push_front(std::move(entry));
    while (entries_.size() > most_ || bytes_ > most_bytes_) {
        bytes_ -= entries_.back().bytes;
        entries_.pop_back();
    }
}

std::shared_ptr<const Engine> with_cache(std::shared_ptr<const Engine> engine, AvatarCache& cache) {
    return std::make_shared<CachingEngine>(std::move(engine), cache);
}

}  // namespace ditto
