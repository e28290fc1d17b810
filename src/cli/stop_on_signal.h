#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace ditto::cli {

/// Turns Ctrl-C (SIGINT), SIGTERM and SIGHUP into a stop request, so that what runs can clean up.
/// Make it before any other thread: it blocks the signals in the caller and in all threads that
/// start later, and waits for them in a thread of its own. SIGPIPE is ignored: a reader of
/// progress that went away must not leave half a file behind.
class StopOnSignal {
  public:
    StopOnSignal();
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

    std::stop_token token() const { return stop_.get_token(); }

  private:
    std::stop_source stop_;
    std::atomic<bool> ending_ = false;
    sigset_t waited_for_{};
    std::thread waiter_;
};

}  // namespace ditto::cli
