#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace ditto::server {

enum class LogFormat { text, json, none };
enum class LogLevel { info, warning, error };

/// The service's log, on stderr: a line an event, `time LEVEL event name=value ...` or one JSON
/// object. A thread of its own writes it, so that a slow reader stops nobody; where `most_waiting`
/// lines wait, more are dropped and counted. Thread-safe.
class RequestLog {
  public:
    using Values = std::vector<std::pair<std::string_view, std::string>>;
    static constexpr std::size_t most_waiting = 10'000;

    /// `descriptor` stays the caller's.
    explicit RequestLog(LogFormat format, int descriptor = 2);
    /// Writes what waits, unless nobody reads it.
    ~RequestLog();
    RequestLog(const RequestLog&) = delete;
    RequestLog& operator=(const RequestLog&) = delete;

    /// Empty values are left out. What looks like a number in `values` is one in JSON only where
    /// its name ends in _ms, _s, or is "status", "bytes", "attempt" or "frames".
    void write(LogLevel level, std::string_view event, const Values& values);
    std::uint64_t dropped();

  private:
    void work();
    void write_out(std::string_view text);

    const LogFormat format_;
    const int descriptor_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::string> waiting_;
    std::uint64_t dropped_ = 0;
    bool ending_ = false;
    std::thread thread_;
};

}  // namespace ditto::server
