#pragma once

#include "app/engines.h"
#include "jobs/presenter.h"
#include "speech/speaker.h"

namespace ditto::jobs {

/// Makes presentations as the command `present` does.
class AppPresenter final : public Presenter {
  public:
    /// Both must outlive this. `checkpoints`: the folder of Ditto's official checkpoints.
    AppPresenter(Engines& engines, const speech::Speaker& speaker,
                 std::filesystem::path checkpoints)
        : engines_(engines), speaker_(speaker), checkpoints_(std::move(checkpoints)) {}

    std::unique_ptr<SlideMaker> begin(const JobRequest& request, Progress& progress,
                                      const std::stop_token& stop) override;
    void speak(const std::string& text, const std::string& voice, const std::filesystem::path& wav,
               const std::stop_token& stop) override;
    double join(const std::vector<MadeSlide>& slides, const std::filesystem::path& video,
                bool subtitles, Progress& progress, const std::stop_token& stop) override;

  private:
    Engines& engines_;
    const speech::Speaker& speaker_;
    const std::filesystem::path checkpoints_;
};

}  // namespace ditto::jobs
