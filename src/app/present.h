#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "app/engines.h"
#include "base/progress.h"
#include "engine/controls.h"
#include "slides/placement.h"

namespace ditto {

/// One slide of a presentation.
struct SlideTask {
    /// PNG, JPEG or WebP; of any aspect, it is shown whole.
    std::filesystem::path picture;
    /// Empty: the slide is shown silently for SlideRenderer::silent_s.
    std::filesystem::path audio;
};

/// What all slides of a presentation have in common.
struct PresentationLook {
    /// Not needed for slides::Placement::Mode::hidden.
    std::filesystem::path photo;
    EngineWish engine = EngineWish::automatic;
    std::filesystem::path checkpoints = "checkpoints";
    Controls controls;
    slides::Placement placement;
    /// Of the video, even numbers.
    int width = 1920;
    int height = 1080;
};

/// Makes the pictures of slides with the talking presenter. The photo is registered once.
class SlideRenderer {
  public:
    static constexpr double silent_s = 5;
    /// Shown after the voice has ended, so that slides do not run into each other.
    static constexpr double pause_s = .5;

    /// Loads the engine and registers the photo: stages prepare, find_face and register_avatar.
    /// Throws what generate_video() throws of photos and models.
    SlideRenderer(Engines& engines, PresentationLook look, Progress& progress,
                  std::stop_token stop);
    ~SlideRenderer();

    /// Writes the slide as a silent MP4 that join_slides() takes: stage render. Returns its length
    /// in seconds, a whole number of frames. `preview` as in GenerateRequest. After an error
    /// nothing is left behind. Throws as generate_video().
    double render(const SlideTask& task, const std::filesystem::path& segment,
                  const std::filesystem::path& preview, Progress& progress, std::stop_token stop);

    /// "mesh", "ditto"; "none" where the presenter is hidden.
    std::string engine_name() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A slide that is rendered.
struct SlidePart {
    /// From SlideRenderer::render(); all of one presentation look the same.
    std::filesystem::path segment;
    /// The voice that was given to render(); empty for none.
    std::filesystem::path audio;
    /// Of the chapter; empty: "1", "2", ...
    std::string title;
    /// What the voice says, for the subtitles; may be empty.
    std::string script;
};

/// A slide's part of the video.
struct Chapter {
    std::string title;
    double start_s = 0;
    double end_s = 0;
};

struct JoinedVideo {
    double duration_s = 0;
    std::vector<Chapter> chapters;
};

/// Joins the pictures without encoding them again, lays the voices under them, each from the first
/// frame of its slide on, and writes a chapter for each slide. With `subtitles` the scripts appear,
/// timed to their voices, as .srt and .vtt beside the video, under its name. All files take their
/// names together, when they are complete. Stage finish. Throws Error: output_folder, output_full,
/// output_write, output_name, video_unreadable for a segment that does not fit the others, errors
/// of kind audio, cancelled.
JoinedVideo join_slides(const std::vector<SlidePart>& parts, const std::filesystem::path& output,
                        bool subtitles, Progress& progress, std::stop_token stop);

}  // namespace ditto
