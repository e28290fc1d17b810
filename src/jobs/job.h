#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engines.h"
#include "base/error.h"
#include "base/progress.h"
#include "engine/controls.h"

namespace ditto::jobs {

enum class JobState { queued, running, completed, failed, cancelled };

/// Stable name for programs and the database, e.g. "queued".
std::string_view state_name(JobState state);
std::optional<JobState> state_from_name(std::string_view name);

enum class JobKind { avatar, presentation };

/// What is shown and said on one slide.
struct SlideRequest {
    /// In its deck, from 1.
    int number = 0;
    /// The slide as a picture.
    std::filesystem::path picture;
    /// Names its chapter; may be empty.
    std::string title;
    /// What is said, for subtitles; may be empty.
    std::string script;
    /// A recording. Where it is empty, `voice` speaks the script; where that is empty too, the
    /// slide is shown in silence.
    std::filesystem::path audio;
    /// Of the speech program.
    std::string voice;
};

/// What a presentation asks for beyond a JobRequest, whose `audio` is empty then.
struct PresentationRequest {
    /// The deck's id.
    std::string deck;
    std::string placement;
    /// Of the scripts, e.g. "zh-TW".
    std::string language;
    /// As SRT and WebVTT beside the video.
    bool subtitles = false;
    /// In the order in which they are shown. Kept in the store's table of slides (SlideStore), so
    /// that a Job that is read has none here.
    std::vector<SlideRequest> slides = {};
};

/// What is asked for; never changes once the job is in the store.
struct JobRequest {
    std::filesystem::path photo;
    std::filesystem::path audio;
    EngineWish engine = EngineWish::automatic;
    Controls controls;
    /// Jobs of a higher priority go first; among equals the older.
    int priority = 0;
    /// Of the voice; 0: all of it.
    double preview_s = 0;
    /// Of the video's larger side, in pixels; 0: as large as the photo allows.
    int max_size = 0;
    /// What people call the voice; may be empty.
    std::string title = {};
    /// Shared by the jobs of one request for many; else empty.
    std::string batch = {};
    /// Who is told by HTTP when the job has ended; may be empty. Kept in the store's table of
    /// webhooks, so that a Job that is read has none here.
    std::string webhook = {};
    /// Set for presentations only.
    std::optional<PresentationRequest> presentation = {};

    JobKind kind() const { return presentation ? JobKind::presentation : JobKind::avatar; }
};

/// How far a running job is.
struct JobProgress {
    /// 0 to 100; never goes back, also not over a restart.
    int percent = 0;
    Stage stage = Stage::prepare;
    /// Counted from `told_s` on; nothing while it cannot be told.
    std::optional<double> seconds_left;
    /// When this was told, in seconds since 1970; set by the store.
    double told_s = 0;
};

/// Why a job failed, kept so that it can be said in any language.
struct JobFailure {
    /// code_name() of an ErrorCode; "interrupted": the program ended under it too often.
    std::string code;
    MessageValues values;
    /// English, technical; may be empty.
    std::string detail;
};

/// Times are seconds since 1970.
struct Job {
    std::string id;
    JobRequest request;
    JobState state = JobState::queued;
    /// A running job that shall end.
    bool cancel_requested = false;
    /// How often it was started.
    int attempts = 0;
    JobProgress progress;
    JobFailure failure;
    /// The engine that made the video.
    std::string engine;
    /// Of the finished video, in seconds; 0: not known.
    double video_s = 0;
    /// What each stage of the finished video took, in seconds.
    std::map<Stage, double> stage_times_s = {};
    /// What `ditto-avatar judge` says of the finished video, as JSON; empty: not judged
    /// yet; "none": nothing can be said of it.
    std::string judgement;
    double created_s = 0;
    /// Of the last attempt; 0: not yet.
    double started_s = 0;
    /// 0: not yet.
    double finished_s = 0;

    bool finished() const { return state != JobState::queued && state != JobState::running; }
};

/// What a client repeats when it does not know whether its request arrived.
struct IdempotencyKey {
    std::string key;
    /// The request that belongs to the key, word for word.
    std::string body;
};

}  // namespace ditto::jobs
