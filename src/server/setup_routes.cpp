#include "server/setup_routes.h"

#include <algorithm>
#include <system_error>

#include "base/error.h"
#include "checkpoints/manifest.h"
#include "hub/verifier.h"
#include "machine/gpu.h"
#include "server/body_reader.h"
#include "server/job_json.h"
#include "server/replies.h"
#include "setup/diagnosis.h"

namespace ditto::server {
namespace {

using checkpoints::Manifest;
namespace fs = std::filesystem;

constexpr auto keep_alive_steps = 30;

std::int64_t bytes_in(const fs::path& folder) {
    std::int64_t sum = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;
        if (!entry->is_regular_file(gone) || entry->is_symlink(gone)) continue;
        const auto size = entry->file_size(gone);
        if (!gone) sum += static_cast<std::int64_t>(size);
    }
    return sum;
}

bool is_there(const hub::FileReport& file) {
    return file.state == hub::FileState::whole || file.state == hub::FileState::size_right;
}

Json set_json(std::string_view name, const hub::VerifyReport& report) {
    std::int64_t bytes = 0;
    std::int64_t missing = 0;
    for (const auto& file : Manifest::built_in().in_set(name)) {
        const auto found = std::find_if(report.files.begin(), report.files.end(),
                                        [&](const auto& entry) { return entry.name == file.name; });
        bytes += file.expected_bytes();
        if (found == report.files.end() || !is_there(*found)) missing += file.expected_bytes();
    }
    return {
        {"name", name}, {"bytes", bytes}, {"missing_bytes", missing}, {"complete", missing == 0}};
}

}  // namespace

class SetupRoutes::Watch final : public hub::DownloadObserver {
  public:
    explicit Watch(SetupRoutes& owner) : owner_(owner) {}

    void waits_for_other() override {}
    void plan(const hub::DownloadPlan& plan) override {
        change([&](Download& now) {
            now.total_bytes = plan.total_bytes;
            now.done_bytes = plan.total_bytes - plan.missing_bytes;
        });
    }
    void progress(const hub::DownloadProgress& progress) override {
        change([&](Download& now) {
            now.done_bytes = progress.done_bytes;
            now.total_bytes = progress.total_bytes;
            now.bytes_per_second = progress.bytes_per_second;
        });
    }
    void retries(const std::string& name, const std::string& problem,
                 std::chrono::milliseconds) override {
        change([&](Download& now) { now.problem = name + ": " + problem; });
    }
    void finished(const std::string&, hub::CheckedAgainst) override {
        change([](Download& now) { now.problem.clear(); });
    }
    void failed(const std::string& name, const Error& error) override {
        change([&](Download& now) { now.failed.emplace_back(name, error); });
    }

  private:
    template <typename Change>
    void change(Change change) {
        const std::lock_guard lock(owner_.mutex_);
        change(*owner_.download_);
        ++owner_.download_->version;
    }

    SetupRoutes& owner_;
};

SetupRoutes::SetupRoutes(SetupSettings settings, Engines& engines)
    : settings_(std::move(settings)), engines_(engines) {}

SetupRoutes::~SetupRoutes() = default;

Response SetupRoutes::handle(const Request& request) {
    const std::string what = request.path.substr(std::string_view("/api/setup/").size());
    const bool reads = request.method == "GET";
    if (what == "diagnosis" && reads) return diagnosis(request);
    if (what == "models" && reads) return models(request);
    if (what == "disk" && reads) return disk();
    if (what == "download/events" && reads) return events(request);
    if (what == "download" && request.method == "POST") return start(request);
    if (what == "download" && request.method == "DELETE") return cancel(request);
    if (what == "download") return method_refused(request, "POST, DELETE");
    const bool known =
        what == "diagnosis" || what == "models" || what == "disk" || what == "download/events";
    if (known) return method_refused(request, "GET, HEAD");
    return refusal(404, Sentence::not_found, request);
}

Response SetupRoutes::diagnosis(const Request& request) {
    const std::unique_lock one(diagnosing_, std::try_to_lock);
    if (!one) {
        Response busy = refusal(429,
                                {"A diagnosis is already running; try again in a moment.",
                                 "診斷正在進行中,請稍後再試。"},
                                request);
        busy.headers.emplace_back("Retry-After", "5");
        return busy;
    }
    setup::DiagnosisOptions options;
    options.checkpoints = settings_.checkpoints;
    options.data = settings_.data;
    options.language = request.language();
    const machine::GpuReport gpus = machine::find_gpus(options.gpu_libraries);
    std::vector<setup::Section> sections{
        setup::check_gpu(gpus), setup::check_processor(), setup::check_disk(options),
        setup::check_dependencies(gpus), setup::check_models(options)};
    const setup::Works works = setup::check_engines(options, engines_, gpus, {});
    sections.push_back(works.section);
    return json_response(setup::json_of(sections, works.anything, options.language));
}

