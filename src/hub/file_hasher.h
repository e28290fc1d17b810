#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace ditto::hub {

/// Hashes a file while it is still being written, in a thread of its own: it follows the front
/// part that is already there, so that little is left to do when the last byte arrives.
class FileHasher {
  public:
    /// `bytes`: size of the finished file where known (git's name needs it), else -1.
    /// `on_finished` is called once, from the hasher's thread.
    FileHasher(const std::filesystem::path& file, std::int64_t bytes, bool git_name,
               std::function<void()> on_finished);
    ~FileHasher();
    FileHasher(const FileHasher&) = delete;
    FileHasher& operator=(const FileHasher&) = delete;

    /// The first `bytes` bytes will not change any more.
    void advance(std::int64_t bytes);
    /// The file is complete; its bytes are brought to the disk as well.
    void complete(std::int64_t bytes);

    struct Result {
        bool finished = false;
        std::string sha256;
        std::string git_name;  // empty where it was not asked for
        std::string problem;
    };
    Result result() const;

  private:
    void run(const std::stop_token& stop);
    std::optional<std::int64_t> wait_for_more(std::int64_t at, const std::stop_token& stop);
    void hash(const std::stop_token& stop);

    const std::filesystem::path file_;
    const std::int64_t bytes_;
    const bool git_name_;
    const std::function<void()> on_finished_;

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    std::int64_t ready_ = 0;
    bool complete_ = false;
    Result result_;
    std::jthread thread_;
};

}  // namespace ditto::hub
