#pragma once

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "jobs/presenter.h"

namespace ditto::jobs {

/// Writes what it is asked for as words instead of pictures. A slide has four frames and lasts a
/// second.
class PresenterDouble final : public Presenter {
  public:
    /// Called with the picture's name before each frame; may throw.
    std::function<void(const std::string&, int)> before_frame = [](const std::string&, int) {};
    /// Called when a photo is registered; may throw.
    std::function<void()> on_begin = [] {};
    /// Called when slides are joined; may throw.
    std::function<void()> on_join = [] {};
    /// The pictures of slides that were begun, in order.
    std::vector<std::string> begun() const {
        const std::lock_guard lock(mutex_);
        return begun_;
    }

    std::unique_ptr<SlideMaker> begin(const JobRequest&, Progress& progress,
                                      const std::stop_token&) override {
        for (const Stage stage : {Stage::prepare, Stage::find_face, Stage::register_avatar})
            progress.stage(stage, 0);
        progress.notice({NoticeCode::engine_chosen, {{"engine", "double"}, {"why", "as_asked"}}});
        on_begin();
        return std::make_unique<Maker>(*this);
    }

    void speak(const std::string& text, const std::string& voice, const std::filesystem::path& wav,
               const std::stop_token&) override {
        if (voice != "v1") throw Error(ErrorCode::voice_unknown, {{"voice", voice}});
        spoken_ += text + "|";
        std::filesystem::copy_file(sound, wav, std::filesystem::copy_options::overwrite_existing);
    }
    std::string spoken() const { return spoken_; }
    /// What every voice sounds like.
    std::filesystem::path sound;

    double join(const std::vector<MadeSlide>& slides, const std::filesystem::path& video,
                bool subtitles, Progress& progress, const std::stop_token&) override {
        progress.stage(Stage::finish, 0);
        on_join();
        std::string words;
        for (const MadeSlide& slide : slides) {
            std::string word;
            std::ifstream(slide.segment) >> word;
            words += word + (slide.audio.empty() ? " silent " : " voiced ");
        }
        if (subtitles) {
            std::ofstream(std::filesystem::path(video).replace_extension(".srt")) << "1\n";
            std::ofstream(std::filesystem::path(video).replace_extension(".vtt")) << "WEBVTT\n";
        }
        std::ofstream(video) << words;
        return static_cast<double>(slides.size());
    }

  private:
    class Maker final : public SlideMaker {
      public:
        explicit Maker(PresenterDouble& owner) : owner_(owner) {}
        double make(const std::filesystem::path& picture, const std::filesystem::path&,
                    const std::filesystem::path& segment, const std::filesystem::path& preview,
                    Progress& progress, const std::stop_token& stop) override {
            const std::string name = picture.stem().string();
            {
                const std::lock_guard lock(owner_.mutex_);
                owner_.begun_.push_back(name);
            }
            progress.stage(Stage::render, 4);
            for (int frame = 0; frame < 4; ++frame) {
                owner_.before_frame(name, frame);
                if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
                if (!preview.empty()) std::ofstream(preview) << name;
                progress.advance(frame + 1);
            }
            std::ofstream(segment) << name;
            return 1;
        }

      private:
        PresenterDouble& owner_;
    };

    mutable std::mutex mutex_;
    std::vector<std::string> begun_;
    std::string spoken_;
};

}  // namespace ditto::jobs
