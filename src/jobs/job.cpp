#include "jobs/job.h"

#include <array>

namespace ditto::jobs {
namespace {

constexpr std::array<std::string_view, 5> names{"queued", "running", "completed", "failed",
                                                "cancelled"};

}  // namespace

std::string_view state_name(JobState state) {
    return names[static_cast<std::size_t>(state)];
}

std::optional<JobState> state_from_name(std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<JobState>(i);
    }
    return std::nullopt;
}

}  // namespace ditto::jobs