Response SetupRoutes::models(const Request& request) {
    const auto all = Manifest::built_in().in_set("all");
    hub::VerifyOptions options;
    options.folder = settings_.checkpoints;
    options.sizes_only = true;
    const hub::VerifyReport report = hub::verify(all, all, options, {});
    Json files = Json::array();
    for (const checkpoints::ModelFile& file : all) {
        const auto found = std::find_if(report.files.begin(), report.files.end(),
                                        [&](const auto& entry) { return entry.name == file.name; });
        const auto state = found != report.files.end() ? found->state : hub::FileState::missing;
        files.push_back({{"path", file.name},
                         {"bytes", file.expected_bytes()},
                         {"state", hub::name_of(state)},
                         {"licence", file.licence},
                         {"role", file.role}});
    }
    Json sets = Json::array();
    for (const std::string_view name : checkpoints::set_names)
        sets.push_back(set_json(name, report));
    const std::lock_guard lock(mutex_);
    Json download;
    if (download_) download = download_json(request.language());
    return json_response(Json{{"files", files}, {"sets", sets}, {"download", download}});
}

Response SetupRoutes::start(const Request& request) {
    BodyReader reader(request.body, request.language());
    const auto& names = checkpoints::set_names;
    const std::string set = reader.choice("set", {std::begin(names), std::end(names)}, true);
    reader.check();
    const std::lock_guard lock(mutex_);
    if (download_ && download_->status == "downloading") {
        return refusal(409, {"A download is already running.", "已有下載正在進行。"}, request);
    }
    // The last one has ended: this waits for no more than its thread's return.
    thread_ = {};
    download_ =
        Download{"downloading", set, 0, 0, 0, {}, {}, download_ ? download_->version + 1 : 1};
    thread_ = std::jthread([this, set](const std::stop_token& stop) { fetch(set, stop); });
    return json_response(Json{{"status", "downloading"}, {"set", set}});
}

void SetupRoutes::fetch(const std::string& set, const std::stop_token& stop) {
    std::string status = "completed";
    std::optional<Error> problem;
    try {
        hub::DownloadOptions options;
        options.folder = settings_.checkpoints;
        options.hub = settings_.hub;
        Watch watch(*this);
        const auto files = Manifest::built_in().in_set(set);
        if (!hub::download(files, options, watch, stop).failed.empty()) status = "failed";
    } catch (const Error& error) {
        status = error.code() == ErrorCode::cancelled ? "cancelled" : "failed";
        if (status == "failed") problem = error;
    }
    const std::lock_guard lock(mutex_);
    download_->status = status;
    if (problem) download_->failed.emplace_back("", *problem);
    ++download_->version;
}

Response SetupRoutes::cancel(const Request& request) {
    const std::lock_guard lock(mutex_);
    if (!download_ || download_->status != "downloading") {
        return refusal(404, {"No download is running.", "目前沒有下載正在進行。"}, request);
    }
    thread_.request_stop();
    return json_response(Json{{"status", "cancelled"}});
}

Json SetupRoutes::download_json(Language language) const {
    Json error;
    if (!download_->failed.empty()) {
        const auto& [name, reason] = download_->failed.front();
        error = (name.empty() ? "" : name + ": ") + failure_text(reason, language);
    }
    return {{"status", download_->status},
            {"set", download_->set},
            {"bytes_done", download_->done_bytes},
            {"bytes_total", download_->total_bytes},
            {"bytes_per_second", static_cast<std::int64_t>(download_->bytes_per_second)},
            {"problem", download_->problem},
            {"error", error}};
}

Response SetupRoutes::events(const Request& request) {
    Response response;
    response.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
    std::uint64_t seen = 0;
    int quiet = 0;
    response.events = [this, seen, quiet, language = request.language()]() mutable {
        const std::lock_guard lock(mutex_);
        EventStep step;
        if (!download_) {
            step.text = "event: download\ndata: null\n\n";
            step.last = true;
            return step;
        }
        if (download_->version != seen) {
            seen = download_->version;
            quiet = 0;
            step.text = "id: " + std::to_string(seen) +
                        "\nevent: download\ndata: " + json_text(download_json(language)) + "\n\n";
        } else if (++quiet % keep_alive_steps == 0) {
            step.text = ": still here\n\n";
        }
        step.last = download_->status != "downloading";
        return step;
    };
    return response;
}

Response SetupRoutes::disk() const {
    std::error_code error;
    const auto space = fs::space(settings_.data, error);
    return json_response(Json{{"uploads", bytes_in(settings_.data / "uploads")},
                              {"outputs", bytes_in(settings_.data / "outputs")},
                              {"models", bytes_in(settings_.checkpoints)},
                              {"free", error ? 0 : static_cast<std::int64_t>(space.available)}});
}

}  // namespace ditto::server
