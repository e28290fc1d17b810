#include "server/generate_body.h"

#include <cmath>
#include <optional>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/sentences.h"
#include "server/webhooks.h"

namespace ditto::server {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& json) {
    // Invalid UTF-8 in a message must not end the request.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class BodyReader {
  public:
    BodyReader(const Json& json, Language language, GenerateBody& body)
        : json_(json), language_(language), body_(body) {}

    void text(const char* field, std::string& value) {
        const auto found = json_.find(field);
        if (found == json_.end()) {
            wrong(field, Sentence::field_missing, "missing");
        } else if (!found->is_string()) {
            wrong(field, Sentence::value_string, "string_type");
        } else {
            value = found->get<std::string>();
        }
    }

    void engine() {
        const auto found = json_.find("engine");
        if (found == json_.end() || found->is_null()) return;
        const std::string name = found->is_string() ? found->get<std::string>() : "";
        if (name == "mesh") {
            body_.engine = EngineWish::mesh;
        } else if (name == "ditto") {
            body_.engine = EngineWish::ditto;
        } else if (name != "auto") {
            wrong("engine", Sentence::value_choice, "enum", {{"expected", "auto, mesh, ditto"}});
        }
    }

    void webhook() {
        const auto found = json_.find("webhook");
        if (found == json_.end() || found->is_null()) return;
        if (found->is_string() && Webhooks::is_url(found->get<std::string>())) {
            body_.webhook = found->get<std::string>();
        } else {
            wrong("webhook", Sentence::value_choice, "url_parsing",
                  {{"expected", "http://..., https://..."}});
        }
    }

    void preview() {
        const auto found = json_.find("preview_duration");
        if (found == json_.end() || found->is_null()) return;
        constexpr double longest_s = 60;
        const double seconds = found->is_number() ? found->get<double>() : -1;
        if (seconds >= 0.5 && seconds <= longest_s) {
            body_.preview_duration_s = seconds;
        } else {
            wrong("preview_duration", Sentence::value_range, "value_error",
                  {{"expected", "0.5 - 60"}});
        }
    }

    void control(const ControlSpec& spec) {
        const std::string field(spec.name);
        const auto found = json_.find(field);
        if (found == json_.end() || found->is_null()) return;
        const bool real = std::holds_alternative<double Controls::*>(spec.member);
        const auto written = number_text(*found, real);
        if (!written) {
            wrong(field, real ? Sentence::value_number : Sentence::value_integer,
                  real ? "float_type" : "int_type");
            return;
        }
        try {
            set_control(body_.controls, spec.name, *written);
        } catch (const Error&) {
            wrong(field, Sentence::value_range, "value_error", {{"expected", control_range(spec)}});
        }
    }

  private:
    void wrong(const std::string& field, Sentence sentence, const char* type,
               const MessageValues& values = {}) {
        body_.errors.push_back({field, say(sentence, language_, values), type});
    }

    /// As set_control() takes it; nothing where it is neither a number nor a string.
    static std::optional<std::string> number_text(const Json& value, bool real) {
        if (value.is_string()) return value.get<std::string>();
        if (value.is_number_integer()) return value.dump();
        if (!value.is_number()) return std::nullopt;
        if (real) return value.dump();
        // 4.0 is an integer too.
        const double number = value.get<double>();
        if (std::trunc(number) != number || std::abs(number) > 1e15) return std::nullopt;
        return std::to_string(static_cast<std::int64_t>(number));
    }

    const Json& json_;
    Language language_;
    GenerateBody& body_;
};

}  // namespace

std::string field_errors_json(const std::vector<FieldError>& errors) {
    Json details = Json::array();
    for (const FieldError& error : errors) {
        Json place = Json::array({"body"});
        if (!error.field.empty()) place.push_back(error.field);
        details.push_back({{"loc", place}, {"msg", error.message}, {"type", error.type}});
    }
    return dumped({{"detail", details}});
}

std::string detail_json(std::string_view text) {
    return dumped({{"detail", text}});
}

GenerateBody read_generate_body(std::string_view text, Language language) {
    GenerateBody body;
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded()) {
        body.errors.push_back({"", say(Sentence::json_invalid, language), "json_invalid"});
        return body;
    }
    if (!json.is_object()) {
        body.errors.push_back({"", say(Sentence::json_no_object, language), "dict_type"});
        return body;
    }
    BodyReader reader(json, language, body);
    reader.text("photo_id", body.photo_id);
    reader.text("audio_path", body.audio_path);
    reader.engine();
    reader.webhook();
    reader.preview();
    for (const ControlSpec& spec : control_specs()) {
        // How many processors a job takes is the operator's matter.
        if (spec.name != "threads") reader.control(spec);
    }
    return body;
}

}  // namespace ditto::server
