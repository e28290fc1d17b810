#include "engine/audio_feed.h"

#include <algorithm>

namespace ditto {

bool AudioFeed::push(std::span<const float> samples) {
    while (!samples.empty()) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return closed_ || waiting_.size() < capacity_; });
        if (closed_) return false;
        const auto piece = samples.first(std::min(samples.size(), capacity_ - waiting_.size()));
        waiting_.insert(waiting_.end(), piece.begin(), piece.end());
        samples = samples.subspan(piece.size());
        sound_.notify_one();
    }
    return true;
}

void AudioFeed::close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    room_.notify_all();
    sound_.notify_all();
}

std::size_t AudioFeed::read(std::span<float> samples) {
    std::size_t count = 0;
    while (count < samples.size()) {
        std::unique_lock lock(mutex_);
        sound_.wait(lock, [&] { return closed_ || !waiting_.empty(); });
        if (waiting_.empty()) break;
        const auto piece = std::min(waiting_.size(), samples.size() - count);
        const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(piece);
        std::copy(waiting_.begin(), end, samples.begin() + static_cast<std::ptrdiff_t>(count));
        waiting_.erase(waiting_.begin(), end);
        count += piece;
        room_.notify_one();
    }
    return count;
}

}  // namespace ditto
