#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/progress.h"
#include "jobs/job.h"

namespace ditto::jobs {

/// Makes the slides of one presentation, whose photo is registered.
class SlideMaker {
  public:
    virtual ~SlideMaker() = default;

    /// Makes a slide's part of the video, without sound; returns its length in seconds. `audio`
    /// empty: the slide is shown in silence. The file appears when it is complete. Throws Error.
    virtual double make(const std::filesystem::path& picture, const std::filesystem::path& audio,
                        const std::filesystem::path& segment, const std::filesystem::path& preview,
                        Progress& progress, const std::stop_token& stop) = 0;
};

/// A slide that is made.
struct MadeSlide {
    std::filesystem::path segment;
    /// Empty: there is none.
    std::filesystem::path audio;
    std::string title;
    std::string script;
};

/// What presentations are made with. Tests have their own.
class Presenter {
  public:
    virtual ~Presenter() = default;

    /// Loads the engine and registers the photo. Throws Error.
    virtual std::unique_ptr<SlideMaker> begin(const JobRequest& request, Progress& progress,
                                              const std::stop_token& stop) = 0;
    /// Writes what `voice` says as a WAV. Throws Error.
    virtual void speak(const std::string& text, const std::string& voice,
                       const std::filesystem::path& wav, const std::stop_token& stop) = 0;
    /// Joins the slides to the whole video, with `subtitles` as .srt and .vtt beside it; returns
    /// its length in seconds. The video appears last. Throws Error.
    virtual double join(const std::vector<MadeSlide>& slides, const std::filesystem::path& video,
                        bool subtitles, Progress& progress, const std::stop_token& stop) = 0;
};

}  // namespace ditto::jobs
