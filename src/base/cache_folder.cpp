#include "base/cache_folder.h"

#include "base/environment.h"

namespace ditto {
std::filesystem::path cache_folder() {
    if (const auto named = from_environment("DITTO_CACHE"); !named.empty()) return named;
    // The XDG Base Directory Specification has relative paths ignored.
    if (const std::filesystem::path caches = from_environment("XDG_CACHE_HOME");
        caches.is_absolute()) {
        return caches / "ditto-avatar";
    }
    const std::filesystem::path home = from_environment("HOME");
    return home.is_absolute() ? home / ".cache" / "ditto-avatar" : std::filesystem::path();
}

}  // namespace ditto
