#include "jobs/app_presenter.h"

#include "app/present.h"

namespace ditto::jobs {
namespace {

class RenderedSlides final : public SlideMaker {
  public:
    RenderedSlides(Engines& engines, const PresentationLook& look, Progress& progress,
                   const std::stop_token& stop)
        : renderer_(engines, look, progress, stop) {}

    double make(const std::filesystem::path& picture, const std::filesystem::path& audio,
                const std::filesystem::path& segment, const std::filesystem::path& preview,
                Progress& progress, const std::stop_token& stop) override {
        return renderer_.render({picture, audio}, segment, preview, progress, stop);
    }

  private:
    SlideRenderer renderer_;
};

}  // namespace

std::unique_ptr<SlideMaker> AppPresenter::begin(const JobRequest& request, Progress& progress,
                                                const std::stop_token& stop) {
    PresentationLook look;
    look.photo = request.photo;
    look.engine = request.engine;
    look.checkpoints = checkpoints_;
    look.controls = request.controls;
    look.placement = slides::placement_from_json(request.presentation->placement);
    return std::make_unique<RenderedSlides>(engines_, look, progress, stop);
}

void AppPresenter::speak(const std::string& text, const std::string& voice,
                         const std::filesystem::path& wav, const std::stop_token& stop) {
    speaker_.speak(text, voice, 1, wav, stop);
}

double AppPresenter::join(const std::vector<MadeSlide>& slides, const std::filesystem::path& video,
                          bool subtitles, Progress& progress, const std::stop_token& stop) {
    std::vector<SlidePart> parts;
    for (const MadeSlide& slide : slides)
        parts.push_back({slide.segment, slide.audio, slide.title, slide.script});
    return join_slides(parts, video, subtitles, progress, stop).duration_s;
}

}  // namespace ditto::jobs
