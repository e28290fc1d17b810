#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>

#include "core/image.h"
#include "face/face_models.h"
#include "judge/report.h"

namespace ditto::judge {

struct JudgeRequest {
    std::filesystem::path video;
    /// When each sound is spoken, where it is known: see phones.h.
    std::optional<std::filesystem::path> phones;
    /// What the video was made from.
    std::optional<std::filesystem::path> photo;
    /// A contact sheet is wanted.
    bool sheet = false;
};

struct Judgement {
    Report report;
    /// Empty where none was wanted or there is no face.
    Image sheet;
};

/// Judges a finished video from its frames and its sound alone, whoever made it. Takes about 10 ms
/// a frame; memory grows by some hundred bytes a frame and 20 kB a second of sound.
/// Throws Error{video_unreadable | phones_missing | phones_format | cancelled}, the errors of
/// media::load_photo() and those of media::AudioFile for a sound track that cannot be decoded.
Judgement judge_video(const JudgeRequest& request, const face::FaceModels& models,
                      std::stop_token stop);

}  // namespace ditto::judge
