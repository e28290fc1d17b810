#pragma once

#include "jobs/job_store.h"
#include "server/data_folder.h"

namespace ditto::server {

/// Removes photos, voices and decks, with their notes, that came before `before_s` (seconds since
/// 1970) and that no job names any more. Other files in uploads/ stay. Returns how many files and
/// folders went. Throws Error where the store fails.
int remove_unused_uploads(const DataFolder& data, jobs::JobStore& store, double before_s);

}  // namespace ditto::server
