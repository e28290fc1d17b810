#include "app/present.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "app/inputs.h"
#include "app/installed_files.h"
#include "app/preview.h"
#include "base/error.h"
#include "face/person_mask.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/video_join.h"
#include "media/video_writer.h"
#include "nn/runtime.h"
#include "slides/layout.h"
#include "slides/scene.h"
#include "slides/subtitles.h"

namespace ditto {
namespace {

/// In bytes; players show no more of a chapter's title.
constexpr std::size_t longest_title = 200;

/// A voice, or none, and then silence up to a length.
class PaddedVoice final : public AudioSource {
  public:
    PaddedVoice(AudioSource* voice, std::int64_t samples) : voice_(voice), left_(samples) {}

    std::size_t read(std::span<float> samples) override {
        const auto most =
            static_cast<std::size_t>(std::min(left_, static_cast<std::int64_t>(samples.size())));
        const std::span<float> wanted = samples.first(most);
        const std::size_t heard = voice_ == nullptr ? 0 : voice_->read(wanted);
        if (heard < most) voice_ = nullptr;
        std::fill(wanted.begin() + static_cast<std::ptrdiff_t>(heard), wanted.end(), 0.F);
        left_ -= static_cast<std::int64_t>(most);
        return most;
    }

  private:
    AudioSource* voice_;
    std::int64_t left_;
};

Image load_slide(const std::filesystem::path& path) {
    media::PhotoLimits limits;
    limits.backdrop = {255, 255, 255};
    try {
        return std::move(media::load_photo(path, limits).image);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::photo) throw;
        throw Error(ErrorCode::slide_picture, {{"path", path.string()}}, error.what());
    }
}

/// How much smaller the photo can be, so that engines draw few pixels more than are seen; 1 where
/// that saves little.
double scale_for(const PresentationLook& look, const Avatar& avatar) {
    constexpr double spare = 1.2;
    constexpr double worth_it = .85;
    constexpr double smallest_side = 640;
    const Rect photo = avatar.photo().bounds();
    const Rect video{0, 0, look.width, look.height};
    const slides::Layout layout =
        slides::lay_out(look.placement, video, video, photo, avatar.face_box());
    const double needed = spare * layout.presenter.width / layout.photo.width;
    const double least = smallest_side / std::min(photo.width, photo.height);
    const double scale = std::max(needed, least);
    return scale < worth_it ? scale : 1;
}

Image scaled(const Image& photo, double scale) {
    return resized(photo, static_cast<int>(std::lround(photo.width() * scale)),
                   static_cast<int>(std::lround(photo.height() * scale)));
}

/// Whether most of the face belongs to the person of the mask.
bool shows(const Image& person, const Rect& face) {
    constexpr double most = .7 * 255;
    double sum = 0;
    for (int y = face.y; y < face.y + face.height; ++y) {
        for (int x = face.x; x < face.x + face.width; ++x)
            sum += *person.pixel(x, y);
    }
    return sum >= most * face.width * face.height;
}

/// How long a slide shows; a voice is judged too.
double length_of(const SlideTask& task) {
    if (task.audio.empty()) return SlideRenderer::silent_s;
    return media::check_voice(task.audio).duration_s + SlideRenderer::pause_s;
}

/// One line, cut between characters.
std::string chapter_title(const SlidePart& part, std::size_t number) {
    std::string title;
    for (const char c : part.title)
        title += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    if (title.size() > longest_title) {
        std::size_t end = longest_title;
        while (end > 0 && (static_cast<unsigned char>(title[end]) & 0xC0U) == 0x80)
            --end;
        title.resize(end);
    }
    const bool blank = title.find_first_not_of(' ') == std::string::npos;
    return blank ? std::to_string(number) : title;
}

std::vector<slides::Cue> cues_of(const SlidePart& part, const Chapter& chapter,
                                 const std::stop_token& stop) {
    if (part.audio.empty() || part.script.empty()) return {};
    auto cues = slides::time_pieces(slides::split_script(part.script),
                                    slides::find_speech(part.audio, stop));
    for (slides::Cue& cue : cues) {
        cue.start_s = std::min(cue.start_s + chapter.start_s, chapter.end_s);
        cue.end_s = std::min(cue.end_s + chapter.start_s, chapter.end_s);
    }
    return cues;
}

}  // namespace

struct SlideRenderer::State {
    PresentationLook look;
    std::shared_ptr<const Engine> engine;
    std::shared_ptr<const Avatar> avatar;
    std::optional<slides::CutOut> cut;
};

