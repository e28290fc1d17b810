#include "server/studio_options.h"

#include <array>

#include <nlohmann/json.hpp>

#include "app/ditto_setup.h"
#include "base/error.h"
#include "base/messages.h"
#include "engine/controls.h"

namespace ditto::server {
namespace {

using Json = nlohmann::ordered_json;

struct Name {
    std::string_view english;
    std::string_view chinese;

    std::string_view in(Language language) const {
        return language == Language::english ? english : chinese;
    }
};

/// In the order of emotion_names.
constexpr std::array<Name, 8> emotions{{{"Angry", "生氣"},
                                        {"Disgusted", "厭惡"},
                                        {"Afraid", "害怕"},
                                        {"Happy", "開心"},
                                        {"Neutral", "中性"},
                                        {"Sad", "難過"},
                                        {"Surprised", "驚訝"},
                                        {"Contempt", "輕蔑"}}};

struct Preset {
    std::string_view name;
    Name label;
    Name description;
    int sampling_steps;
};

constexpr std::array presets{
    Preset{"quick",
           {"Quick preview", "快速預覽"},
           {"Few sampling steps, to see the result soon.", "取樣步數少,很快看到結果。"},
           10},
    Preset{"balanced",
           {"Balanced", "平衡"},
           {"The standard values; they suit most videos.", "標準設定,適合大多數影片。"},
           50},
    Preset{"best",
           {"Best", "最佳"},
           {"The finest motion; takes the longest.", "動作最細緻,需時最久。"},
           100},
};

Json controls_json(Language language) {
    const Controls standard;
    Json list = Json::array();
    for (const ControlSpec& spec : control_specs()) {
        if (spec.name == "threads") continue;
        const std::string text = control_text(standard, spec);
        const Json number = Json::parse(text, nullptr, false);
        const bool english = language == Language::english;
        list.push_back({{"name", spec.name},
                        {"default", number.is_number() ? number : Json(text)},
                        {"minimum", spec.minimum},
                        {"maximum", spec.maximum},
                        {"unit", spec.unit},
                        {"description", english ? spec.english : spec.chinese}});
    }
    return list;
}

Json engines_json(const std::filesystem::path& checkpoints, Language language) {
    const bool ditto = has_ditto_networks(checkpoints);
    const MessageValues values{{"engine", "ditto"},
                               {"why", "checkpoints_missing"},
                               {"folder", checkpoints.filename().string()}};
    const std::string why = user_message(ErrorCode::engine_unavailable, values, language);
    return Json::array(
        {{{"name", "mesh"}, {"available", true}, {"reason", nullptr}},
         {{"name", "ditto"}, {"available", ditto}, {"reason", ditto ? Json() : Json(why)}}});
}

}  // namespace

std::string options_json(const std::filesystem::path& checkpoints, Language language) {
    Json names = Json::array();
    for (std::size_t i = 0; i < emotions.size(); ++i) {
        names.push_back(
            {{"id", i}, {"name", emotion_names[i]}, {"label", emotions[i].in(language)}});
    }
    Json offers = Json::array();
    for (const Preset& preset : presets) {
        offers.push_back({{"name", preset.name},
                          {"label", preset.label.in(language)},
                          {"description", preset.description.in(language)},
                          {"settings", {{"sampling_steps", preset.sampling_steps}}}});
    }
    return Json{{"controls", controls_json(language)},
                {"emotions", names},
                {"engines", engines_json(checkpoints, language)},
                {"presets", offers}}
        .dump();
}

}  // namespace ditto::server
