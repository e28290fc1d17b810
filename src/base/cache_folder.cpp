#include "base/cache_folder.h"

#include <cstdlib>

namespace ditto {
namespace {

std::filesystem::path from_environment(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

std::filesystem::path cache_folder() {
    if (auto named = from_environment("DITTO_CACHE"); !named.empty()) return named;
    // The XDG Base Directory Specification has relative paths ignored.
    if (const auto caches = from_environment("XDG_CACHE_HOME"); caches.is_absolute()) {
        return caches / "ditto-avatar";
    }
    const auto home = from_environment("HOME");
    return home.is_absolute() ? home / ".cache" / "ditto-avatar" : std::filesystem::path();
}

}  // namespace ditto
