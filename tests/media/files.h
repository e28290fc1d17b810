#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace ditto::media {

using FileContent = std::vector<std::byte>;

/// A folder that goes away with its owner.
class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    /// Names of what is inside, hidden files too.
    std::vector<std::string> names() const;

  private:
    std::filesystem::path path_;
};

void write_content(const std::filesystem::path& path, std::span<const std::byte> content);
FileContent read_content(const std::filesystem::path& path);

/// The code of the Error that `action` throws; fails the test where it throws none.
ErrorCode code_of(const std::function<void()>& action);

}  // namespace ditto::media
