#include "base/environment.h"

#include <cstdlib>

namespace ditto {

std::string from_environment(const char* name) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace ditto
