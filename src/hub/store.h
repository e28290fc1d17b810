#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hub/file_handle.h"

namespace ditto::hub {

/// What a file was held against when it was found whole.
enum class CheckedAgainst { manifest, hub, nothing };
std::string_view name_of(CheckedAgainst checked);

/// What is known of a file in the folder since it was last read from end to end.
struct VerifiedFile {
    std::int64_t bytes = 0;
    std::string sha256;
    std::int64_t modified_ns = 0;
    CheckedAgainst checked = CheckedAgainst::nothing;
    std::string revision;
};

/// The folder's record of verified files, DIR/ditto-avatar.lock.json.
class LockFile {
  public:
    /// An unreadable record counts as none: it is only a memory.
    static LockFile load(const std::filesystem::path& folder);

    std::vector<std::string> names() const;
    const VerifiedFile* find(std::string_view name) const;
    /// The entry, where the file still has the size and time that it had then.
    const VerifiedFile* find_unchanged(std::string_view name) const;
    /// Takes the file's size and time as they are now.
    void put(const std::string& name, std::string sha256, CheckedAgainst checked,
             std::string revision);
    void forget(const std::string& name);
    /// Throws Error{disk_full | folder_unwritable}.
    void save() const;

  private:
    std::filesystem::path folder_;
    std::map<std::string, VerifiedFile, std::less<>> files_;
};

inline constexpr std::string_view lock_file_name = "ditto-avatar.lock.json";
/// Exists while a download is at work; the operating system's lock on it is what counts.
inline constexpr std::string_view busy_file_name = ".ditto-avatar.busy";

/// Keeps other downloads out of the folder; given up when the process ends, however it ends.
class FolderLock {
  public:
    /// Nothing where another process holds it. Throws Error{folder_unwritable}.
    static std::optional<FolderLock> try_take(const std::filesystem::path& folder);

  private:
    explicit FolderLock(FileHandle file) : file_(std::move(file)) {}
    FileHandle file_;
};

/// Size and time of last change, where the file is there.
struct FileFacts {
    std::int64_t bytes = 0;
    std::int64_t modified_ns = 0;
};
std::optional<FileFacts> facts_of(const std::filesystem::path& file);

}  // namespace ditto::hub
