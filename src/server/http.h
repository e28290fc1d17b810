#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/messages.h"

// Requests and responses as the service sees them, free of any library.
namespace ditto::server {

class Upload;

struct Request {
    /// "GET", "POST" ...; HEAD arrives as GET.
    std::string method;
    /// Decoded, begins with '/', holds no "." or ".." segment and no control characters.
    std::string path;
    std::map<std::string, std::string> query;
    /// Names in lower case.
    std::map<std::string, std::string> headers;
    /// Of a body that is kept in memory.
    std::string body;
    /// Of a body that went to disk.
    std::shared_ptr<Upload> upload;

    /// "" where it is missing.
    const std::string& header(const std::string& name) const;
    Language language() const;
};

/// How the body of a request is taken in, told before any of it is read.
struct BodyPlan {
    std::int64_t max_bytes = 0;
    /// Where set, the body is multipart and goes there.
    std::shared_ptr<Upload> upload;
};

/// An open file; closed with its last owner.
class OpenFile {
  public:
    explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
    ~OpenFile();
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

struct FilePart {
    std::shared_ptr<OpenFile> file;
    std::int64_t offset = 0;
    std::int64_t length = 0;
};

/// One step of a stream of events: text to send (may be empty), and whether it ends.
struct EventStep {
    std::string text;
    bool last = false;
};

struct Response {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::string body = {};
    /// Instead of `body`.
    std::optional<FilePart> file = {};
    /// Instead of `body`: asked twice a second.
    std::function<EventStep()> events = {};
};

/// Ends the handling of a request with this response.
struct Refusal {
    Response response;
};

std::string_view status_text(int status);

/// From Accept-Language: the supported language with the highest weight, else Traditional Chinese.
Language preferred_language(std::string_view accept_language);

}  // namespace ditto::server
