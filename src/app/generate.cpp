#include "app/generate.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <optional>
#include <system_error>

#include "app/preview.h"
#include "base/error.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/output_error.h"
#include "media/video_writer.h"

namespace ditto {
namespace {

/// At which engines hear.
constexpr double voice_rate_hz = 16000;

void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
}

bool ends_in_mp4(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == ".mp4";
}

/// Before any work: a mistake in the name must not cost an hour.
void check_output(const GenerateRequest& request) {
    if (!ends_in_mp4(request.output)) {
        throw Error(ErrorCode::output_name, {{"path", request.output.string()}});
    }
    for (const auto& input : {request.photo, request.audio}) {
        std::error_code none_there;
        if (std::filesystem::equivalent(input, request.output, none_there)) {
            throw Error(ErrorCode::output_is_input, {{"path", input.string()}});
        }
    }
    media::check_output_folder(request.output);
}

Image load(const std::filesystem::path& path, int max_size, Progress& progress) {
    media::PhotoLimits limits;
    if (max_size > 0) limits.largest_side = std::min(limits.largest_side, max_size);
    media::LoadedImage loaded = media::load_photo(path, limits);
    if (loaded.scaled()) {
        progress.notice({NoticeCode::photo_scaled,
                         {{"width", std::to_string(loaded.image.width())},
                          {"height", std::to_string(loaded.image.height())}}});
    }
    return std::move(loaded.image);
}

}  // namespace

GeneratedVideo generate_video(const GenerateRequest& request, Engines& engines, Progress& progress,
                              std::stop_token stop) {
    const auto began = std::chrono::steady_clock::now();
    check_output(request);

    progress.stage(Stage::prepare, 0);
    const Image photo = load(request.photo, request.max_size, progress);
    throw_if_stopped(stop);
    const media::AudioInfo voice = media::check_voice(request.audio);
    throw_if_stopped(stop);
    const EngineChoice choice =
        engines.choose({request.engine, request.checkpoints, request.controls.threads, request.dump,
                        request.dump_frames});
    const Engine& engine = *choice.engine;
    progress.notice(choice.notice);

    const auto avatar = engine.register_photo(photo, request.controls, progress, stop);
    throw_if_stopped(stop);

    const double fps = request.controls.fps;
    const double spoken_s =
        request.preview_s > 0 ? std::min(request.preview_s, voice.duration_s) : voice.duration_s;
    progress.stage(Stage::render, static_cast<std::int64_t>(std::ceil(spoken_s * fps)));
    media::AudioFile recording(request.audio);
    FirstSeconds beginning(recording, std::llround(spoken_s * voice_rate_hz));
    AudioSource& samples = request.preview_s > 0 ? static_cast<AudioSource&>(beginning) : recording;
    media::VideoWriter video(avatar->photo(), request.output, {fps, request.audio});
    std::optional<PreviewTap> watched;
    if (!request.preview.empty()) watched.emplace(video, avatar->photo(), request.preview);
    FrameSink& frames = watched ? static_cast<FrameSink&>(*watched) : video;
    engine.animate(*avatar, request.controls, samples, frames, progress, stop);
    throw_if_stopped(stop);

    progress.stage(Stage::finish, 0);
    video.finish();

    GeneratedVideo result;
    result.path = request.output;
    result.engine = engine.name();
    // 4:2:0 needs even sizes.
    result.width = avatar->photo().width() / 2 * 2;
    result.height = avatar->photo().height() / 2 * 2;
    result.frames = video.frames_written();
    result.duration_s = static_cast<double>(result.frames) / fps;
    result.elapsed_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return result;
}

}  // namespace ditto
