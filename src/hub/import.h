#pragma once

#include <filesystem>
#include <span>
#include <stop_token>

#include "hub/downloader.h"

namespace ditto::hub {

/// Takes the files from a folder instead of the network: laid out as the official repository, as
/// its cache on another machine (models--OWNER--NAME/snapshots/REVISION), or all in one folder.
/// Each is copied under a passing name, hashed on the way and renamed when it is right; where
/// nobody publishes its hash, its size and beginning must do.
/// Files that fail are reported and listed. Throws Error{disk_full | folder_unwritable},
/// Error{cancelled}.
DownloadResult import_files(std::span<const checkpoints::ModelFile> files,
                            const std::filesystem::path& from, const DownloadOptions& options,
                            DownloadObserver& observer, std::stop_token stop);

}  // namespace ditto::hub
