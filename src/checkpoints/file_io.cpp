#include "checkpoints/file_io.h"

#include <fstream>
#include <system_error>

#include "base/error.h"

namespace ditto::checkpoints {

void save_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write) {
    std::filesystem::path part = path;
    part += ".part";
    std::error_code error;
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    {
        std::ofstream out(part, std::ios::binary | std::ios::trunc);
        if (out) write(out);
        out.close();
        if (!out) error = std::make_error_code(std::errc::io_error);
    }
    if (!error) std::filesystem::rename(part, path, error);
    if (error) {
        std::error_code ignored;
        std::filesystem::remove(part, ignored);
        throw Error(ErrorCode::model_write, {{"path", path.string()}}, error.message());
    }
}

std::string load_file(const std::filesystem::path& path, std::uint64_t limit) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        throw Error(ErrorCode::model_missing, {{"path", path.string()}});
    }
    const std::uint64_t size = std::filesystem::file_size(path, error);
    if (error || size > limit) {
        throw Error(ErrorCode::model_corrupt, {{"path", path.string()}},
                    error ? error.message() : "larger than " + std::to_string(limit) + " bytes");
    }
    std::string text(static_cast<std::size_t>(size), '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(text.data(), static_cast<std::streamsize>(size));
    if (!in) throw Error(ErrorCode::model_corrupt, {{"path", path.string()}}, "cannot be read");
    return text;
}

}  // namespace ditto::checkpoints
