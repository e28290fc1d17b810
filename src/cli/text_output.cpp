#include "cli/text_output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <unistd.h>

#include "base/error.h"

namespace ditto::cli {

void write_whole(const std::string& path, const std::string& content) {
    const std::string part = path + "." + std::to_string(getpid()) + ".part";
    std::ofstream out(part, std::ios::binary);
    out << content;
    out.close();
    if (!out || std::rename(part.c_str(), path.c_str()) != 0) {
        const std::string why = std::strerror(errno);
        std::error_code ignored;
        std::filesystem::remove(part, ignored);
        throw Error(ErrorCode::folder_unwritable, {{"path", path}}, why);
    }
}

}  // namespace ditto::cli
