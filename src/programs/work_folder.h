#pragma once

#include <filesystem>

namespace ditto::programs {

/// A new hidden folder inside `parent` for a program to work in; removed with all that is in it.
class WorkFolder {
  public:
    /// Throws Error{disk_full | folder_unwritable}.
    explicit WorkFolder(const std::filesystem::path& parent);
    ~WorkFolder();
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace ditto::programs
