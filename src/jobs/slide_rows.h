#pragma once

#include <string>
#include <vector>

#include "jobs/database.h"
#include "jobs/job.h"

// How the slides of a new job come into their table; inside the room only.
namespace ditto::jobs {

void insert_slides(Database& database, const std::string& job,
                   const std::vector<SlideRequest>& slides);

}  // namespace ditto::jobs
