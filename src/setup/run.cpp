#include "setup/run.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <ostream>

#include "app/converted_checkpoints.h"
#include "base/cache_folder.h"
#include "hub/import.h"
#include "hub/verifier.h"
#include "setup/trial.h"
#include "setup/verdicts.h"

namespace ditto::setup {
namespace {

std::string decimal(double value, int places) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, value);
    return text.data();
}

class Run {
  public:
    Run(const SetupRequest& request, Engines& engines, std::ostream& out, std::ostream& err,
        const std::stop_token& stop)
        : request_(request), engines_(engines), out_(out), err_(err), stop_(stop) {
        diagnosis_.checkpoints = request.checkpoints;
        diagnosis_.port = request.port;
        diagnosis_.language = request.language;
    }

    bool all() {
        const bool nothing_asked = !request_.check_gpu && !request_.check_deps &&
                                   !request_.download_models && !request_.verify && !request_.test;
        if (request_.diagnose || nothing_asked) {
            diagnose();
        } else {
            if (request_.check_gpu) check_gpu_alone();
            if (request_.check_deps) show(check_dependencies(gpus()), true);
        }
        if (request_.download_models) download();
        if (request_.verify) verify();
        if (request_.test) test();
        if (request_.json) out_ << json_of(sections_, ok_, request_.language);
        return ok_;
    }

  private:
    const machine::GpuReport& gpus() {
        if (!gpus_) gpus_ = machine::find_gpus(diagnosis_.gpu_libraries);
        return *gpus_;
    }

    /// `decides`: a ❌ in it means that what was asked for is not in order.
    void show(const Section& section, bool decides) {
        sections_.push_back(section);
        if (decides && has_bad(section)) ok_ = false;
        if (!request_.json) out_ << framed(section, request_.language) << std::flush;
    }

    void check_gpu_alone() {
        show(check_gpu(gpus()), true);
        if (gpus().gpus.empty()) ok_ = false;
    }

    void diagnose() {
        show(check_gpu(gpus()), false);
        show(check_processor(), false);
        show(check_disk(diagnosis_), false);
        show(check_dependencies(gpus()), false);
        show(check_models(diagnosis_), false);
        show(check_service(diagnosis_), false);
        const Works works = check_engines(diagnosis_, engines_, gpus(), stop_);
        show(works.section, false);
        if (!works.anything) ok_ = false;
    }

    /// The download as it was asked for, to be typed again.
    std::string download_command() const {
        std::string command = "ditto-avatar setup --download-models";
        const auto add = [&](const char* option, const std::string& value) {
            if (!value.empty()) command += std::string(" ") + option + " " + shell_word(value);
        };
        add("--set", request_.set == "minimal" ? "" : request_.set);
        add("--from-dir", request_.from_dir.string());
        add("--mirror", request_.hub.mirror);
        add("--revision", request_.hub.revision);
        add("--checkpoints", request_.checkpoints.string());
        return command;
    }

    void download() {
        const auto files = checkpoints::Manifest::built_in().in_set(request_.set);
        hub::DownloadOptions options;
        options.folder = request_.checkpoints;
        options.hub = request_.hub;
        if (!request_.json)
            out_ << title_frame(Say::download_title, request_.language) << std::flush;
        DownloadView view(err_, request_.json ? ViewMode::json : request_.view, request_.language,
                          request_.checkpoints, download_command());
        const hub::DownloadResult result =
            request_.from_dir.empty()
                ? hub::download(files, options, view, stop_)
                : hub::import_files(files, request_.from_dir, options, view, stop_);
        Section section = view.section();
        if (result.failed.empty()) {
            const Finding done{Level::good,
                               Say::all_there,
                               {},
                               "ditto-avatar setup --verify --checkpoints " +
                                   shell_word(request_.checkpoints.string())};
            section.findings.push_back(done);
            if (!request_.json) out_ << line_of(done, request_.language) << "\n" << std::flush;
        } else {
            ok_ = false;
        }
        sections_.push_back(std::move(section));
    }

    void verify() {
        const auto manifest = checkpoints::Manifest::built_in();
        hub::VerifyOptions options;
        options.folder = request_.checkpoints;
        const auto report =
            hub::verify(manifest.in_set(request_.set), manifest.in_set("all"), options, stop_);
        Section section{Say::verify_title, {}};
        const std::string folder = request_.checkpoints.string();
        std::int64_t bad = 0;
        std::int64_t good = 0;
        for (const auto& file : report.files) {
            section.findings.push_back(finding_of(file, folder));
            if (hub::is_bad(file.state)) ++bad;
            using hub::FileState;
            if (file.state == FileState::whole || file.state == FileState::size_right) ++good;
        }
        const double speed =
            static_cast<double>(report.bytes_read) / 1e6 / std::max(report.seconds, 1e-3);
        section.findings.push_back({Level::note,
                                    Say::read_speed,
                                    {{"size", size_text(report.bytes_read)},
                                     {"seconds", decimal(report.seconds, 1)},
                                     {"speed", decimal(speed, 0)}},
                                    {}});
        if (bad == 0) {
            section.findings.push_back(
                {Level::good, Say::files_good, {{"count", std::to_string(good)}}, {}});
        } else {
            section.findings.push_back({Level::bad,
                                        Say::files_bad,
                                        {{"count", std::to_string(bad)}},
                                        "ditto-avatar setup --download-models --set " +
                                            request_.set + " --checkpoints " + shell_word(folder)});
        }
        if (const auto whole = verify_converted_checkpoints(folder, cache_folder())) {
            section.findings.push_back(*whole ? Finding{Level::good, Say::converted_good}
                                              : Finding{Level::warning, Say::converted_bad});
        }
        show(section, true);
    }

    void test() {
        const Section section = test_engines(request_.checkpoints, request_.test_folder, engines_,
                                             request_.language, stop_);
        show(section, true);
        const bool made =
            std::any_of(section.findings.begin(), section.findings.end(),
                        [](const Finding& finding) { return finding.level == Level::good; });
        if (!made) ok_ = false;
    }

    const SetupRequest& request_;
    Engines& engines_;
    std::ostream& out_;
    std::ostream& err_;
    std::stop_token stop_;
    DiagnosisOptions diagnosis_;
    std::optional<machine::GpuReport> gpus_;
    std::vector<Section> sections_;
    bool ok_ = true;
};

}  // namespace

bool run_setup(const SetupRequest& request, Engines& engines, std::ostream& out, std::ostream& err,
               const std::stop_token& stop) {
    if (request.list_urls) {
        out << hub::url_list(checkpoints::Manifest::built_in().in_set(request.set), request.hub);
        return true;
    }
    return Run(request, engines, out, err, stop).all();
}

}  // namespace ditto::setup
