#pragma once

#include <cstdint>
#include <string_view>

#include "base/messages.h"

namespace ditto {

/// The stages of making a video, in the order in which they happen.
enum class Stage { prepare, find_face, register_avatar, render, finish };

/// Stable name for programs, e.g. "find_face".
std::string_view stage_name(Stage stage);
/// What users read, e.g. "Finding the face".
std::string_view stage_text(Stage stage, Language language);

/// Receives what happens during a request. The terminal's bar, JSON lines and the job store are
/// implementations. Calls may come from any thread, one at a time.
class Progress {
  public:
    virtual ~Progress() = default;

    /// A stage begins; `total` is its number of frames, or 0 where it cannot be counted.
    virtual void stage(Stage stage, std::int64_t total) = 0;
    /// `done` frames of the present stage are finished.
    virtual void advance(std::int64_t done) = 0;
    virtual void notice(const Notice& notice) = 0;
};

/// For callers that do not want to know.
class NoProgress final : public Progress {
  public:
    void stage(Stage, std::int64_t) override {}
    void advance(std::int64_t) override {}
    void notice(const Notice&) override {}
};

}  // namespace ditto
