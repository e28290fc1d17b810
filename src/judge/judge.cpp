#include "judge/judge.h"

#include <cmath>
#include <utility>
#include <vector>

#include "base/error.h"
#include "judge/contact_sheet.h"
#include "judge/container.h"
#include "judge/measures.h"
#include "judge/theval.h"
#include "media/image_file.h"
#include "media/video_reader.h"

namespace ditto::judge {
namespace {

/// What one pass over the frames leaves.
struct Seen {
    media::VideoInfo info;
    std::vector<double> times_s;
    FaceTrack track;
    ThevalWatch theval = {};
};

Seen watch(const JudgeRequest& request, const face::FaceModels& models, PictureWatch& picture,
           const std::stop_token& stop) {
    media::VideoFile file(request.video);
    const media::VideoInfo info = file.info();
    if (!(info.fps > 0) || !std::isfinite(info.fps)) {
        throw Error(ErrorCode::video_unreadable, {{"path", request.video.string()}}, "no rate");
    }
    Seen seen{info, {}, FaceTrack(info.fps)};
    FaceTracker tracker(models);
    while (const auto frame = file.read()) {
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        const auto mesh = tracker.next(frame->image);
        seen.times_s.push_back(frame->time_s);
        seen.track.add(mesh, models.canonical);
        seen.theval.add(mesh);
        picture.add(frame->image, mesh);
    }
    if (seen.times_s.empty()) {
        throw Error(ErrorCode::video_unreadable, {{"path", request.video.string()}}, "no frames");
    }
    seen.track.finish();
    return seen;
}

void add_container_measures(Report& report, const JudgeRequest& request, const Seen& seen) {
    constexpr double any = Measure::no_limit;
    const double frame_s = 1 / seen.info.fps;
    report.measures.push_back({"fps", seen.info.fps, -any, any, ""});
    report.measures.push_back({"frames", static_cast<double>(seen.times_s.size()), -any, any, ""});
    Measure ends{"av_end_difference_s", {}, -frame_s, frame_s, "the video has no sound"};
    if (seen.info.sound) {
        ends.value = seen.info.picture.end_s() - seen.info.sound->end_s();
        ends.note = "the picture ends later than the sound";
    }
    report.measures.push_back(std::move(ends));
    constexpr double clock_s = .001;
    report.measures.push_back({"frame_time_error_s",
                               frame_time_error_s(seen.times_s, seen.info.fps), -any, clock_s,
                               "against a constant rate"});
    report.measures.push_back({"faststart", is_faststart(request.video) ? 1. : 0., 1, any,
                               "the index stands before the media"});
}

}  // namespace

JudgeModels JudgeModels::load(const std::shared_ptr<const nn::Runtime>& runtime,
                              const std::filesystem::path& folder) {
    return {face::FaceModels::load(runtime, folder),
            std::make_shared<nn::Session>(runtime, folder / "articulation.onnx")};
}

Judgement judge_video(const JudgeRequest& request, const JudgeModels& models,
                      std::stop_token stop) {
    std::vector<Phone> table;
    if (request.phones) table = load_phones(*request.phones);
    std::optional<Image> photo;
    if (request.photo) photo = media::load_photo(*request.photo).image;
    PictureWatch picture(*models.face, photo);
    const Seen seen = watch(request, *models.face, picture, stop);
    Sound sound({}, 0, table);
    if (seen.info.sound) {
        // What a table says need not be heard.
        const Voice::Network network = table.empty() ? models.articulation : nullptr;
        sound = Sound(Voice::listen(request.video, network),
                      seen.info.sound->start_s - seen.info.picture.start_s, table);
    }

    Judgement judgement;
    Report& report = judgement.report;
    add_container_measures(report, request, seen);
    const double face_share =
        static_cast<double>(seen.track.frames_with_face()) / static_cast<double>(seen.track.size());
    constexpr double always = .98;
    report.measures.push_back(
        {"face_share", face_share, always, Measure::no_limit, "of the frames show a face"});
    if (request.signals) judgement.signals = to_table(seen.track, -sound.start_s);
    if (seen.track.frames_with_face() == 0) return judgement;
    add_lip_measures(report, seen.track, sound);
    add_head_measures(report, seen.track);
    add_picture_measures(report, picture);
    add_theval_measures(report, seen.theval, seen.track, sound);
    if (request.sheet) {
        judgement.sheet = contact_sheet(request.video, seen.track, sound.phones,
                                        *report["lip_contact_gap_d"].value);
    }
    return judgement;
}

}  // namespace ditto::judge
