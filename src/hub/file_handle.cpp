#include "hub/file_handle.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.h"

namespace ditto::hub {
namespace {

[[noreturn]] void fail_at(const std::filesystem::path& path, int problem) {
    const std::string words = std::generic_category().message(problem);
    switch (problem) {
        case ENOENT:
            throw Error(ErrorCode::model_missing, {{"path", path.string()}}, words);
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            throw Error(ErrorCode::disk_full, {{"path", path.string()}}, words);
        default:
            throw Error(ErrorCode::folder_unwritable, {{"path", path.string()}}, words);
    }
}

}  // namespace

FileHandle::FileHandle(const std::filesystem::path& path, int flags)
    : path_(path), descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) fail();
}

FileHandle::~FileHandle() {
    if (descriptor_ >= 0) close(descriptor_);
}

FileHandle::FileHandle(FileHandle&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

void FileHandle::fail() const {
    fail_at(path_, errno);
}

std::size_t FileHandle::read_at(std::int64_t offset, std::span<std::byte> bytes) const {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t got = pread(descriptor_, bytes.data() + done, bytes.size() - done,
                                  offset + static_cast<std::int64_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail();
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    return done;
}

void FileHandle::write_at(std::int64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t put = pwrite(descriptor_, bytes.data(), bytes.size(), offset);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) fail();
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        offset += put;
    }
}

void FileHandle::resize(std::int64_t bytes) const {
    if (ftruncate(descriptor_, bytes) != 0) fail();
}

void FileHandle::sync() const {
    if (fdatasync(descriptor_) != 0 && errno != EINVAL) fail();
}

void write_atomically(const std::filesystem::path& path, std::string_view text) {
    auto beside = path;
    beside += ".new";
    try {
        const FileHandle file(beside, O_WRONLY | O_CREAT | O_TRUNC);
        file.write_at(0, std::as_bytes(std::span(text)));
    } catch (const Error&) {
        unlink(beside.c_str());
        throw;
    }
    if (rename(beside.c_str(), path.c_str()) != 0) fail_at(path, errno);
}

std::string read_small_file(const std::filesystem::path& path, std::size_t limit) {
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem);
    if (problem || size > limit) return {};
    std::ifstream file(path, std::ios::binary);
    std::string text(size, '\0');
    file.read(text.data(), static_cast<std::streamsize>(size));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (rename(from.c_str(), to.c_str()) != 0) fail_at(to, errno);
    const auto folder = to.has_parent_path() ? to.parent_path() : std::filesystem::path(".");
    const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        fsync(descriptor);
        close(descriptor);
    }
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem) {
        throw Error(ErrorCode::folder_unwritable, {{"path", folder.string()}}, problem.message());
    }
}

std::int64_t free_bytes(const std::filesystem::path& folder) {
    std::error_code ignored;
    auto place = std::filesystem::absolute(folder, ignored);
    while (!std::filesystem::exists(place, ignored) && place.has_relative_path()) {
        place = place.parent_path();
    }
    struct statvfs disk {};
    if (statvfs(place.c_str(), &disk) != 0) return 0;
    return static_cast<std::int64_t>(disk.f_bavail) * static_cast<std::int64_t>(disk.f_frsize);
}

}  // namespace ditto::hub
