#include "app/generate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <optional>

#include "app/inputs.h"
#include "app/preview.h"
#include "app/source_video.h"
#include "media/audio_file.h"
#include "media/video_writer.h"

namespace ditto {

GeneratedVideo generate_video(const GenerateRequest& request, Engines& engines, Progress& progress,
                              std::stop_token stop) {
    const auto began = std::chrono::steady_clock::now();
    // Before any work: a mistake in the name must not cost an hour.
    check_video_name(request.output, std::array{request.photo, request.audio});

    progress.stage(Stage::prepare, 0);
    std::optional<SourceVideo> source;
    Image photo;
    if (is_video(request.photo)) {
        source.emplace(request.photo, request.max_size);
    } else {
        photo = load_face_photo(request.photo, request.max_size, progress);
    }
    throw_if_stopped(stop);
    const media::AudioInfo voice = media::check_voice(request.audio, {}, stop);
    throw_if_stopped(stop);
    const EngineChoice choice =
        engines.choose({request.engine, request.checkpoints, request.controls.threads, request.dump,
                        request.dump_frames, request.precision,
                        [&](const Notice& notice) { progress.notice(notice); }});
    const Engine& engine = *choice.engine;
    progress.notice(choice.notice);
    if (choice.fallback) progress.notice(*choice.fallback);
    if (request.precision == Precision::fast && engine.name() == "mesh") {
        progress.notice({NoticeCode::precision_same, {{"why", "engine_mesh"}}});
    }

    const auto avatar = source ? engine.register_video([&] { return source->next(); },
                                                       request.controls, progress, stop)
                               : engine.register_photo(photo, request.controls, progress, stop);
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
