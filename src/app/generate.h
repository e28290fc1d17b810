#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>

#include "app/engines.h"
#include "base/progress.h"
#include "engine/controls.h"

namespace ditto {

/// A photo and a voice that become a talking video.
struct GenerateRequest {
    /// Or, for the ditto engine, a video.
    std::filesystem::path photo;
    std::filesystem::path audio;
    /// An MP4; its folder must exist. It appears only when it is complete.
    std::filesystem::path output;
    EngineWish engine = EngineWish::automatic;
    std::filesystem::path checkpoints = "checkpoints";
    Controls controls;
    /// Of the voice; 0: all of it.
    double preview_s = 0;
    /// Larger photos are scaled down so that this is their larger side; 0: 1920.
    int max_size = 0;
    /// Where the newest frame can be watched, a small JPEG; empty: nowhere.
    std::filesystem::path preview = {};
    /// Where the ditto engine writes its intermediate results (docs/ditto-dump.md); empty: nowhere.
    std::filesystem::path dump = {};
    int dump_frames = 0;
    Precision precision = Precision::automatic;
};

struct GeneratedVideo {
    std::filesystem::path path;
    std::string engine;
    int width = 0;
    int height = 0;
    std::int64_t frames = 0;
    /// Of the video.
    double duration_s = 0;
    /// That it took.
    double elapsed_s = 0;
};

/// Blocks until the video is in place. Throws Error; Error{cancelled} after a stop request. After
/// an error nothing is left behind.
GeneratedVideo generate_video(const GenerateRequest& request, Engines& engines, Progress& progress,
                              std::stop_token stop);

}  // namespace ditto
