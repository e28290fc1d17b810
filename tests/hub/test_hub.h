#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace ditto::hub::testing {

/// How a file's server misbehaves. "times" and "first" count the answers that carry its bytes.
struct Misbehaviour {
    std::int64_t cut_every = 0;         // closes the connection after so many body bytes
    int status = 0;                     // answers with this instead of the file ...
    int status_times = 0;               // ... so many times
    std::string retry_after = {};       // with this header
    bool status_from_hub = false;       // the hub itself does it, not the host of the bytes
    int wrong_length_times = 0;         // promises 100 bytes less and sends those
    int wrong_bytes_times = 0;          // turns over one byte
    std::int64_t etag_changes_at = -1;  // a new file once so many bytes were sent
    std::string changed_content = {};
    bool no_ranges = false;
    bool no_etag = false;
    bool weak_etag = false;
    bool no_linked_headers = false;
    bool refuses_head = false;
    bool hub_serves_bytes = false;  // no redirect: the file comes from the hub itself
    int expires_after = 0;          // the signed address answers 403 after so many uses
    int trickle_bytes_per_s = 0;    // for the first `trickle_times` answers
    int trickle_times = 0;
    bool gzip = false;
    std::string redirect_to = {};  // instead of the host of the bytes
    int delay_ms = 0;              // before each answer
};

struct SeenRequest {
    std::string server;  // "hub" or "store"
    std::string method;
    std::string target;
    std::map<std::string, std::string> headers;  // names in lower case
};

/// A model hub on the loopback interface, with plain sockets: "hub" redirects to "store" (another
/// port, so another origin) as the real one does, with LFS headers, ranges and ETags.
class TestHub {
  public:
    TestHub();
    ~TestHub();
    TestHub(const TestHub&) = delete;
    TestHub& operator=(const TestHub&) = delete;

    void put(const std::string& name, std::string content, Misbehaviour misbehaviour = {});
    std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(hub_port_); }
    std::string store_endpoint() const { return "http://127.0.0.1:" + std::to_string(store_port_); }

    std::vector<SeenRequest> requests() const;
    std::int64_t bytes_sent() const { return bytes_sent_; }
    /// Called with the number of body bytes sent so far, from the servers' threads.
    std::function<void(std::int64_t)> on_bytes;

  private:
    struct File {
        std::shared_ptr<const std::string> content;
        std::string sha256;
        std::string git_name;
        Misbehaviour misbehaviour;
        std::int64_t sent = 0;
        int answers = 0;
        int statuses = 0;
        int signed_uses = 0;
        int signature = 0;
    };

    static void set_content(File& file, std::string content);
    static int listen_on_loopback(int& port);
    void accept_loop(int listener, const char* server);
    void serve(int connection, const char* server);
    bool answer(int connection, const SeenRequest& request);
    bool answer_hub(int connection, const SeenRequest& request, File& file);
    bool answer_bytes(int connection, const SeenRequest& request, File& file);
    bool send_body(int connection, File& file, std::string_view body, std::int64_t limit,
                   int bytes_per_s);
    bool answer_status(int connection, File& file);

    int hub_listener_ = -1;
    int store_listener_ = -1;
    int hub_port_ = 0;
    int store_port_ = 0;
    std::atomic<bool> stopping_{false};
    std::atomic<std::int64_t> bytes_sent_{0};
    mutable std::mutex mutex_;
    std::condition_variable idle_;
    std::map<std::string, File> files_;
    std::vector<SeenRequest> requests_;
    std::map<int, bool> open_;
    std::vector<std::thread> accepting_;
    int serving_ = 0;
};

}  // namespace ditto::hub::testing
