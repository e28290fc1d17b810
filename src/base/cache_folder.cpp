#include "base/cache_folder.h"

#include <cstdlib>

namespace ditto {
namespace {

/// A folder that the environment names; empty where it does not, or not from the root.
std::filesystem::path named(const char* variable) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* value = std::getenv(variable);
    if (value == nullptr || *value != '/') return {};
    return value;
}

}  // namespace

std::filesystem::path cache_folder() {
    // https://specifications.freedesktop.org/basedir-spec/
    if (const auto caches = named("XDG_CACHE_HOME"); !caches.empty())
        return caches / "ditto-avatar";
    if (const auto home = named("HOME"); !home.empty()) return home / ".cache" / "ditto-avatar";
    return {};
}

}  // namespace ditto
