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

    void texts(const char* field, std::size_t most, std::vector<std::string>& values) {
        const auto found = json_.find(field);
        if (found == json_.end()) return wrong(field, Sentence::field_missing, "missing");
        if (!found->is_array() || found->empty() || found->size() > most) {
            return wrong(field, Sentence::value_list, "list_type",
                         {{"expected", "1 - " + std::to_string(most)}});
        }
        for (std::size_t i = 0; i < found->size(); ++i) {
            if (const Json& value = found->at(i); value.is_string()) {
                values.push_back(value.get<std::string>());
            } else {
                wrong(field, Sentence::value_string, "string_type");
                body_.errors.back().index = i;
            }
        }
    }

    /// A number that is no control; `value` stays where the field is missing.
    void number(const char* field, double least, double most, bool whole, double& value) {
        const auto found = json_.find(field);
        if (found == json_.end() || found->is_null()) return;
        if (!found->is_number() || (whole && !is_whole(*found))) {
            return wrong(field, whole ? Sentence::value_integer : Sentence::value_number,
                         whole ? "int_type" : "float_type");
        }
        const double wanted = found->get<double>();
        if (!(wanted >= least && wanted <= most)) {
            const auto text = [](double bound) { return std::to_string(std::lround(bound)); };
            return wrong(field, Sentence::value_range, "value_error",
                         {{"expected", text(least) + " - " + text(most)}});
        }
        value = wanted;
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
            wrong("webhook", Sentence::value_url, "url_parsing");
        }
    }

    void control(const ControlSpec& spec) {
        const std::string field(spec.name);
        const auto found = json_.find(field);
        if (found == json_.end() || found->is_null()) return;
        const bool real = std::holds_alternative<double Controls::*>(spec.member);
        const bool named = std::holds_alternative<EmotionTimeline Controls::*>(spec.member);
        auto written = number_text(*found, real);
        if (named && !written) written = dumped(*found);
        if (!written) {
            wrong(field, real ? Sentence::value_number : Sentence::value_integer,
                  real ? "float_type" : "int_type");
            return;
        }
        try {
            set_control(body_.controls, spec.name, *written);
        } catch (const Error& error) {
            if (named) {
                body_.errors.push_back({field, user_message(error, language_), "value_error"});
                return;
            }
            wrong(field, Sentence::value_range, "value_error", {{"expected", control_range(spec)}});
        }
    }

  private:
    void wrong(const std::string& field, Sentence sentence, const char* type,
               const MessageValues& values = {}) {
        body_.errors.push_back({field, say(sentence, language_, values), type});
    }

    static bool is_whole(const Json& number) {
        const double value = number.get<double>();
        return std::trunc(value) == value;
    }

    /// As set_control() takes it; nothing where it is neither a string nor a number that fits.
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
        Json place = Json::array({error.place});
        if (!error.field.empty()) place.push_back(error.field);
        if (error.index) place.push_back(*error.index);
        details.push_back({{"loc", place}, {"msg", error.message}, {"type", error.type}});
    }
    return dumped({{"detail", details}});
}

std::string detail_json(std::string_view text) {
    return dumped({{"detail", text}});
}

bool is_client_control(const ControlSpec& spec) {
    return spec.name != "threads";
}

GenerateBody read_generate_body(std::string_view text, Language language, VoiceField voices) {
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
    if (voices == VoiceField::several) {
        reader.texts("audio_paths", 200, body.audio_paths);
    } else if (voices == VoiceField::one) {
        reader.text("audio_path", body.audio_paths.emplace_back());
    }
    reader.engine();
    reader.webhook();
    reader.number("preview_duration", 0, 3600, false, body.preview_duration);
    double whole = 0;
    reader.number("max_size", 256, 1920, true, whole);
    body.max_size = static_cast<int>(whole);
    whole = 0;
    reader.number("priority", -10, 10, true, whole);
    body.priority = static_cast<int>(whole);
    for (const ControlSpec& spec : control_specs()) {
        if (is_client_control(spec)) reader.control(spec);
    }
    return body;
}

}  // namespace ditto::server
