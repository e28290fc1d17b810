#pragma once

#include <string>
#include <vector>

#include "app/engines.h"
#include "engine/controls.h"
#include "server/body_reader.h"

namespace ditto::server {

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
};

/// How a request names its voices: audio_path, audio_paths, or elsewhere.
enum class VoiceField { one, several, none };

/// False for what is the operator's matter: how many processors a job takes.
bool is_client_control(const ControlSpec& spec);

/// What is wrong is left with the reader. Numbers of controls may also come as strings, as FastAPI
/// takes them. Of audio_paths 1 to 200.
GenerateBody read_generate_body(BodyReader& reader, VoiceField voices = VoiceField::one);

}  // namespace ditto::server
