#include "base/cache_folder.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "base/environment.h"

namespace ditto {

namespace fs = std::filesystem;

fs::path cache_folder() {
    if (const auto named = from_environment("DITTO_CACHE"); !named.empty()) return named;
    // The XDG Base Directory Specification has relative paths ignored.
    if (const fs::path caches = from_environment("XDG_CACHE_HOME"); caches.is_absolute()) {
        return caches / "ditto-avatar";
    }
    const fs::path home = from_environment("HOME");
    return home.is_absolute() ? home / ".cache" / "ditto-avatar" : fs::path();
}

void remove_older_kept(const fs::path& kept, std::string_view stem, std::size_t most) {
    constexpr auto abandoned = std::chrono::hours(24);
    const std::size_t length = kept.filename().string().size();
    const std::string extension = kept.extension().string();
    const auto now = fs::file_time_type::clock::now();
    std::vector<std::pair<fs::file_time_type, fs::path>> others;
    std::error_code error;
    for (auto entry = fs::directory_iterator(kept.parent_path(), error);
         entry != fs::directory_iterator(); entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const std::string whole = name.substr(0, length);
        if (!whole.starts_with(stem) || whole.size() != length || !whole.ends_with(extension)) {
            continue;
        }
        const auto changed = entry->last_write_time(error);
        if (error || entry->path() == kept) continue;
        if (name == whole) {
            others.emplace_back(changed, entry->path());
        } else if (name.substr(length).starts_with(".part") && now - changed > abandoned) {
            fs::remove_all(entry->path(), error);
        }
    }
    std::ranges::sort(others, std::greater());
    for (std::size_t i = most - 1; i < others.size(); ++i)
        fs::remove_all(others[i].second, error);
}

}  // namespace ditto
