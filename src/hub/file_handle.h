#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace ditto::hub {

/// An open file; closed at the end of its life. Reading and writing name their place, so several
/// threads may share one.
class FileHandle {
  public:
    FileHandle() = default;
    /// `flags` as for open(2). Throws Error{model_missing} where there is no such file,
    /// Error{folder_unwritable} where it may not be opened.
    FileHandle(const std::filesystem::path& path, int flags);
    ~FileHandle();
    FileHandle(FileHandle&& other) noexcept;
    FileHandle& operator=(FileHandle&& other) noexcept;

    int descriptor() const { return descriptor_; }
    const std::filesystem::path& path() const { return path_; }

    /// Fills the front of `bytes`; fewer only at the end of the file.
    std::size_t read_at(std::int64_t offset, std::span<std::byte> bytes) const;
    /// Throws Error{disk_full | folder_unwritable}.
    void write_at(std::int64_t offset, std::span<const std::byte> bytes) const;
    void resize(std::int64_t bytes) const;
    /// Waits until the bytes are on the disk.
    void sync() const;

  private:
    [[noreturn]] void fail() const;

    std::filesystem::path path_;
    int descriptor_ = -1;
};

/// Writes beside `path`, then renames: readers see the old text or the new one.
/// Throws Error{disk_full | folder_unwritable}.
void write_atomically(const std::filesystem::path& path, std::string_view text);

/// A whole small file; empty where it is missing or longer than `limit`.
std::string read_small_file(const std::filesystem::path& path, std::size_t limit = 1U << 20);

/// Renames and makes the new name last. Throws Error{folder_unwritable}.
void rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes the folder with all above it. Throws Error{folder_unwritable}.
void make_folder(const std::filesystem::path& folder);

/// Bytes that this user may still write where `folder` is or would be made.
std::int64_t free_bytes(const std::filesystem::path& folder);

}  // namespace ditto::hub
