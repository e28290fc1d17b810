#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http.h"

namespace ditto::server {

/// The folders of the service, and the only place that turns a client's words into a path.
class DataFolder {
  public:
    /// Creates uploads/, outputs/, previews/ and tmp/ in it. Throws Error{folder_unwritable}.
    explicit DataFolder(const std::filesystem::path& root);

    const std::filesystem::path& root() const { return root_; }
    std::filesystem::path uploads() const { return root_ / "uploads"; }
    std::filesystem::path outputs() const { return root_ / "outputs"; }
    /// Pictures of running jobs; not served under a name of their own.
    std::filesystem::path previews() const { return root_ / "previews"; }
    /// A new name for a file that is being received; it lies on the same disk.
    std::filesystem::path temporary() const;

    /// The photo that upload-photo stored under this id.
    std::optional<std::filesystem::path> photo(const std::string& id) const;

    struct StoredPhoto {
        std::string id;
        std::filesystem::path path;
        /// Seconds since 1970.
        double created_s = 0;
    };
    /// All photos that upload-photo stored, in no order.
    std::vector<StoredPhoto> photos() const;

    /// How clients write the path of a file in uploads/ or outputs/: "./uploads/voice_1.wav".
    std::string client_path(const std::filesystem::path& file) const;

    struct Found {
        enum class Outcome { found, missing, refused } outcome = Outcome::refused;
        std::filesystem::path path = {};
    };
    /// A path such as "./outputs/audio/slide_1.wav" or "/uploads/audio_1.wav", looked up under
    /// outputs/ and uploads/ only. `refused` tells nothing of what exists elsewhere: the text is
    /// judged before the disk is looked at, and links that lead outside are refused as well.
    Found resolve(std::string_view text) const;

    /// GET of a file under /uploads/ or /outputs/ with ETag and ranges (RFC 9110, sections 13
    /// and 14; one range). Throws Refusal: 404, 416.
    Response serve(const Request& request) const;

  private:
    std::filesystem::path root_;
};

/// The bytes that a Range header asks for, first and last. `outcome` none: no single byte range
/// that can be understood, so the whole file is sent.
struct ByteRange {
    enum class Outcome { none, satisfiable, unsatisfiable } outcome = Outcome::none;
    std::int64_t first = 0;
    std::int64_t last = 0;
};
ByteRange parse_range(std::string_view header, std::int64_t size);

/// ".jpg", ".png", ".webp" or "" by the first bytes of a file.
std::string picture_ending(const std::filesystem::path& path);

bool is_id(std::string_view text);

}  // namespace ditto::server
