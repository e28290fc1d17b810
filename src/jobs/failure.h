#pragma once

#include <exception>

#include "jobs/job.h"

// Inside the room only.
namespace ditto::jobs {

/// What is kept of an exception: Error as it is, lack of memory, and whatever else is internal.
JobFailure failure_of(const std::exception& error);

}  // namespace ditto::jobs
