#include "server/body_reader.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "server/replies.h"

namespace ditto::server {
namespace {

std::string bound_text(double bound) {
    std::string text = std::to_string(bound);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

}  // namespace

std::string field_errors_json(const std::vector<FieldError>& errors) {
    Json details = Json::array();
    for (const FieldError& error : errors) {
        Json place = Json::array({error.place});
        if (!error.field.empty()) place.push_back(error.field);
        if (error.index) place.push_back(*error.index);
        details.push_back({{"loc", place}, {"msg", error.message}, {"type", error.type}});
    }
    return json_text({{"detail", details}});
}

std::string detail_json(std::string_view text) {
    return json_text({{"detail", text}});
}

BodyReader::BodyReader(std::string_view text, Language language)
    : own_(Json::parse(text, nullptr, false)), json_(own_), language_(language) {
    if (own_.is_discarded()) {
        wrong("", Sentence::json_invalid, "json_invalid");
    } else if (!own_.is_object()) {
        wrong("", Sentence::json_no_object, "dict_type");
    }
}

BodyReader::BodyReader(const Json* part, Language language) : json_(*part), language_(language) {
    if (!json_.is_object()) wrong("", Sentence::json_no_object, "dict_type");
}

void BodyReader::check() const {
    if (!errors_.empty()) throw Refusal{json_response(field_errors_json(errors_), 422)};
}

bool BodyReader::has(std::string_view field) const {
    return json_.is_object() && json_.contains(field);
}

const Json* BodyReader::find(std::string_view field) const {
    if (!json_.is_object()) return nullptr;
    const auto found = json_.find(field);
    return found == json_.end() || found->is_null() ? nullptr : &*found;
}

std::string BodyReader::text(const char* field) {
    if (!json_.is_object()) return {};
    if (!has(field)) {
        wrong(field, Sentence::field_missing, "missing");
    } else if (find(field) == nullptr) {
        wrong(field, Sentence::value_string, "string_type");
    }
    return optional_text(field);
}

std::string BodyReader::optional_text(const char* field) {
    const Json* const value = find(field);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    wrong(field, Sentence::value_string, "string_type");
    return {};
}

std::vector<std::string> BodyReader::texts(const char* field, std::size_t most) {
    std::vector<std::string> values;
    if (!json_.is_object()) return values;
    if (!has(field)) {
        wrong(field, Sentence::field_missing, "missing");
        return values;
    }
    const Json* const list = find(field);
    if (list == nullptr || !list->is_array() || list->empty() || list->size() > most) {
        wrong(field, Sentence::value_list, "list_type",
              {{"expected", "1 - " + std::to_string(most)}});
        return values;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
        if (const Json& value = list->at(i); value.is_string()) {
            values.push_back(value.get<std::string>());
        } else {
            wrong(field, Sentence::value_string, "string_type");
            errors_.back().index = i;
        }
    }
    return values;
}

bool BodyReader::flag(const char* field, bool otherwise) {
    const Json* const value = find(field);
    if (value == nullptr) return otherwise;
    if (value->is_boolean()) return value->get<bool>();
    wrong(field, Sentence::value_choice, "bool_type", {{"expected", "true, false"}});
    return otherwise;
}

std::string BodyReader::choice(const char* field, const std::vector<std::string_view>& names,
                               bool required) {
    const Json* const value = find(field);
    if (value == nullptr && (!required || !json_.is_object())) return {};
    const std::string name =
        value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
    if (std::ranges::find(names, name) != names.end()) return name;
    std::string expected;
    for (const std::string_view one : names)
        expected += (expected.empty() ? "" : ", ") + std::string(one);
    wrong(field, Sentence::value_choice, "enum", {{"expected", expected}});
    return {};
}

double BodyReader::number(const char* field, double least, double most, Kind kind,
                          double otherwise) {
    const Json* const value = find(field);
    if (value == nullptr) return otherwise;
    const bool whole = kind == Kind::whole;
    const double wanted = value->is_number() ? value->get<double>() : 0;
    if (!value->is_number() || (whole && std::trunc(wanted) != wanted)) {
        wrong(field, whole ? Sentence::value_integer : Sentence::value_number,
              whole ? "int_type" : "float_type");
        return otherwise;
    }
    if (wanted >= least && wanted <= most) return wanted;
    wrong(field, Sentence::value_range, "value_error",
          {{"expected", bound_text(least) + " - " + bound_text(most)}});
    return otherwise;
}

void BodyReader::wrong(std::string field, Sentence sentence, const char* type,
                       const MessageValues& values) {
    errors_.push_back({std::move(field), say(sentence, language_, values), type});
}

}  // namespace ditto::server
