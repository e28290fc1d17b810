#pragma once

#include <filesystem>
#include <string>

#include "base/messages.h"
#include "jobs/job.h"

namespace ditto::server {

/// The answer of GET /api/avatar/job/{id}/status. `queued_before`: how many jobs go first, for
/// one that waits.
std::string job_status_json(const jobs::Job& job, int queued_before, double now_s,
                            Language language);

/// The state's name for clients, who know four: pending, processing, completed, failed.
const char* client_state(jobs::JobState state);

/// The same with what the job is made of, as GET /api/avatar/job/{id} tells it. Addresses of files
/// are given below `data`, the data folder.
std::string job_json(const jobs::Job& job, const std::filesystem::path& data, int queued_before,
                     double now_s, Language language);

/// What a client is told of a failure: the sentence of its code, without folders of the server.
std::string failure_text(const jobs::JobFailure& failure, Language language);

}  // namespace ditto::server
