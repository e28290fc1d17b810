#pragma once

#include <string>

#include "base/messages.h"
#include "jobs/job.h"

namespace ditto::server {

/// The answer of GET /api/avatar/job/{id}/status. `queued_before`: how many jobs go first, for
/// one that waits.
std::string job_status_json(const jobs::Job& job, int queued_before, double now_s,
                            Language language);

/// What a client is told of a failure: the sentence of its code, without folders of the server.
std::string failure_text(const jobs::JobFailure& failure, Language language);

}  // namespace ditto::server
