#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>

#include "base/progress.h"
#include "cli/console.h"

namespace ditto::cli {

/// Progress as `console` wants it, on stderr. `fps` is the video's, for the speed.
std::unique_ptr<Progress> make_progress(const Console& console, double fps);

/// One line that is drawn over and over: stage, bar, frames, speed and time left. Notices stand
/// above it. The line is removed when the object goes.
class ProgressBar final : public Progress {
  public:
    /// `columns` is the terminal's width.
    ProgressBar(std::ostream& out, Language language, double fps, int columns);
    ~ProgressBar() override;

    void stage(Stage stage, std::int64_t total) override;
    void advance(std::int64_t done) override;
    void notice(const Notice& notice) override;

  private:
    void draw(std::int64_t done);
    std::string line(std::int64_t done) const;

    std::ostream& out_;
    Language language_;
    double fps_;
    int columns_;
    Stage stage_ = Stage::prepare;
    std::int64_t total_ = 0;
    std::chrono::steady_clock::time_point stage_began_;
    std::chrono::steady_clock::time_point drawn_;
};

/// One line of JSON for each event; docs/command-line.md says what it holds. Frames are reported at
/// most twice a second, and when a stage's last one is done.
class JsonProgress final : public Progress {
  public:
    JsonProgress(std::ostream& out, Language language, double fps);

    void stage(Stage stage, std::int64_t total) override;
    void advance(std::int64_t done) override;
    void notice(const Notice& notice) override;

  private:
    std::ostream& out_;
    Language language_;
    double fps_;
    Stage stage_ = Stage::prepare;
    std::int64_t total_ = 0;
    std::chrono::steady_clock::time_point stage_began_;
    std::chrono::steady_clock::time_point reported_;
};

/// Notices only, each a line.
class NoticeLines final : public Progress {
  public:
    NoticeLines(std::ostream& out, Language language) : out_(out), language_(language) {}

    void stage(Stage, std::int64_t) override {}
    void advance(std::int64_t) override {}
    void notice(const Notice& notice) override;

  private:
    std::ostream& out_;
    Language language_;
};

}  // namespace ditto::cli
