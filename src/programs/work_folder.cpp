#include "programs/work_folder.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <system_error>

#include "base/error.h"

namespace ditto::programs {

WorkFolder::WorkFolder(const std::filesystem::path& parent) {
    std::string name = (parent / ".work-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
        const int why = errno;
        throw Error(why == ENOSPC ? ErrorCode::disk_full : ErrorCode::folder_unwritable,
                    {{"path", parent.string()}}, std::strerror(why));
    }
    path_ = name;
}

WorkFolder::~WorkFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace ditto::programs
