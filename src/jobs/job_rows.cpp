#include "jobs/job_rows.h"

#include <cstdlib>
#include <sstream>

namespace ditto::jobs {
namespace {

constexpr char value_end = '\x1e';
constexpr char name_end = '\x1f';

EngineWish engine_from_text(const std::string& text) {
    if (text == "mesh") return EngineWish::mesh;
    return text == "ditto" ? EngineWish::ditto : EngineWish::automatic;
}

}  // namespace

const char* const job_columns =
    "id, photo, audio, engine_wish, controls, priority, state, cancel_requested, attempts, "
    "percent, stage, seconds_left, error_code, error_values, error_detail, engine, created, "
    "started, finished, preview, max_size, title, batch, video, judgement, kind, deck, placement, "
    "language, subtitles, told, stage_times";

Job read_job(const Statement& row) {
    Job job;
    job.id = row.text(0);
    job.request.photo = row.text(1);
    job.request.audio = row.text(2);
    job.request.engine = engine_from_text(row.text(3));
    job.request.controls = controls_from_text(row.text(4));
    job.request.priority = static_cast<int>(row.integer(5));
    job.state = state_from_name(row.text(6)).value_or(JobState::failed);
    job.cancel_requested = row.integer(7) != 0;
    job.attempts = static_cast<int>(row.integer(8));
    job.progress.percent = static_cast<int>(row.integer(9));
    job.progress.stage = static_cast<Stage>(row.integer(10));
    if (!row.null(11)) job.progress.seconds_left = row.real(11);
    job.failure = {row.text(12), values_from_text(row.text(13)), row.text(14)};
    job.engine = row.text(15);
    job.created_s = row.real(16);
    job.started_s = row.real(17);
    job.finished_s = row.real(18);
    job.request.preview_s = row.real(19);
    job.request.max_size = static_cast<int>(row.integer(20));
    job.request.title = row.text(21);
    job.request.batch = row.text(22);
    job.video_s = row.real(23);
    job.judgement = row.text(24);
    if (row.text(25) == "presentation") {
        job.request.presentation =
            PresentationRequest{row.text(26), row.text(27), row.text(28), row.integer(29) != 0};
    }
    job.progress.told_s = row.real(30);
    job.stage_times_s = stage_times_from_text(row.text(31));
    return job;
}

std::string stage_times_text(const std::map<Stage, double>& times_s) {
    MessageValues values;
    for (const auto& [stage, seconds] : times_s)
        values.emplace_back(stage_name(stage), std::to_string(seconds));
    return values_text(values);
}

std::map<Stage, double> stage_times_from_text(const std::string& text) {
    std::map<Stage, double> times_s;
    for (const auto& [name, seconds] : values_from_text(text)) {
        for (int i = 0; i <= static_cast<int>(Stage::finish); ++i) {
            const auto stage = static_cast<Stage>(i);
            if (stage_name(stage) == name) times_s[stage] = std::strtod(seconds.c_str(), nullptr);
        }
    }
    return times_s;
}

std::string controls_text(const Controls& controls) {
    std::string text;
    for (const ControlSpec& spec : control_specs()) {
        text += std::string(spec.name) + "=" + control_text(controls, spec) + "\n";
    }
    return text;
}

Controls controls_from_text(const std::string& text) {
    Controls controls;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t equals = line.find('=');
        if (equals == std::string::npos) continue;
        set_control(controls, line.substr(0, equals), line.substr(equals + 1));
    }
    return controls;
}

std::string values_text(const MessageValues& values) {
    std::string text;
    for (const auto& [name, value] : values)
        text += name + name_end + value + value_end;
    return text;
}

MessageValues values_from_text(const std::string& text) {
    MessageValues values;
    std::istringstream entries(text);
    for (std::string entry; std::getline(entries, entry, value_end);) {
        const std::size_t end = entry.find(name_end);
        if (end != std::string::npos)
            values.emplace_back(entry.substr(0, end), entry.substr(end + 1));
    }
    return values;
}

std::string_view engine_text(EngineWish wish) {
    if (wish == EngineWish::mesh) return "mesh";
    return wish == EngineWish::ditto ? "ditto" : "auto";
}

}  // namespace ditto::jobs
