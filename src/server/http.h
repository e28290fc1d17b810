#pragma once

#include <chrono>
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
    /// What this address takes; 0: not told yet, or nothing.
    std::int64_t max_body_bytes = 0;
    /// The client's address, without its port.
    std::string peer;
    /// Names this request in logs and in X-Request-Id.
    std::string id;
    /// The name of the API key it came with; empty: none, or a wrong one.
    std::string key_name;
    /// It reached the proxy in front by https.
    bool https = false;

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
    /// The job, or the batch of jobs, that the request made or asked for, for the log.
    std::string job_id = {};
    std::string batch_id = {};
};

/// Ends the handling of a request with this response.
struct Refusal {
    Response response;
};

/// One request and what became of it.
struct Exchange {
    const Request& request;
    int status = 0;
    std::string job_id;
    std::string batch_id;
    std::int64_t bytes_sent = 0;
    /// From the complete head to the last byte of the response.
    std::chrono::duration<double> time{};
};

/// What answers requests. handle() is called from several threads and may block; the others are
/// called from the server's own thread and must not.
class Handler {
  public:
    virtual ~Handler() = default;
    /// A head has arrived: gives the request its id.
    virtual void begin(Request& request) = 0;
    /// What to do with the body, told by the head alone. Throws Refusal.
    virtual BodyPlan plan(const Request& request) = 0;
    /// Never throws: what goes wrong becomes a response.
    virtual Response handle(const Request& request) = 0;
    /// The response to a request that is refused before it is understood.
    virtual Response refuse(int status, const Request& request) = 0;
    /// Headers that belong to every response; after plan(), handle() or refuse().
    virtual void dress(const Request& request, Response& response) = 0;
    virtual void done(const Exchange& exchange) = 0;
};

std::string_view status_text(int status);

/// From Accept-Language: the supported language with the highest weight, else Traditional Chinese.
Language preferred_language(std::string_view accept_language);

}  // namespace ditto::server
