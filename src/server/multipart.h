#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace ditto::server {

/// The parameter `name` of a header value such as `form-data; name="file"; filename="a b.jpg"`.
std::optional<std::string> header_parameter(std::string_view value, std::string_view name);

/// Takes the parts of a multipart/form-data body (RFC 7578) as the bytes arrive; its memory does
/// not grow with the body.
class MultipartReader {
  public:
    class Sink {
      public:
        virtual ~Sink() = default;
        /// `file_name`: what the client calls the file; empty where it says nothing.
        virtual void part(const std::string& field, const std::string& file_name) = 0;
        virtual void data(std::string_view bytes) = 0;
    };

    static constexpr std::size_t max_part_head_bytes = 4096;
    static constexpr int max_parts = 32;

    /// `boundary` must be valid (see boundary_of).
    MultipartReader(const std::string& boundary, Sink& sink);

    /// False once the body is malformed: too many parts, a part without a name, oversized heads.
    bool push(std::string_view bytes);
    /// True where the closing delimiter has arrived.
    bool complete() const { return state_ == State::end; }

    /// From a Content-Type; nothing where it is no multipart/form-data with a boundary of 1 to 70
    /// allowed characters.
    static std::optional<std::string> boundary_of(std::string_view content_type);

  private:
    enum class State { preamble, delimiter, head, data, end, broken };

    /// True where the state changed and more can be done with what has arrived.
    bool advance();
    bool skip_preamble();
    bool after_delimiter();
    bool read_head();
    bool read_data();
    bool fail();

    const std::string delimiter_;
    Sink& sink_;
    State state_ = State::preamble;
    std::string waiting_ = "\r\n";
    int parts_ = 0;
};

/// Writes the part named "file" to a file of its own and drops all others.
class Upload final : public MultipartReader::Sink {
  public:
    /// The file is created at the first byte. Its folder must exist.
    Upload(std::string boundary, std::filesystem::path path);
    /// Removes the file, unless it was taken.
    ~Upload() override;
    Upload(const Upload&) = delete;
    Upload& operator=(const Upload&) = delete;

    /// False where the body is malformed. Throws Error{disk_full | folder_unwritable}.
    bool push(std::string_view bytes) { return reader_.push(bytes); }
    bool complete() const { return reader_.complete(); }

    bool has_file() const { return files_ > 0; }
    const std::filesystem::path& path() const { return path_; }
    /// What the client calls the file: without folders, at most 200 bytes, for people only.
    const std::string& name() const { return name_; }
    /// Moves the file there. Throws Error{folder_unwritable}.
    void take(const std::filesystem::path& target);

    void part(const std::string& field, const std::string& file_name) override;
    void data(std::string_view bytes) override;

  private:
    MultipartReader reader_;
    std::filesystem::path path_;
    std::string name_;
    int descriptor_ = -1;
    int files_ = 0;
    bool writing_ = false;
};

}  // namespace ditto::server
