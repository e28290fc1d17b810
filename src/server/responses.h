#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/messages.h"
#include "server/http.h"
#include "server/sentences.h"

// The responses that every endpoint is made of.
namespace ditto::server {

Response json_response(std::string body, int status = 200);
Response json_response(const nlohmann::ordered_json& json);

/// `{"detail": sentence}` in the client's language.
Response refusal(int status, Sentence sentence, const Request& request,
                 const MessageValues& values = {});

/// 422 for a field that is not there.
Response field_missing(const std::string& field, const Request& request);

}  // namespace ditto::server
