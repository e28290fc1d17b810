#pragma once

#include <map>
#include <string>

#include "jobs/database.h"
#include "jobs/job.h"

// How a job lies in its row; inside the room only.
namespace ditto::jobs {

/// The columns that read_job() expects, in their order.
extern const char* const job_columns;

Job read_job(const Statement& row);

/// Controls as lines "name=value".
std::string controls_text(const Controls& controls);
Controls controls_from_text(const std::string& text);

/// Values as "name\x1fvalue\x1e".
std::string values_text(const MessageValues& values);
MessageValues values_from_text(const std::string& text);

/// Seconds of each stage, as values.
std::string stage_times_text(const std::map<Stage, double>& times_s);
std::map<Stage, double> stage_times_from_text(const std::string& text);

std::string_view engine_text(EngineWish wish);

}  // namespace ditto::jobs