SlideRenderer::SlideRenderer(Engines& engines, PresentationLook look, Progress& progress,
                             std::stop_token stop)
    : state_(std::make_unique<State>()) {
    State& state = *state_;
    state.look = std::move(look);
    progress.stage(Stage::prepare, 0);
    if (state.look.placement.mode == slides::Placement::Mode::hidden) return;
    const Image photo = load_face_photo(state.look.photo, 0, progress);
    throw_if_stopped(stop);
    EngineRequest wanted{state.look.engine, state.look.checkpoints, state.look.controls.threads};
    wanted.tell = [&](const Notice& notice) { progress.notice(notice); };
    const EngineChoice choice = engines.choose(wanted);
    state.engine = choice.engine;
    progress.notice(choice.notice);
    if (choice.fallback) progress.notice(*choice.fallback);
    state.avatar = state.engine->register_photo(photo, state.look.controls, progress, stop);
    throw_if_stopped(stop);

    // Once more as it will be shown, now that it is known where the face lies.
    const bool removed = state.look.placement.background == slides::Placement::Background::removed;
    const double scale = scale_for(state.look, *state.avatar);
    if (!removed && scale == 1) return;
    Image shown = scale == 1 ? photo : scaled(photo, scale);
    if (removed) {
        const face::PersonMask mask(nn::Runtime::open(), find_models_folder() / "person_mask.onnx");
        const Image person = mask(shown);
        const auto place = [&](int px) { return static_cast<int>(px * scale); };
        const Rect face = state.avatar->face_box();
        if (shows(person, {place(face.x), place(face.y), place(face.width), place(face.height)})) {
            state.cut = slides::cut_out(shown, person);
            shown = state.cut->photo;
        } else {
            state.look.placement.background = slides::Placement::Background::kept;
            progress.notice({NoticeCode::background_kept});
        }
        throw_if_stopped(stop);
    }
    NoProgress known;
    state.avatar = state.engine->register_photo(shown, state.look.controls, known, stop);
}

SlideRenderer::~SlideRenderer() = default;

std::string SlideRenderer::engine_name() const {
    return state_->engine ? std::string(state_->engine->name()) : "none";
}

double SlideRenderer::render(const SlideTask& task, const std::filesystem::path& segment,
                             const std::filesystem::path& preview, Progress& progress,
                             std::stop_token stop) {
    const State& state = *state_;
    const double fps = state.look.controls.fps;
    const double length_s = length_of(task);
    throw_if_stopped(stop);
    const auto frames = static_cast<std::int64_t>(std::ceil(length_s * fps));
    progress.stage(Stage::render, frames);
    slides::Scene scene(load_slide(task.picture), state.avatar.get(),
                        state.cut ? &*state.cut : nullptr, state.look.placement,
                        {0, 0, state.look.width, state.look.height});
    media::VideoWriter video(scene.picture(), segment, {fps, {}});
    std::optional<PreviewTap> watched;
    if (!preview.empty()) watched.emplace(video, scene.picture(), preview);
    FrameSink& sink = watched ? static_cast<FrameSink&>(*watched) : video;
    if (state.engine) {
        std::optional<media::AudioFile> recording;
        if (!task.audio.empty()) recording.emplace(task.audio);
        PaddedVoice voice(recording ? &*recording : nullptr,
                          std::llround(length_s * voice_rate_hz));
        slides::SceneSink composed(scene, sink);
        state.engine->animate(*state.avatar, state.look.controls, voice, composed, progress, stop);
    } else {
        for (std::int64_t i = 0; i < frames; ++i) {
            throw_if_stopped(stop);
            sink.write({i, {}, 0, 0});
            progress.advance(i + 1);
        }
    }
    throw_if_stopped(stop);
    video.finish();
    return static_cast<double>(video.frames_written()) / fps;
}

JoinedVideo join_slides(const std::vector<SlidePart>& parts, const std::filesystem::path& output,
                        bool subtitles, Progress& progress, std::stop_token stop) {
    check_video_name(output, {});
    progress.stage(Stage::finish, 0);
    std::vector<media::JoinPart> joined;
    for (const SlidePart& part : parts) {
        joined.push_back({part.segment, {}, chapter_title(part, joined.size() + 1)});
        if (!part.audio.empty()) joined.back().voice = part.audio;
    }
    JoinedVideo video;
    std::vector<slides::Cue> cues;
    const std::vector<double> lengths = media::part_lengths(joined, stop);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const double start = video.duration_s;
        video.duration_s += lengths[i];
        video.chapters.push_back({joined[i].title, start, video.duration_s});
        if (!subtitles) continue;
        for (slides::Cue& cue : cues_of(parts[i], video.chapters.back(), stop))
            cues.push_back(std::move(cue));
    }
    std::vector<media::TextFile> texts;
    if (!cues.empty()) {
        const auto beside = [&](const char* ending) {
            return std::filesystem::path(output).replace_extension(ending);
        };
        texts.push_back({beside(".srt"), slides::to_srt(cues)});
        texts.push_back({beside(".vtt"), slides::to_vtt(cues)});
    }
    media::join_videos(joined, output, texts, stop);
    return video;
}

}  // namespace ditto
