#include "hub/file_hasher.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>

#include "base/error.h"
#include "hub/digest.h"
#include "hub/file_handle.h"

namespace ditto::hub {
namespace {

/// Small enough to stay in a core's cache between reading and hashing.
constexpr std::int64_t block_bytes = 1 << 17;
/// Waking up for less costs more than it gains.
constexpr std::int64_t worthwhile_bytes = 4 << 20;

}  // namespace

FileHasher::FileHasher(const std::filesystem::path& file, std::int64_t bytes, bool git_name,
                       std::function<void()> on_finished)
    : file_(file),
      bytes_(bytes),
      git_name_(git_name && bytes >= 0),
      on_finished_(std::move(on_finished)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

FileHasher::~FileHasher() {
    thread_.request_stop();
}

void FileHasher::advance(std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    ready_ = std::max(ready_, bytes);
    changed_.notify_all();
}

void FileHasher::complete(std::int64_t bytes) {
    const std::lock_guard lock(mutex_);
    ready_ = bytes;
    complete_ = true;
    changed_.notify_all();
}

FileHasher::Result FileHasher::result() const {
    const std::lock_guard lock(mutex_);
    return result_;
}

void FileHasher::run(const std::stop_token& stop) {
    try {
        hash(stop);
    } catch (const std::exception& problem) {  // a thread's edge
        const std::lock_guard lock(mutex_);
        result_.finished = true;
        result_.problem = problem.what();
    }
    if (!stop.stop_requested()) on_finished_();
}

/// How many bytes are there once there are enough more than `at`; nothing at the end, or when told
/// to stop: wait() says true then as well, where there are enough.
std::optional<std::int64_t> FileHasher::wait_for_more(std::int64_t at,
                                                      const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const bool woken =
        changed_.wait(lock, stop, [&] { return complete_ || ready_ - at >= worthwhile_bytes; });
    if (!woken || stop.stop_requested() || at >= ready_) return {};
    return ready_;
}

void FileHasher::hash(const std::stop_token& stop) {
    const FileHandle file(file_, O_RDWR);
    Digest sha256 = Digest::sha256();
    std::optional<Digest> git;
    if (git_name_) git = Digest::git_blob(bytes_);
    std::vector<std::byte> block(static_cast<std::size_t>(block_bytes));
    std::int64_t at = 0;
    while (const auto ready = wait_for_more(at, stop)) {
        const std::int64_t begin = at;
        while (at < *ready && !stop.stop_requested()) {
            const auto wanted = static_cast<std::size_t>(std::min(block_bytes, *ready - at));
            const std::size_t got = file.read_at(at, std::span(block).first(wanted));
            if (got < wanted) {
                throw Error(ErrorCode::model_corrupt, {{"path", file_.string()}}, "ends too early");
            }
            sha256.update(std::span(block).first(got));
            if (git) git->update(std::span(block).first(got));
            at += static_cast<std::int64_t>(got);
        }
        // The disk starts on it now, so that the wait at the end is short.
        sync_file_range(file.descriptor(), begin, at - begin, SYNC_FILE_RANGE_WRITE);
    }
    if (stop.stop_requested()) return;
    file.sync();
    const std::lock_guard lock(mutex_);
    result_.sha256 = sha256.hex();
    if (git) result_.git_name = git->hex();
    result_.finished = true;
}

}  // namespace ditto::hub
