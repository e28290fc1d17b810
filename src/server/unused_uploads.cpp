#include "server/unused_uploads.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/stat.h>

namespace ditto::server {
namespace {

namespace fs = std::filesystem;

/// avatar_<id>, voice_<id>, deck_<id>, as the upload and its note are called; else empty.
std::string upload_name(const fs::path& path) {
    std::string stem = path.stem().string();
    for (const std::string_view start : {"avatar_", "voice_", "deck_"}) {
        if (stem.starts_with(start) && is_id(std::string_view(stem).substr(start.size()))) {
            return stem;
        }
    }
    return {};
}

bool came_before(const fs::path& path, double time_s) {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0 && static_cast<double>(info.st_mtim.tv_sec) < time_s;
}

}  // namespace

int remove_unused_uploads(const DataFolder& data, jobs::JobStore& store, double before_s) {
    std::vector<fs::path> old;
    std::error_code error;
    for (auto entry = fs::directory_iterator(data.uploads(), error);
         entry != fs::directory_iterator(); entry.increment(error)) {
        if (!upload_name(entry->path()).empty() && came_before(entry->path(), before_s)) {
            old.push_back(entry->path());
        }
    }
    if (old.empty()) return 0;
    std::set<std::string> used;
    for (const fs::path& file : store.files()) {
        used.insert(upload_name(file));
        // A slide lies in its deck's folder.
        used.insert(upload_name(file.parent_path()));
    }
    int removed = 0;
    for (const fs::path& upload : old) {
        if (used.contains(upload_name(upload))) continue;
        fs::remove_all(upload, error);
        removed += error ? 0 : 1;
    }
    return removed;
}

}  // namespace ditto::server
