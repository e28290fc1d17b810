#include "media/output_error.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

#include "base/error.h"

namespace ditto::media {
namespace {

std::filesystem::path folder_of(const std::filesystem::path& path) {
    return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

}  // namespace

void check_output_folder(const std::filesystem::path& path) {
    std::error_code error;
    const std::filesystem::path folder = folder_of(path);
    if (!std::filesystem::is_directory(folder, error) || access(folder.c_str(), W_OK | X_OK) != 0) {
        throw Error(ErrorCode::output_folder, {{"path", folder.string()}});
    }
    const auto status = std::filesystem::status(path, error);
    const bool taken = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
    if (taken || !path.has_filename()) {
        throw Error(ErrorCode::output_write, {{"path", path.string()}});
    }
}

void throw_output_error(int error_number, const std::filesystem::path& path, std::string detail) {
    if (detail.empty() && error_number != 0) {
        detail = std::generic_category().message(error_number);
    }
    const MessageValues values{{"path", path.string()}};
    switch (error_number) {
        case ENOSPC:
        case EDQUOT:
            throw Error(ErrorCode::output_full, values, std::move(detail));
        case ENOENT:
        case ENOTDIR:
        case EACCES:
        case EROFS:
            throw Error(ErrorCode::output_folder, {{"path", folder_of(path).string()}},
                        std::move(detail));
        default:
            throw Error(ErrorCode::output_write, values, std::move(detail));
    }
}

}  // namespace ditto::media
