#include "server/system_routes.h"

#include <array>
#include <cmath>

#include "base/error.h"
#include "engine/controls.h"
#include "machine/gpu.h"
#include "server/generate_body.h"
#include "server/job_json.h"
#include "server/operator_text.h"

namespace ditto::server {
namespace {

constexpr std::array<std::pair<const char*, EngineWish>, 2> engine_names{
    {{"mesh", EngineWish::mesh}, {"ditto", EngineWish::ditto}}};

constexpr std::array<OperatorText, emotion_names.size()> emotion_labels{{{"Angry", "生氣"},
                                                                         {"Disgusted", "厭惡"},
                                                                         {"Afraid", "害怕"},
                                                                         {"Happy", "開心"},
                                                                         {"Neutral", "平靜"},
                                                                         {"Sad", "難過"},
                                                                         {"Surprised", "驚訝"},
                                                                         {"Contemptuous", "輕蔑"}}};

struct Preset {
    const char* name;
    OperatorText label;
    OperatorText description;
    int sampling_steps;
    /// 0: the photo's own.
    int max_size;
};

/// What differs between them costs time: diffusion steps and the size of the picture.
constexpr std::array<Preset, 3> presets{{
    {"quick",
     {"Quick preview", "快速預覽"},
     {"Small and soon there: to see whether photo and voice fit",
      "畫面較小、最快完成,適合先確認照片與語音"},
     10,
     640},
    {"balanced",
     {"Balanced", "均衡"},
     {"Good for slides and web pages", "適合簡報與網頁"},
     25,
     1280},
    {"best",
     {"Best quality", "最佳品質"},
     {"The photo's full size and the finest motion", "採用照片完整尺寸與最細緻的動作"},
     50,
     0},
}};

/// With one digit after the point; null where it is not known.
Json gigabytes(std::optional<std::int64_t> bytes) {
    if (!bytes) return {};
    return std::round(static_cast<double>(*bytes) / (1 << 30) * 10) / 10;
}

/// 7 rather than 7.0: there are clients that take no point for an integer.
Json bound_json(double bound) {
    return std::trunc(bound) == bound ? Json(static_cast<std::int64_t>(bound)) : Json(bound);
}

Json controls_json(Language language) {
    Json list = Json::array();
    const Controls defaults;
    for (const ControlSpec& spec : control_specs()) {
        if (!is_client_control(spec)) continue;
        list.push_back(
            {{"name", spec.name},
             {"default", control_json(control_text(defaults, spec))},
             {"minimum", bound_json(spec.minimum)},
             {"maximum", bound_json(spec.maximum)},
             {"unit", spec.unit},
             {"description", language == Language::english ? spec.english : spec.chinese}});
    }
    return list;
}

Json emotions_json(Language language) {
    Json list = Json::array();
    for (std::size_t i = 0; i < emotion_names.size(); ++i) {
        list.push_back(
            {{"id", i}, {"name", emotion_names[i]}, {"label", emotion_labels[i].in(language)}});
    }
    return list;
}

Json presets_json(Language language) {
    Json list = Json::array();
    for (const Preset& preset : presets) {
        list.push_back(
            {{"name", preset.name},
             {"label", preset.label.in(language)},
             {"description", preset.description.in(language)},
             {"settings",
              {{"sampling_steps", preset.sampling_steps}, {"max_size", preset.max_size}}}});
    }
    return list;
}

}  // namespace

std::vector<Route> SystemRoutes::routes() {
    return {
        {"GET", "/api/avatar/system-info",
         [this](const Request& request, const std::string&) { return system_info(request); }},
        {"GET", "/api/avatar/options",
         [this](const Request& request, const std::string&) { return options(request); }},
    };
}

std::optional<Error> SystemRoutes::obstacle(EngineWish wish) const {
    try {
        engines_.decide({wish, checkpoints_});
        return std::nullopt;
    } catch (const Error& error) {
        return error;
    }
}

Json SystemRoutes::engines_json(Language language) const {
    Json list = Json::array();
    for (const auto& [name, wish] : engine_names) {
        Json engine{{"name", name}, {"available", true}, {"reason", nullptr}, {"speed", nullptr}};
        // Seconds of video a second.
        if (const auto cost = store_.seconds_per_video_second(name); cost && *cost > 0) {
            engine["speed"] = std::round(10 / *cost) / 10;
        }
        if (const auto why = obstacle(wish)) {
            engine["available"] = false;
            engine["reason"] = failure_text(*why, language);
        }
        list.push_back(engine);
    }
    return list;
}

Json SystemRoutes::busy_message(Language language) const {
    jobs::JobQuery query;
    query.states = {jobs::JobState::running};
    const auto running = store_.list(query).jobs;
    if (running.empty()) return {};
    // The one that has run longest.
    const jobs::Job& job = running.back();
    MessageValues values{{"message", running_text(job, jobs::now_s(), language)}};
    values.emplace_back("title", job.request.title.empty() ? job.id : job.request.title);
    if (running.size() == 1) return say(Sentence::busy_with, language, values);
    values.emplace_back("count", std::to_string(running.size() - 1));
    return say(Sentence::busy_with_more, language, values);
}

Response SystemRoutes::system_info(const Request& request) const {
    const auto counts = store_.count();
    const int running = counts.at(jobs::JobState::running);
    const machine::GpuReport report = machine::find_gpus();
    const machine::Gpu* gpu = report.gpus.empty() ? nullptr : &report.gpus.front();
    Json usable = Json::array();
    for (const auto& [name, wish] : engine_names) {
        if (!obstacle(wish)) usable.push_back(name);
    }
    return json_response(
        Json{{"cuda_available", gpu != nullptr},
             {"gpu_name", gpu != nullptr ? Json(gpu->name) : Json()},
             {"gpu_memory_total", gpu != nullptr ? gigabytes(gpu->memory_bytes) : Json()},
             {"gpu_memory_available", gpu != nullptr ? gigabytes(gpu->free_bytes) : Json()},
             {"model_loaded", engines_.any_loaded()},
             {"avatar_enabled", true},
             {"is_generating", running > 0},
             {"busy_message", busy_message(request.language())},
             {"engines", usable},
             {"queue_length", counts.at(jobs::JobState::queued)},
             {"version", version_}});
}

/// All that a client needs to offer settings, in its user's language.
Response SystemRoutes::options(const Request& request) const {
    const Language language = request.language();
    return json_response(Json{{"controls", controls_json(language)},
                              {"emotions", emotions_json(language)},
                              {"engines", engines_json(language)},
                              {"presets", presets_json(language)}});
}

}  // namespace ditto::server
