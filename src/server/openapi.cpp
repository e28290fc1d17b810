#include "server/openapi.h"

#include <cmath>
#include <variant>

#include "engine/controls.h"
#include "server/generate_body.h"
#include "server/job_json.h"
#include "server/replies.h"

namespace ditto::server {
namespace {

Json control_schema(const ControlSpec& spec) {
    const bool real = std::holds_alternative<double Controls::*>(spec.member);
    const auto bound = [&](double value) { return real ? Json(value) : Json(std::llround(value)); };
    const std::string unit = spec.unit.empty() ? "" : " (" + std::string(spec.unit) + ")";
    const Json range{{"type", real ? "number" : "integer"},
                     {"minimum", bound(spec.minimum)},
                     {"maximum", bound(spec.maximum)}};
    Json schema = range;
    if (std::holds_alternative<EmotionTimeline Controls::*>(spec.member)) {
        const Json text{{"type", "string"}, {"maxLength", EmotionTimeline::longest_text}};
        schema = {{"oneOf", Json::array({range, text})}};
    }
    schema["default"] = control_json(control_text({}, spec));
    schema["description"] = std::string(spec.english) + unit;
    return schema;
}

std::string described() {
    Json document = Json::parse(openapi_source());
    Json& controls = document.at("components").at("schemas").at("Controls").at("properties");
    for (const ControlSpec& spec : control_specs()) {
        if (is_client_control(spec)) controls[std::string(spec.name)] = control_schema(spec);
    }
    return document.dump(1);
}

}  // namespace

const std::string& openapi_json() {
    static const std::string text = described();
    return text;
}

}  // namespace ditto::server
