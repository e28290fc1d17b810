#pragma once

#include <string>

#include "base/error.h"
#include "base/messages.h"
#include "jobs/job.h"
#include "jobs/slide_store.h"
#include "server/data_folder.h"
#include "server/replies.h"

namespace ditto::server {

/// The answer of GET /api/avatar/job/{id}/status. `queued_before`: how many jobs go first, for
/// one that waits.
Json job_status_json(const jobs::Job& job, int queued_before, double now_s, Language language);

/// What a running job is at, e.g. "Animating... (2/5 min)": the stage, and the time that
/// passed of the time it will take; "Finding the face... (3 s)" while that cannot be told.
std::string running_text(const jobs::Job& job, double now_s, Language language);

/// The value of a control (control_text) as a client may send it; an emotion by its number.
Json control_json(const std::string& text);

/// The state as clients know it: pending, processing, completed, failed.
std::string client_state(jobs::JobState state);

/// Adds what is told of a presentation: its slides, and of a finished one chapters and subtitles.
void add_slides(const jobs::Job& job, const std::vector<jobs::Slide>& slides, Language language,
                Json& json);

/// Adds what the list and the details of jobs tell beside the status.
void add_job_details(const jobs::Job& job, const DataFolder& data, Json& json);

/// What a client is told of a failure: the sentence of its code, without folders of the server.
std::string failure_text(const jobs::JobFailure& failure, Language language);
std::string failure_text(const Error& error, Language language);

}  // namespace ditto::server
