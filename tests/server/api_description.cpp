#include "api_description.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <stdexcept>

namespace ditto::server {
namespace {

using Json = nlohmann::json;

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

bool is_of_type(const Json& value, const std::string& type) {
    return type.empty() || (type == "string" && value.is_string()) ||
           (type == "integer" && value.is_number_integer()) ||
           (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean()) ||
           (type == "array" && value.is_array()) || (type == "object" && value.is_object());
}

}  // namespace

std::string without_names(const std::string& path) {
    return std::regex_replace(path, std::regex("\\{[^}]*\\}"), "{}");
}

ApiDescription::ApiDescription(const std::string& text) : document_(Json::parse(text)) {}

std::string ApiDescription::Operation::target() const {
    return std::regex_replace(path, std::regex("\\{[^}]*\\}"),
                              "00000000-0000-4000-8000-000000000000");
}

bool ApiDescription::Operation::documents(int status) const {
    return details.at("responses").count(std::to_string(status)) == 1;
}

std::vector<ApiDescription::Operation> ApiDescription::operations() const {
    std::vector<Operation> all;
    for (const auto& [path, methods] : document_.at("paths").items()) {
        for (const auto& [method, details] : methods.items())
            all.push_back({upper(method), path, details});
    }
    return all;
}

ApiDescription::Operation ApiDescription::operation(const std::string& method,
                                                    const std::string& path) const {
    for (const Operation& one : operations()) {
        if (one.method == method && one.path == path) return one;
    }
    throw std::out_of_range(method + " " + path + " is not described");
}

std::string ApiDescription::fault(const Operation& operation, int status,
                                  const std::string& content_type, const std::string& body) const {
    const std::string code = std::to_string(status);
    if (!operation.documents(status)) return code + " is not described";
    const Json content =
        resolved(operation.details.at("responses").at(code)).value("content", Json::object());
    if (content.empty()) return body.empty() ? "" : "no body is described";
    const std::string type = content_type.substr(0, content_type.find(';'));
    if (content.count(type) != 1) return "the type \"" + type + "\" is not described";
    if (type != "application/json") return {};
    return fault(Json::parse(body), content.at(type).at("schema"), "answer");
}

std::string ApiDescription::fault(const Json& value, const Json& written,
                                  const std::string& place) const {
    const Json schema = flattened(written);
    if (value.is_null()) return schema.value("nullable", false) ? "" : place + " is null";
    if (const auto kinds = schema.find("oneOf"); kinds != schema.end()) {
        const auto fits = [&](const Json& kind) { return fault(value, kind, place).empty(); };
        const bool one = std::count_if(kinds->begin(), kinds->end(), fits) == 1;
        return one ? "" : place + " is not of one kind: " + value.dump();
    }
    const std::string type = schema.value("type", "");
    if (!is_of_type(value, type)) return place + " is no " + type + ": " + value.dump();
    const auto choices = schema.find("enum");
    if (choices != schema.end() &&
        std::find(choices->begin(), choices->end(), value) == choices->end()) {
        return place + " is none of its values: " + value.dump();
    }
    if (value.is_number() &&
        (value < schema.value("minimum", value) || value > schema.value("maximum", value))) {
        return place + " is out of range: " + value.dump();
    }
    if (type == "array") return fault_in_items(value, schema, place);
    return type == "object" ? fault_in_fields(value, schema, place) : "";
}

std::string ApiDescription::fault_in_items(const Json& value, const Json& schema,
                                           const std::string& place) const {
    for (const Json& item : value) {
        const std::string found = fault(item, schema.at("items"), place + "[]");
        if (!found.empty()) return found;
    }
    return {};
}

std::string ApiDescription::fault_in_fields(const Json& value, const Json& schema,
                                            const std::string& place) const {
    for (const Json& name : schema.value("required", Json::array())) {
        if (value.count(name.get<std::string>()) == 0) return place + " lacks " + name.dump();
    }
    const Json properties = schema.value("properties", Json::object());
    for (const auto& [name, field] : value.items()) {
        if (properties.count(name) == 0) {
            if (schema.value("additionalProperties", false)) continue;
            return place + "." + name + " is not described";
        }
        const std::string found = fault(field, properties.at(name), place + "." + name);
        if (!found.empty()) return found;
    }
    return {};
}

Json ApiDescription::schema(const std::string& name) const {
    return document_.at("components").at("schemas").at(name);
}

const Json& ApiDescription::resolved(const Json& place) const {
    const auto link = place.find("$ref");
    if (link == place.end()) return place;
    return document_.at(Json::json_pointer(link->get<std::string>().substr(1)));
}

Json ApiDescription::flattened(const Json& written) const {
    Json whole = resolved(written);
    const Json parts = whole.value("allOf", Json::array());
    for (const Json& part : parts) {
        const Json flat = flattened(part);
        if (whole.count("type") == 0) whole["type"] = flat.at("type");
        for (const Json& name : flat.value("required", Json::array()))
            whole["required"].push_back(name);
        const Json properties = flat.value("properties", Json::object());
        for (const auto& [name, property] : properties.items())
            whole["properties"][name] = property;
    }
    return whole;
}

}  // namespace ditto::server
