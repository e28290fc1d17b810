#include "cli/progress_output.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/display_width.h"
#include "cli/json_line.h"
#include "cli/render_speed.h"

namespace ditto::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view erase_line = "\r\x1b[K";

double seconds_since(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

int terminal_columns() {
    winsize size{};
    const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : 80;
}

std::string time_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%d:%02d", static_cast<int>(whole / 60),
                  static_cast<int>(whole % 60));
    return text.data();
}

std::string bar_text(std::int64_t done, std::int64_t total, int width) {
    const auto filled = static_cast<int>(done * width / total);
    std::string text;
    for (int i = 0; i < width; ++i)
        text += i < filled ? "█" : "░";
    return text;
}

}  // namespace

std::unique_ptr<Progress> make_progress(const Console& console, double fps) {
    if (console.quiet) return std::make_unique<NoProgress>();
    switch (console.progress) {
        case ProgressMode::bar:
            return std::make_unique<ProgressBar>(std::cerr, console.language, fps,
                                                 terminal_columns());
        case ProgressMode::json:
            return std::make_unique<JsonProgress>(std::cerr, console.language, fps);
        case ProgressMode::none:
            break;
    }
    return std::make_unique<NoticeLines>(std::cerr, console.language);
}

ProgressBar::ProgressBar(std::ostream& out, Language language, double fps, int columns)
    : out_(out), language_(language), fps_(fps), columns_(columns) {}

ProgressBar::~ProgressBar() {
    out_ << erase_line << std::flush;
}

void ProgressBar::stage(Stage stage, std::int64_t total) {
    stage_ = stage;
    total_ = total;
    stage_began_ = Clock::now();
    draw(0);
}

void ProgressBar::advance(std::int64_t done) {
    if (seconds_since(drawn_) >= 0.1 || done == total_) draw(done);
}

void ProgressBar::notice(const Notice& notice) {
    out_ << erase_line << user_message(notice, language_) << '\n' << std::flush;
}

void ProgressBar::draw(std::int64_t done) {
    drawn_ = Clock::now();
    out_ << erase_line << line(done) << std::flush;
}

std::string ProgressBar::line(std::int64_t done) const {
    const std::string name(stage_text(stage_, language_));
    if (total_ <= 0) return name + " …";
    const RenderSpeed speed = render_speed(done, total_, fps_, seconds_since(stage_began_));
    const bool english = language_ == Language::english;
    std::array<char, 160> figures{};
    std::snprintf(figures.data(), figures.size(),
                  english ? " %3d %% %lld/%lld frames, %.0f/s, %.1fx real time, %s left"
                          : " %3d %% %lld/%lld 影格,每秒 %.0f,即時的 %.1f 倍,剩餘 %s",
                  static_cast<int>(100 * done / total_), static_cast<long long>(done),
                  static_cast<long long>(total_), speed.frames_per_s, speed.times_real_time,
                  time_text(speed.left_s).c_str());
    const int room = columns_ - 2 - display_width(name) - display_width(figures.data());
    std::string bar;
    if (room >= 8) bar = " " + bar_text(done, total_, std::min(room - 1, 40));
    // A line that wraps could not be drawn over.
    return std::string(clipped(name + bar + figures.data(), columns_ - 1));
}

JsonProgress::JsonProgress(std::ostream& out, Language language, double fps)
    : out_(out), language_(language), fps_(fps) {}

void JsonProgress::stage(Stage stage, std::int64_t total) {
    stage_ = stage;
    total_ = total;
    stage_began_ = Clock::now();
    JsonLine line("stage");
    line.add("stage", stage_name(stage));
    line.add("total", total);
    line.add("message", stage_text(stage, language_));
    out_ << line.text() << std::flush;
}

void JsonProgress::advance(std::int64_t done) {
    if (seconds_since(reported_) < 0.5 && done != total_) return;
    reported_ = Clock::now();
    const RenderSpeed speed = render_speed(done, total_, fps_, seconds_since(stage_began_));
    JsonLine line("progress");
    line.add("stage", stage_name(stage_));
    line.add("done", done);
    line.add("total", total_);
    line.add("frames_per_s", speed.frames_per_s);
    line.add("times_real_time", speed.times_real_time);
    line.add("left_s", speed.left_s);
    out_ << line.text() << std::flush;
}

void JsonProgress::notice(const Notice& notice) {
    JsonLine line("notice");
    line.add("code", code_name(notice.code));
    line.add("message", user_message(notice, language_));
    line.add("values", notice.values);
    out_ << line.text() << std::flush;
}

void NoticeLines::notice(const Notice& notice) {
    out_ << user_message(notice, language_) << '\n' << std::flush;
}

}  // namespace ditto::cli
