#include "base/pipeline.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engines/ditto/device_renderer.h"
#include "engines/ditto/ditto_avatar.h"
#include "engines/ditto/ditto_engine.h"
#include "engines/ditto/face_search.h"
#include "engines/ditto/stages.h"

namespace ditto::reenact {
namespace {

int thread_count(int wanted) {
    if (wanted > 0) return wanted;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
}

/// A frame whose keypoints are known.
struct Posed {
    std::int64_t frame;
    std::size_t source;  // which of the avatar's pictures
    StitchedKeypoints keypoints;
};

/// A frame whose face is rendered, 512 x 512.
struct Rendered {
    std::int64_t frame;
    std::size_t source;
    Face face;
};

/// A video is played forwards and backwards, a picture for each motion.
std::size_t source_picture(const DittoAvatar& source, std::int64_t frame, double fps) {
    const double motion = static_cast<double>(frame) * motion_fps / fps;
    return mirror_index(static_cast<std::size_t>(motion + 1e-9), source.size());
}

std::vector<FacePose> poses(std::span<const Posed> frames, const DittoAvatar& source) {
    std::vector<FacePose> result;
    for (const Posed& frame : frames) {
        result.push_back({&source.frame(frame.source).appearance, frame.keypoints.source,
                          frame.keypoints.driving});
    }
    return result;
}

/// The moving part of a photo, or all of a video's picture.
Frame put_back(const PutBack& put_back, const DittoAvatar& source, const Rendered& rendered) {
    const Image& picture = source.picture(rendered.source);
    const Affine& crop_to_photo = source.frame(rendered.source).crop_to_photo;
    const Rect region = put_back.region(crop_to_photo, picture.bounds());
    const Face& face = rendered.face;
    Image patch = face.pixels.empty() ? put_back(picture, face.levels, crop_to_photo, region)
                                      : put_back(picture, face.pixels, crop_to_photo, region);
    if (source.is_photo()) return {rendered.frame, std::move(patch), region.x, region.y};
    Image whole = picture;
    paste(patch, region.x, region.y, whole);
    return {rendered.frame, std::move(whole), 0, 0};
}

void dump_posed(const Dump& dump, const Posed& posed) {
    if (!dump.wants_frame(posed.frame)) return;
    const Shape shape{1, keypoint_count, 3};
    dump.write("x_s", TensorView(std::span<const float>(posed.keypoints.source), shape),
               posed.frame);
    dump.write("x_d", TensorView(std::span<const float>(posed.keypoints.driving), shape),
               posed.frame);
}

void dump_rendered(const Dump& dump, std::int64_t frame, const Tensor& warped, const Face& face) {
    if (!dump.wants_frame(frame)) return;
    dump.write("f_3d", warped.view(), frame);
    if (!face.pixels.empty()) {
        dump.write("render", face.pixels, frame);
        return;
    }
    const FloatImage& levels = face.levels;
    dump.write("render",
               TensorView(std::span<const float>(levels.values), {levels.height, levels.width, 3}),
               frame);
}

void dump_frame(const Dump& dump, const Image& photo, const Frame& frame) {
    if (!dump.wants_frame(frame.index)) return;
    Image whole = photo;
    paste(frame.patch, frame.x, frame.y, whole);
    dump.write("frame", whole, frame.index);
}

}  // namespace

DittoEngine::DittoEngine(std::shared_ptr<const nn::Runtime> runtime,
                         std::shared_ptr<const face::FaceModels> faces,
                         const EngineOptions& options)
    : faces_(std::move(faces)),
      networks_(Networks::load(std::move(runtime), options.files, thread_count(options.threads),
                               options.fast, options.device)),
      config_(options.config),
      dump_(options.dump) {}

std::shared_ptr<const Avatar> DittoEngine::register_photo(const Image& photo,
                                                          const Controls& controls,
                                                          Progress& progress,
                                                          std::stop_token stop) const {
    const Image source = fitted(photo, config_.max_size, controls.reference_behaviour != 0);
    progress.stage(Stage::find_face, 0);
    const CropOptions crop = crop_options(config_, controls);
    const SourceFace face = FaceSearch(*faces_, *networks_, crop)(source, progress);
    const std::string& obstacle = networks_->audio2motion.obstacle();
    if (!obstacle.empty()) progress.notice({NoticeCode::motion_slow, {{"why", obstacle}}});
    throw_if_stopped(stop);
    progress.stage(Stage::register_avatar, 0);
    std::vector<SourceFrame> frames;
    frames.push_back(register_frame(networks_->registrar, source, face, crop, dump_));
    const Rect whole = source.bounds();
    const Rect moving = put_back_.region(frames.front().crop_to_photo, whole);
    if (moving.empty()) throw Error(ErrorCode::face_none);
    const Keypoints canonical = frames.front().motion.canonical;
    return std::make_shared<DittoAvatar>(std::vector{source}, std::move(frames), canonical, moving,
                                         box_around(face.landmarks.points, whole));
}

std::int64_t DittoEngine::animate(const Avatar& avatar, const Controls& controls,
                                  AudioSource& voice, FrameSink& frames, Progress& progress,
                                  std::stop_token stop) const {
    for (const Notice& notice : networks_->notices)
        progress.notice(notice);
    const auto& source = dynamic_cast<const DittoAvatar&>(avatar);
    const ClipOptions clips = clip_options(config_, controls);

    Hearing hearing(networks_->wav2feat, clips, controls, dump_);
    Moving moving(networks_->audio2motion, clips, make_conditions(config_, controls, source),
                  to_vector(conditioned_motion(config_, source)), controls,
                  clips.streaming ? 0 : frames_held(config_, controls), dump_);
    std::int64_t written = 0;

    Pipeline pipeline(std::move(stop));
    auto& heard = pipeline.queue<Speech>(2);
    // Room for the next clip's motion while this one's is rendered; live it would only come late.
    auto& moved = pipeline.queue<Moved>(clips.streaming ? 8 : clip_frames);
    std::optional<DeviceRenderer::Run> device;
    // Intermediate results are looked at here, not on a device.
    if (networks_->renderer && !dump_.wanted()) device.emplace(*networks_->renderer);
    const std::size_t together = device ? networks_->renderer->batch() : 1;
    auto& posed = pipeline.queue<Posed>(2 * together);
    auto& rendered = pipeline.queue<Rendered>(2 * together);

    pipeline.stage([&] {
        hearing.run(voice, [&](Speech speech) { return heard.push(std::move(speech)); });
        heard.close();
    });
    pipeline.stage([&] {
        while (const auto speech = heard.pop()) {
            for (Moved& frame : moving.push(*speech)) {
                if (!moved.push(std::move(frame))) return;
            }
        }
        moved.close();
    });
    pipeline.stage([&] {
        std::optional<MotionStitch> stitch;
        while (const auto frame = moved.pop()) {
            if (!stitch) {
                stitch.emplace(make_stitch_options(config_, controls, source),
                               source.frame(0).motion, frame->origin.value(),
                               make_blinks(config_, controls), std::cref(networks_->stitch));
            }
            const std::size_t picture = source_picture(source, frame->input.frame, controls.fps);
            Posed next{frame->input.frame, picture,
                       (*stitch)(source.frame(picture).motion, frame->input)};
            dump_posed(dump_, next);
            if (!posed.push(std::move(next))) return;
        }
        posed.close();
    });
    pipeline.stage([&] {
        const auto give = [&](const Posed& frame, Face face) {
            return rendered.push({frame.frame, frame.source, std::move(face)});
        };
        for (auto group = posed.pop_some(together); !group.empty();
             group = posed.pop_some(together)) {
            if (device) {
                auto faces = (*device)(poses(group, source));
                for (std::size_t i = 0; i < group.size(); ++i) {
                    if (!give(group[i], std::move(faces[i]))) return;
                }
                continue;
            }
            const Posed& frame = group.front();
            const Tensor warped = networks_->warp(source.frame(frame.source).appearance,
                                                  frame.keypoints.source, frame.keypoints.driving);
            Face face = networks_->decode(warped);
            dump_rendered(dump_, frame.frame, warped, face);
            if (!give(frame, std::move(face))) return;
        }
        rendered.close();
    });
    pipeline.stage([&] {
        while (const auto face = rendered.pop()) {
            Frame frame = put_back(put_back_, source, *face);
            dump_frame(dump_, source.photo(), frame);
            frames.write(std::move(frame));
            progress.advance(++written);
        }
    });
    pipeline.run();
    return written;
}

}  // namespace ditto::reenact
