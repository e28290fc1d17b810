#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "hub/downloader.h"
#include "setup/finding.h"

namespace ditto::setup {

enum class ViewMode { bar, lines, json };

/// Shows a download: the plan, then a bar with speed and time left that is drawn over and over,
/// or a line every few seconds where nobody watches, or one line of JSON for each event.
class DownloadView final : public hub::DownloadObserver {
  public:
    /// `command` is what the user types to go on after a failure.
    DownloadView(std::ostream& out, ViewMode mode, Language language, std::filesystem::path folder,
                 std::string command);
    ~DownloadView() override;

    void waits_for_other() override;
    void plan(const hub::DownloadPlan& plan) override;
    void progress(const hub::DownloadProgress& progress) override;
    void retries(const std::string& name, const std::string& problem,
                 std::chrono::milliseconds wait) override;
    void finished(const std::string& name, hub::CheckedAgainst checked) override;
    void failed(const std::string& name, const Error& error) override;

    /// Everything that is worth keeping in the report.
    const Section& section() const { return section_; }

  private:
    void say(const Finding& finding);
    void event(const char* name, const MessageValues& values);
    void clear_bar();

    std::ostream& out_;
    ViewMode mode_;
    Language language_;
    std::filesystem::path folder_;
    std::string command_;
    Section section_{Say::download_title, {}};
    std::size_t drawn_ = 0;
    std::chrono::steady_clock::time_point told_{};
};

/// "[#####     ]  45 %  1.05 of 2.31 GB  85.2 MB/s  0:14 left  3/10".
std::string progress_line(const hub::DownloadProgress& progress, Language language);

}  // namespace ditto::setup
