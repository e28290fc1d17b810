#include "server/generate_body.h"

#include <cmath>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "server/replies.h"
#include "server/webhooks.h"

namespace ditto::server {
namespace {

/// As set_control() takes it; nothing where it is neither a string nor a number that fits.
std::optional<std::string> number_text(const Json& value, bool real) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_integer()) return value.dump();
    if (!value.is_number()) return std::nullopt;
    if (real) return value.dump();
    // 4.0 is an integer too.
    const double number = value.get<double>();
    if (std::trunc(number) != number || std::abs(number) > 1e15) return std::nullopt;
    return std::to_string(static_cast<std::int64_t>(number));
}

void read_control(BodyReader& reader, const ControlSpec& spec, Controls& controls) {
    const std::string field(spec.name);
    const Json* const value = reader.find(field);
    if (value == nullptr) return;
    const bool real = std::holds_alternative<double Controls::*>(spec.member);
    const bool named = std::holds_alternative<EmotionTimeline Controls::*>(spec.member);
    auto written = number_text(*value, real);
    // Lists and objects are not written out, which takes stack for each of their levels.
    if (named && !written)
        written = value->is_structured() ? value->type_name() : json_text(*value);
    if (!written) {
        return reader.wrong(field, real ? Sentence::value_number : Sentence::value_integer,
                            real ? "float_type" : "int_type");
    }
    try {
        set_control(controls, spec.name, *written);
    } catch (const Error& error) {
        if (named) {
            return reader.wrong({field, user_message(error, reader.language()), "value_error"});
        }
        reader.wrong(field, Sentence::value_range, "value_error",
                     {{"expected", control_range(spec)}});
    }
}

EngineWish engine_in(BodyReader& reader) {
    const std::string name = reader.choice("engine", {"auto", "mesh", "ditto"});
    if (name == "mesh") return EngineWish::mesh;
    return name == "ditto" ? EngineWish::ditto : EngineWish::automatic;
}

std::string webhook_in(BodyReader& reader) {
    const Json* const url = reader.find("webhook");
    if (url == nullptr) return {};
    if (url->is_string() && Webhooks::is_url(url->get<std::string>())) {
        return url->get<std::string>();
    }
    reader.wrong("webhook", Sentence::value_url, "url_parsing");
    return {};
}

}  // namespace

bool is_client_control(const ControlSpec& spec) {
    return spec.name != "threads";
}

GenerateBody read_generate_body(BodyReader& reader, VoiceField voices) {
    using Kind = BodyReader::Kind;
    GenerateBody body;
    body.photo_id = reader.text("photo_id");
    if (voices == VoiceField::several) body.audio_paths = reader.texts("audio_paths", 200);
    if (voices == VoiceField::one) body.audio_paths = {reader.text("audio_path")};
    body.engine = engine_in(reader);
    body.webhook = webhook_in(reader);
    body.preview_duration = reader.number("preview_duration", 0, 3600, Kind::real, 0);
    body.max_size = static_cast<int>(reader.number("max_size", 256, 1920, Kind::whole, 0));
    body.priority = static_cast<int>(reader.number("priority", -10, 10, Kind::whole, 0));
    for (const ControlSpec& spec : control_specs()) {
        if (is_client_control(spec)) read_control(reader, spec, body.controls);
    }
    return body;
}

}  // namespace ditto::server
