#pragma once

#include <chrono>
#include <filesystem>

#include "engine/engine.h"

namespace ditto {

/// Passes frames on, and now and then puts the newest one into a small JPEG for those who watch.
/// The picture is replaced as a whole; that it cannot be written is no error.
class PreviewTap final : public FrameSink {
  public:
    static constexpr int largest_side = 480;
    static constexpr std::chrono::milliseconds interval{700};

    /// `photo` must outlive this.
    PreviewTap(FrameSink& next, const Image& photo, std::filesystem::path picture);
    void write(Frame frame) override;

  private:
    void show(const Frame& frame);

    FrameSink& next_;
    const Image& photo_;
    const std::filesystem::path picture_;
    std::chrono::steady_clock::time_point due_{};
};

/// The first seconds of a voice.
class FirstSeconds final : public AudioSource {
  public:
    /// `samples` at the rate of engines.
    FirstSeconds(AudioSource& voice, std::int64_t samples) : voice_(voice), left_(samples) {}
    std::size_t read(std::span<float> samples) override;

  private:
    AudioSource& voice_;
    std::int64_t left_;
};

}  // namespace ditto
