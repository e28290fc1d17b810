#pragma once

#include <cstddef>
#include <optional>
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
    /// "body", "query" or "header".
    std::string place = "body";
    /// Of the entry, where the field is a list.
    std::optional<std::size_t> index = {};
};

/// {"detail": [{"loc": ["body", field, index], "msg", "type"}]}
std::string field_errors_json(const std::vector<FieldError>& errors);
/// {"detail": text}
std::string detail_json(std::string_view text);

/// The body of POST /api/avatar/generate, validate and generate-batch.
struct GenerateBody {
    std::string photo_id;
    /// One; more in a batch.
    std::vector<std::string> audio_paths;
    EngineWish engine = EngineWish::automatic;
    Controls controls;
    /// Empty: nobody is told.
    std::string webhook;
    /// Seconds of the voice; 0: all of it.
    double preview_duration = 0;
    /// Of the video's larger side, in pixels; 0: the photo's, at most 1920.
    int max_size = 0;
    /// -10 to 10.
    int priority = 0;
    /// Empty where all is well.
    std::vector<FieldError> errors;
};

/// How a request names its voices: audio_path, audio_paths, or elsewhere.
enum class VoiceField { one, several, none };

/// False for what is the operator's matter: how many processors a job takes.
bool is_client_control(const ControlSpec& spec);

/// Numbers may also come as strings, as FastAPI takes them; unknown fields are ignored.
/// Of audio_paths 1 to 200.
GenerateBody read_generate_body(std::string_view json, Language language,
                                VoiceField voices = VoiceField::one);

}  // namespace ditto::server
