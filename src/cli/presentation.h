#pragma once

#include <filesystem>
#include <stop_token>
#include <string>

#include "app/present.h"
#include "base/messages.h"
#include "speech/speaker.h"

namespace ditto::cli {

/// What command `present` is asked for.
struct PresentationRequest {
    /// PDF, PPTX, or a folder of pictures.
    std::filesystem::path slides;
    /// Empty: the deck's notes are the scripts.
    std::filesystem::path scripts;
    /// Empty: no recordings.
    std::filesystem::path voices;
    std::filesystem::path output;
    PresentationLook look;
    /// The video takes the first slide's aspect instead of `look`'s, and fits into that.
    bool slides_aspect = false;
    bool subtitles = true;
    /// Speaks the scripts of slides without a recording: an id, "auto" for one that fits the text;
    /// empty: nobody does.
    std::string speech_voice;
    double speech_speed = 1;
    Language language = Language::english;
};

struct MadePresentation {
    JoinedVideo video;
    /// "none" where no slide had to be made.
    std::string engine;
    int width = 0;
    int height = 0;
    int slides = 0;
    /// Made by an earlier run that broke.
    int kept = 0;
    double elapsed_s = 0;
};

/// Makes slide after slide in a hidden folder beside the output, which stays where the run breaks:
/// the next one goes on with what is there, and makes anew whatever was changed meanwhile. Throws
/// Error.
MadePresentation make_presentation(const PresentationRequest& request, Engines& engines,
                                   const speech::Speaker& speaker, Progress& progress,
                                   const std::stop_token& stop);

}  // namespace ditto::cli
