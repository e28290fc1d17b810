#pragma once

#include <map>
#include <string>
#include <string_view>

#include "app/engines.h"
#include "cli/options.h"
#include "engine/controls.h"

namespace ditto::cli {

/// --engine, --device, --face-finder, --checkpoints and a flag for each control, as they were
/// written.
class AnimationOptions {
  public:
    void add_engine(CLI::App& command, Language language);
    void add_controls(CLI::App& command, Language language);

    /// Throw Error{option_value}.
    EngineWish engine() const;
    EngineSetup setup() const { return {device_from(device_), face_finder_from(face_finder_)}; }
    Controls controls() const;
    std::string checkpoints() const { return checkpoints_.empty() ? "checkpoints" : checkpoints_; }

  private:
    std::string engine_;
    std::string device_;
    std::string face_finder_;
    std::string checkpoints_;
    std::map<std::string_view, std::string> controls_;
};

}  // namespace ditto::cli
