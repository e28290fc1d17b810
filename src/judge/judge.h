#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/image.h"
#include "face/face_models.h"
#include "judge/report.h"
#include "judge/voice.h"

namespace ditto::judge {

/// The networks that the judge sees and hears with.
struct JudgeModels {
    std::shared_ptr<const face::FaceModels> face;
    Voice::Network articulation;

    /// From the program's folder of models. Throws Error{model_missing | model_corrupt |
    /// model_mismatch}.
    static JudgeModels load(const std::shared_ptr<const nn::Runtime>& runtime,
                            const std::filesystem::path& folder);
};

struct JudgeRequest {
    std::filesystem::path video;
    /// When each sound is spoken, where it is known: see phones.h.
    std::optional<std::filesystem::path> phones;
    /// What the video was made from.
    std::optional<std::filesystem::path> photo;
    /// A contact sheet is wanted.
    bool sheet = false;
    /// What was measured in each frame is wanted.
    bool signals = false;
};

struct Judgement {
    Report report;
    /// Empty where none was wanted or there is no face.
    Image sheet;
    /// to_table() in seconds of the sound, of the picture where there is none; empty where none was
    /// wanted.
    std::string signals;
};

/// Judges a finished video from its frames and its sound alone, whoever made it. Takes about 10 ms
/// a frame; memory grows by some hundred bytes a frame and 20 kB a second of sound.
/// Throws Error{video_unreadable | phones_missing | phones_format | cancelled}, the errors of
/// media::load_photo() and those of media::AudioFile for a sound track that cannot be decoded.
Judgement judge_video(const JudgeRequest& request, const JudgeModels& models, std::stop_token stop);

}  // namespace ditto::judge
