#pragma once

#include <filesystem>
#include <iosfwd>
#include <stop_token>
#include <string>

#include "setup/diagnosis.h"
#include "setup/download_view.h"

namespace ditto::setup {

/// What `ditto-avatar setup` is asked to do. Nothing asked for means the diagnosis.
struct SetupRequest {
    bool check_gpu = false;
    bool check_deps = false;
    bool diagnose = false;
    bool download_models = false;
    bool verify = false;
    bool test = false;
    /// Only prints which files lie where, for a machine without network.
    bool list_urls = false;

    bool json = false;
    Language language = Language::english;
    /// How a download is shown.
    ViewMode view = ViewMode::lines;
    std::filesystem::path checkpoints = "checkpoints";
    /// minimal, onnx, pytorch, all.
    std::string set = "minimal";
    /// A folder to take the files from, instead of the network; may be empty.
    std::filesystem::path from_dir;
    hub::HubSettings hub;
    /// Where --test puts its videos.
    std::filesystem::path test_folder = "out";
    int port = 8080;
};

/// Does it, in the order of the members above. The report goes to `out` (text as it comes, or one
/// JSON document at the end), progress to `err`. True where all that was asked for is in order:
/// for the diagnosis, where something can generate.
/// Throws Error{cancelled}, and what concerns everything (disk_full, folder_unwritable).
bool run_setup(const SetupRequest& request, Engines& engines, std::ostream& out, std::ostream& err,
               const std::stop_token& stop);

}  // namespace ditto::setup
