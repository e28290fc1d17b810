#include "setup/download_view.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <utility>

#include <nlohmann/json.hpp>

#include "checkpoints/manifest.h"

namespace ditto::setup {
namespace {

std::string decimal(double value, int places) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

std::string clock_text(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds);
    std::array<char, 40> text{};
    if (whole >= 3600) {
        std::snprintf(text.data(), text.size(), "%d:%02d:%02d", static_cast<int>(whole / 3600),
                      static_cast<int>(whole / 60 % 60), static_cast<int>(whole % 60));
    } else {
        std::snprintf(text.data(), text.size(), "%d:%02d", static_cast<int>(whole / 60),
                      static_cast<int>(whole % 60));
    }
    return text.data();
}

double seconds_left(const hub::DownloadProgress& progress) {
    const auto left = static_cast<double>(progress.total_bytes - progress.done_bytes);
    return progress.bytes_per_second > 0 ? left / progress.bytes_per_second : -1;
}

}  // namespace

std::string progress_line(const hub::DownloadProgress& progress, Language language) {
    constexpr int width = 24;
    const double share = progress.total_bytes > 0 ? static_cast<double>(progress.done_bytes) /
                                                        static_cast<double>(progress.total_bytes)
                                                  : 1;
    const int full = std::clamp(static_cast<int>(share * width), 0, width);
    const bool english = language == Language::english;
    std::string line = "[" + std::string(static_cast<std::size_t>(full), '#') +
                       std::string(static_cast<std::size_t>(width - full), ' ') + "] " +
                       decimal(100 * share, 0) + "%  " + size_text(progress.done_bytes) + " / " +
                       size_text(progress.total_bytes) + "  " +
                       size_text(static_cast<std::int64_t>(progress.bytes_per_second)) + "/s  ";
    const double left = seconds_left(progress);
    if (left >= 0) {
        line += english ? clock_text(left) + " left  " : "剩餘 " + clock_text(left) + "  ";
    }
    return line + std::to_string(progress.files_done) + "/" + std::to_string(progress.files);
}

DownloadView::DownloadView(std::ostream& out, ViewMode mode, Language language,
                           std::filesystem::path folder, std::string command)
    : out_(out),
      mode_(mode),
      language_(language),
      folder_(std::move(folder)),
      command_(std::move(command)) {}

DownloadView::~DownloadView() {
    clear_bar();
}

void DownloadView::clear_bar() {
    if (drawn_ == 0) return;
    out_ << '\r' << std::string(drawn_, ' ') << '\r' << std::flush;
    drawn_ = 0;
}

void DownloadView::say(const Finding& finding) {
    section_.findings.push_back(finding);
    if (mode_ == ViewMode::json) return;
    clear_bar();
    out_ << line_of(finding, language_) << std::flush;
}

void DownloadView::event(const char* name, const MessageValues& values) {
    if (mode_ != ViewMode::json) return;
    nlohmann::ordered_json line = {{"event", name}};
    for (const auto& [key, value] : values)
        line[key] = value;
    out_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

void DownloadView::waits_for_other() {
    event("waiting", {{"path", folder_.string()}});
    say({Level::note, Say::waiting_for_other, {{"path", folder_.string()}}, {}});
}

void DownloadView::plan(const hub::DownloadPlan& plan) {
    const auto manifest = checkpoints::Manifest::built_in();
    for (const auto& entry : plan.entries) {
        const auto* file = manifest.find(entry.name);
        const MessageValues values{{"name", entry.name},
                                   {"size", (entry.exact ? "" : "~") + size_text(entry.bytes)},
                                   {"licence", file != nullptr ? file->licence : ""}};
        say({Level::note, entry.present ? Say::plan_present : Say::plan_file, values, {}});
        if (file != nullptr && !file->free_to_use_commercially()) {
            say({Level::note, Say::licence_note, values, {}});
        }
    }
    const MessageValues values{{"count", std::to_string(plan.entries.size())},
                               {"total", size_text(plan.total_bytes)},
                               {"missing", size_text(plan.missing_bytes)},
                               {"free", size_text(plan.free_bytes)}};
    event("plan", values);
    say({Level::note, Say::plan_summary, values, {}});
}

void DownloadView::progress(const hub::DownloadProgress& progress) {
    const auto now = std::chrono::steady_clock::now();
    const auto pause = mode_ == ViewMode::bar    ? std::chrono::milliseconds(200)
                       : mode_ == ViewMode::json ? std::chrono::milliseconds(1000)
                                                 : std::chrono::milliseconds(5000);
    if (now - told_ < pause) return;
    told_ = now;
    if (mode_ == ViewMode::json) {
        event("progress", {{"done_bytes", std::to_string(progress.done_bytes)},
                           {"total_bytes", std::to_string(progress.total_bytes)},
                           {"bytes_per_second", decimal(progress.bytes_per_second, 0)},
                           {"seconds_left", decimal(seconds_left(progress), 0)}});
        return;
    }
    clear_bar();
    const std::string line = progress_line(progress, language_);
    out_ << line;
    if (mode_ == ViewMode::bar) {
        drawn_ = line.size();
    } else {
        out_ << '\n';
    }
    out_ << std::flush;
}

void DownloadView::retries(const std::string& name, const std::string& problem,
                           std::chrono::milliseconds wait) {
    const MessageValues values{
        {"name", name},
        {"problem", problem},
        {"seconds", decimal(std::chrono::duration<double>(wait).count(), 1)}};
    event("retry", values);
    // A broken line that goes on at once is nothing to read about.
    if (wait.count() > 0) say({Level::note, Say::retrying, values, {}});
}

void DownloadView::finished(const std::string& name, hub::CheckedAgainst checked) {
    event("finished", {{"name", name}, {"checked_against", std::string(name_of(checked))}});
    const bool verified = checked != hub::CheckedAgainst::nothing;
    say({verified ? Level::good : Level::note,
         verified ? Say::file_done : Say::file_unverified,
         {{"name", name}},
         {}});
}

void DownloadView::failed(const std::string& name, const Error& error) {
    const std::string why = user_message(error, language_);
    event("failed", {{"name", name}, {"code", std::string(code_name(error.code()))}, {"why", why}});
    const bool refused = error.code() == ErrorCode::download_refused;
    say({Level::bad,
         Say::file_failed,
         {{"name", name}, {"why", why}},
         (refused ? "HF_TOKEN=hf_... " : "") + command_});
}

}  // namespace ditto::setup
