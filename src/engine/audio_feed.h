#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "engine/engine.h"

namespace ditto {

/// A voice that arrives piece by piece from another thread, e.g. from a network connection.
class AudioFeed final : public AudioSource {
  public:
    /// `capacity`: samples that may wait; push() waits while there are as many.
    explicit AudioFeed(std::size_t capacity = 16000) : capacity_(capacity) {}

    /// 16 kHz, mono. Pieces of any length. False when closed: the samples are dropped.
    bool push(std::span<const float> samples);
    /// No more will come; also wakes a push() that waits.
    void close();

    std::size_t read(std::span<float> samples) override;
    bool is_live() const override { return true; }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::condition_variable sound_;
    std::vector<float> waiting_;
    bool closed_ = false;
};

}  // namespace ditto
