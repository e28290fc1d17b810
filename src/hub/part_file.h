#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "hub/file_handle.h"

namespace ditto::hub {

/// A stretch of a file: bytes [begin, position) are there, [position, end) are not.
struct Segment {
    std::int64_t begin = 0;
    std::int64_t position = 0;
    std::int64_t end = 0;  // -1: to the end of the file, wherever that is

    bool finished() const { return end >= 0 && position >= end; }
};

/// What must be known to go on after a break.
struct PartState {
    /// Which bytes these are: the expected hash, or the server's tag.
    std::string identity;
    std::string etag;
    std::int64_t bytes = -1;
    std::vector<Segment> segments;

    std::int64_t done() const;
    /// How much is there without a gap, from the front.
    std::int64_t contiguous() const;
};

/// An unfinished download: NAME.part beside the final name, and NAME.part.json that says which
/// stretches of it hold.
class PartFile {
  public:
    explicit PartFile(std::filesystem::path final_path);

    /// The state of an earlier download where there is one, well formed and not longer than its
    /// file.
    std::optional<PartState> load() const;
    /// Throws Error{disk_full | folder_unwritable}.
    void open();
    void save(const PartState& state) const;
    void write_at(std::int64_t offset, std::span<const std::byte> bytes) const {
        data_.write_at(offset, bytes);
    }
    void sync() const { data_.sync(); }
    /// Throws away the bytes and the state.
    void clear() const;
    /// Gives the whole file its final name. Throws Error{folder_unwritable}.
    void publish(std::int64_t bytes);
    void remove();

    const std::filesystem::path& data_path() const { return data_path_; }
    const std::filesystem::path& final_path() const { return final_path_; }
    int descriptor() const { return data_.descriptor(); }

  private:
    std::filesystem::path final_path_;
    std::filesystem::path data_path_;
    std::filesystem::path state_path_;
    FileHandle data_;
};

inline constexpr std::string_view part_suffix = ".part";
inline constexpr std::string_view part_state_suffix = ".part.json";

}  // namespace ditto::hub
