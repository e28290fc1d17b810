#include "base/shared_library.h"

#include <string>

#include <dlfcn.h>

#include "base/error.h"

namespace ditto {

void* SharedLibrary::find(const char* function) const {
    // Opening it again costs a look into a list.
    void* library = dlopen(file_, RTLD_LAZY | RTLD_LOCAL);
    void* found = library == nullptr ? nullptr : dlsym(library, function);
    if (found == nullptr) throw Error(ErrorCode::library_missing, {{"what", dlerror()}});
    return found;
}

}  // namespace ditto
