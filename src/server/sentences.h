#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "base/messages.h"

namespace ditto::server {

/// What only the service says; everything else comes from base/messages.h.
enum class Sentence {
    photo_valid,
    job_queued,
    job_next,
    job_completed,
    job_interrupted,
    not_found,
    id_unknown,
    method_not_allowed,
    request_malformed,
    body_too_large,
    body_over_limit,
    multipart_malformed,
    photo_unknown,
    photo_in_use,
    audio_unknown,
    audio_path_refused,
    job_unknown,
    deck_unknown,
    slide_unknown,
    slide_not_failed,
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
    value_url,
    key_too_long,
    key_unreadable,
    busy_with,
    busy_with_more,
    time_passed,
    time_of_whole,
};

std::string say(Sentence sentence, Language language, const MessageValues& values = {});

/// 400, 404 ... for what went wrong.
int http_status(ErrorCode code);

/// "12/30 s" or "2/5 min": passed and expected; "12 s" where nothing is expected yet.
std::string time_text(double passed_s, std::optional<double> whole_s, Language language);

}  // namespace ditto::server
