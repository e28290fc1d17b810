#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/messages.h"
#include "server/sentences.h"

namespace ditto::server {

/// One thing that is wrong with a request, in FastAPI's words.
struct FieldError {
    /// Below "body"; "" is the body itself.
    std::string field;
    std::string message;
    /// e.g. "missing", "int_type", "json_invalid".
    std::string type;
    /// "body", "query" or "header".
    std::string place = "body";
    /// Of the entry, where the field is a list.
    std::optional<std::size_t> index = {};
};

/// {"detail": [{"loc": ["body", field, index], "msg", "type"}]}
std::string field_errors_json(const std::vector<FieldError>& errors);
/// {"detail": text}
std::string detail_json(std::string_view text);

/// Takes the fields of a JSON object, and gathers all that is wrong with them. Unknown fields are
/// ignored; null is as good as a field that is not there, unless it is required.
class BodyReader {
  public:
    using Json = nlohmann::ordered_json;

    /// What is no JSON object is an error, and no field is missed in it.
    BodyReader(std::string_view text, Language language);
    /// Of a part of a body, which must outlive it; its fields are named without the way to it. (A
    /// copy would need stack for each level, and a client may nest a million.)
    static BodyReader of_part(const Json& part, Language language) { return {&part, language}; }
    BodyReader(const BodyReader&) = delete;
    BodyReader& operator=(const BodyReader&) = delete;

    Language language() const { return language_; }
    const std::vector<FieldError>& errors() const { return errors_; }
    /// Throws Refusal 422 with all errors so far.
    void check() const;

    bool has(std::string_view field) const;
    /// Null where it is missing or null.
    const Json* find(std::string_view field) const;
    /// Required; "" where it is wrong.
    std::string text(const char* field);
    /// "" where it is missing.
    std::string optional_text(const char* field);
    /// Required, 1 to `most`.
    std::vector<std::string> texts(const char* field, std::size_t most);
    bool flag(const char* field, bool otherwise);
    /// One of `names`; "" where it is missing or wrong.
    std::string choice(const char* field, const std::vector<std::string_view>& names,
                       bool required = false);
    enum class Kind { real, whole };
    double number(const char* field, double least, double most, Kind kind, double otherwise);

    void wrong(std::string field, Sentence sentence, const char* type,
               const MessageValues& values = {});
    void wrong(FieldError error) { errors_.push_back(std::move(error)); }

  private:
    BodyReader(const Json* part, Language language);

    const Json own_;
    const Json& json_;
    const Language language_;
    std::vector<FieldError> errors_;
};

}  // namespace ditto::server
