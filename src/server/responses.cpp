#include "server/responses.h"

#include <nlohmann/json.hpp>

#include "server/generate_body.h"

namespace ditto::server {

Response json_response(std::string body, int status) {
    return {status,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            std::move(body)};
}

Response json_response(const nlohmann::ordered_json& json) {
    return json_response(json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Response refusal(int status, Sentence sentence, const Request& request,
                 const MessageValues& values) {
    return json_response(detail_json(say(sentence, request.language(), values)), status);
}

Response field_missing(const std::string& field, const Request& request) {
    const std::string message = say(Sentence::field_missing, request.language());
    return json_response(field_errors_json({{field, message, "missing"}}), 422);
}

}  // namespace ditto::server
