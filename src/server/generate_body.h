#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/engines.h"
#include "base/messages.h"
#include "engine/controls.h"

namespace ditto::server {

/// One thing that is wrong with a request, in FastAPI's words.
struct FieldError {
    /// Below "body"; "" is the body itself.
    std::string field;
    std::string message;
    /// e.g. "missing", "int_type", "json_invalid".
    std::string type;
};

/// {"detail": [{"loc": ["body", field], "msg", "type"}]}
std::string field_errors_json(const std::vector<FieldError>& errors);
/// {"detail": text}
std::string detail_json(std::string_view text);

/// The body of POST /api/avatar/generate.
struct GenerateBody {
    std::string photo_id;
    std::string audio_path;
    EngineWish engine = EngineWish::automatic;
    Controls controls;
    /// Empty: nobody is told.
    std::string webhook;
    /// Only the first seconds of the voice; 0: all of it.
    double preview_duration_s = 0;
    /// Empty where all is well.
    std::vector<FieldError> errors;
};

/// Numbers may also come as strings, as FastAPI takes them; unknown fields are ignored.
GenerateBody read_generate_body(std::string_view json, Language language);

}  // namespace ditto::server
