#include "jobs/presentation_work.h"

#include <system_error>

#include "app/present.h"
#include "app/slides_progress.h"
#include "base/error.h"
#include "jobs/failure.h"
#include "media/audio_file.h"

namespace ditto::jobs {
namespace {

std::string name_of(int number) {
    return "slide_" + std::to_string(number);
}

std::filesystem::path segment_in(const std::filesystem::path& folder, int number) {
    return folder / (name_of(number) + ".mp4");
}

/// What befalls this slide will befall the next one too.
bool befalls_all(const Error& error) {
    switch (error.code()) {
        case ErrorCode::cancelled:
        case ErrorCode::disk_full:
        case ErrorCode::folder_unwritable:
        case ErrorCode::output_full:
        case ErrorCode::output_folder:
        case ErrorCode::output_encoder:
            return true;
        default:
            return error.kind() == ErrorKind::model;
    }
}

/// How long it takes to say this, roughly: four Chinese characters a second, or fourteen letters.
double spoken_s(const std::string& script) {
    double seconds = 0;
    for (const char byte : script) {
        const auto value = static_cast<unsigned char>(byte);
        // A character above U+07FF begins with such a byte; those after it do not count.
        if (value >= 0xe0) seconds += 1. / 4;
        if (value < 0x80) seconds += 1. / 14;
    }
    return seconds;
}

double length_of(const SlideRequest& slide, std::map<std::filesystem::path, double>& lengths) {
    if (slide.audio.empty() && slide.voice.empty()) return SlideRenderer::silent_s;
    if (slide.audio.empty()) return spoken_s(slide.script) + SlideRenderer::pause_s;
    const auto known = lengths.find(slide.audio);
    if (known != lengths.end()) return known->second;
    double length_s = 0;
    try {
        length_s = media::probe_audio(slide.audio).duration_s + SlideRenderer::pause_s;
    } catch (const Error&) {
        // The slide will fail and say so itself.
        length_s = 0;
    }
    return lengths[slide.audio] = length_s;
}

}  // namespace

double PresentationWork::make(const Job& job, const std::filesystem::path& video,
                              const std::filesystem::path& preview, Progress& progress,
                              const std::stop_token& stop) {
    std::error_code error;
    std::filesystem::create_directories(folder_of(job.id), error);
    if (error) throw Error(ErrorCode::folder_unwritable, {{"path", folder_.string()}});
    take_up(job.id);
    make_waiting(job, preview, progress, stop);
    std::vector<MadeSlide> made;
    std::string failed;
    for (const Slide& slide : slides_.of(job.id)) {
        const SlideRequest& wanted = slide.request;
        if (slide.state != JobState::completed) {
            failed += (failed.empty() ? "" : ", ") + std::to_string(wanted.number);
        }
        made.push_back({segment_in(folder_of(job.id), wanted.number), voice_of(job.id, wanted),
                        wanted.title, wanted.script});
    }
    if (!failed.empty()) throw Error(ErrorCode::slides_failed, {{"slides", failed}});
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
    return presenter_.join(made, video, job.request.presentation->subtitles, progress, stop);
}

void PresentationWork::remove(const std::string& job) const {
    std::error_code ignored;
    std::filesystem::remove_all(folder_of(job), ignored);
}

void PresentationWork::remove_leftovers(JobStore& jobs) const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
        const std::string id = entry.path().filename().string();
        const auto job = jobs.find(id);
        const bool needed =
            job && job->state != JobState::completed && job->state != JobState::cancelled;
        if (!needed) remove(id);
    }
}

void PresentationWork::take_up(const std::string& job) const {
    std::error_code ignored;
    // Files that a killed program had begun are hidden.
    for (const auto& entry : std::filesystem::directory_iterator(folder_of(job), ignored)) {
        if (entry.path().filename().string().starts_with('.')) {
            std::filesystem::remove_all(entry.path(), ignored);
        }
    }
    for (const Slide& slide : slides_.of(job)) {
        const int number = slide.request.number;
        const bool lost =
            slide.state == JobState::completed &&
            !std::filesystem::is_regular_file(segment_in(folder_of(job), number), ignored);
        if (lost || slide.state == JobState::running) slides_.put_back(job, number);
    }
}

void PresentationWork::make_waiting(const Job& job, const std::filesystem::path& preview,
                                    Progress& progress, const std::stop_token& stop) const {
    std::unique_ptr<SlideMaker> maker;
    SlidesProgress slides_progress(progress, job.request.controls.fps);
    Lengths lengths;
    while (const auto slide = slides_.take(job.id)) {
        const SlideRequest& wanted = slide->request;
        try {
            if (!maker) maker = presenter_.begin(job.request, slides_progress, stop);
            expect(job.id, wanted, lengths, slides_progress);
            const double length_s = make_slide(job, wanted, *maker, preview, slides_progress, stop);
            slides_.complete(job.id, wanted.number, length_s);
            slides_progress.end_slide(length_s);
            continue;
        } catch (const Error& error) {
            if (!maker || befalls_all(error)) {
                slides_.put_back(job.id, wanted.number);
                throw;
            }
            slides_.fail(job.id, wanted.number, failure_of(error));
        } catch (const std::exception& error) {
            slides_.fail(job.id, wanted.number, failure_of(error));
        }
        slides_progress.end_slide(0);
    }
}

double PresentationWork::make_slide(const Job& job, const SlideRequest& slide, SlideMaker& maker,
                                    const std::filesystem::path& preview, SlidesProgress& progress,
                                    const std::stop_token& stop) const {
    const std::filesystem::path voice = voice_of(job.id, slide);
    if (slide.audio.empty() && !voice.empty()) {
        presenter_.speak(slide.script, slide.voice, voice, stop);
    }
    if (!voice.empty()) media::check_voice(voice, {}, stop);
    return maker.make(slide.picture, voice, segment_in(folder_of(job.id), slide.number), preview,
                      progress, stop);
}

std::filesystem::path PresentationWork::voice_of(const std::string& job,
                                                 const SlideRequest& slide) const {
    if (!slide.audio.empty() || slide.voice.empty()) return slide.audio;
    return folder_of(job) / (name_of(slide.number) + ".wav");
}

void PresentationWork::expect(const std::string& job, const SlideRequest& slide, Lengths& lengths,
                              SlidesProgress& progress) const {
    double after_s = 0;
    for (const Slide& other : slides_.of(job)) {
        if (other.state == JobState::queued) after_s += length_of(other.request, lengths);
    }
    progress.begin_slide(length_of(slide, lengths), after_s);
}

}  // namespace ditto::jobs
