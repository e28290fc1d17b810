#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "app/engines.h"
#include "app/generate.h"
#include "setup/finding.h"

namespace ditto::setup {

/// The demo's portrait and voice: `sample` beside the program (a build) or
/// ../share/ditto-avatar/sample (an installation). Throws Error{model_missing}.
std::filesystem::path find_sample_folder();

/// How fast an engine works here: frames that it makes of the sample portrait within `seconds`,
/// registration not counted. Nothing where it made none in that time.
std::optional<double> measure_frames_per_s(const Engine& engine, double seconds,
                                           const std::stop_token& stop);

/// Two seconds of the sample voice as a WAV file, removed at the end of its life.
class ShortVoice {
  public:
    ShortVoice();
    ~ShortVoice();
    ShortVoice(const ShortVoice&) = delete;
    ShortVoice& operator=(const ShortVoice&) = delete;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// Two seconds of video with each engine that loads, written into `folder` as test_ENGINE.mp4.
/// An engine that does not load is a warning, one that fails at work is bad.
Section test_engines(const std::filesystem::path& checkpoints, const std::filesystem::path& folder,
                     Engines& engines, Language language, const std::stop_token& stop);

}  // namespace ditto::setup
