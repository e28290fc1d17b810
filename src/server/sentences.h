#pragma once

#include <string>

#include "base/error.h"
#include "base/messages.h"

namespace ditto::server {

/// What only the service says; everything else comes from base/messages.h.
enum class Sentence {
    photo_valid,
    job_queued,
    job_completed,
    job_interrupted,
    not_found,
    method_not_allowed,
    request_malformed,
    body_too_large,
    multipart_malformed,
    photo_unknown,
    photo_in_use,
    audio_unknown,
    audio_path_refused,
    job_unknown,
    no_preview,
    queue_full,
    key_taken,
    range_refused,
    stopping,
    field_missing,
    json_invalid,
    json_no_object,
    value_string,
    value_list,
    value_number,
    value_integer,
    value_range,
    value_choice,
    time_passed,
};

std::string say(Sentence sentence, Language language, const MessageValues& values = {});

/// 400, 404 ... for what went wrong.
int http_status(ErrorCode code);

/// "12/30 s" or "2/5 min": passed and expected.
std::string time_text(double passed_s, double whole_s, Language language);

}  // namespace ditto::server
