#pragma once

#include "jobs/database.h"

// Inside the room only.
namespace ditto::jobs {

/// Creates the tables, or brings those of an older version up to date. Throws Error{internal} for a
/// database of a newer version.
void migrate(Database& database);

}  // namespace ditto::jobs
