#include "hub/verifier.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <set>
#include <thread>

#include <fcntl.h>

#include "base/error.h"
#include "hub/digest.h"
#include "hub/part_file.h"
#include "hub/store.h"

namespace ditto::hub {
namespace {

namespace fs = std::filesystem;
using checkpoints::ModelFile;

constexpr std::string_view state_names[] = {"whole",      "size_right", "missing",     "truncated",
                                            "too_long",   "wrong_hash", "lfs_pointer", "web_page",
                                            "unreadable", "unfinished", "extra",       "unused"};

/// TensorRT engines of the official repository: made for one GPU and one version, never read here.
constexpr std::string_view unused_folder = "ditto_trt_Ampere_Plus/";

/// How far a file may be from a size that is only roughly known.
bool near(std::int64_t bytes, std::int64_t about) {
    return about == 0 || std::abs(bytes - about) <= about / 10;
}

/// Reads the files from a common list; every thread takes the next one.
class Verification {
  public:
    Verification(std::vector<FileReport>& reports, const VerifyOptions& options,
                 std::stop_token stop)
        : reports_(reports), options_(options), stop_(std::move(stop)) {
        for (const FileReport& report : reports_)
            total_ += needs_reading(report) ? report.bytes : 0;
    }

    void run() {
        const int wanted =
            options_.threads > 0
                ? options_.threads
                : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < wanted; ++i)
                threads.emplace_back([this] { work(); });
        }
        if (error_) std::rethrow_exception(error_);
    }

    std::int64_t bytes_read() const { return done_; }

  private:
    static bool needs_reading(const FileReport& report) { return report.state == FileState::whole; }

    void work() {
        try {
            while (true) {
                const std::size_t index = next_++;
                if (index >= reports_.size()) return;
                if (needs_reading(reports_[index])) read(reports_[index]);
            }
        } catch (...) {  // a thread's edge: thrown again by run()
            const std::lock_guard lock(mutex_);
            error_ = std::current_exception();
            next_ = reports_.size();
        }
    }

    void read(FileReport& report) {
        try {
            const FileHandle file(options_.folder / report.name, O_RDONLY);
            posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);
            Digest digest = Digest::sha256();
            std::vector<std::byte> block(std::size_t{1} << 20);
            std::int64_t at = 0;
            while (const std::size_t got = file.read_at(at, block)) {
                if (stop_.stop_requested()) throw Error(ErrorCode::cancelled);
                digest.update(std::span(block).first(got));
                at += static_cast<std::int64_t>(got);
                tell(static_cast<std::int64_t>(got));
            }
            report.sha256 = digest.hex();
        } catch (const Error& error) {
            if (error.code() == ErrorCode::cancelled) throw;
            report.state = FileState::unreadable;
            report.detail = error.detail();
            return;
        }
        if (!report.expected_sha256.empty() && report.sha256 != report.expected_sha256) {
            report.state = FileState::wrong_hash;
        } else if (!report.hash_published) {
            report.state = FileState::size_right;
        }
    }

    void tell(std::int64_t bytes) {
        const std::lock_guard lock(mutex_);
        done_ += bytes;
        if (options_.progress) options_.progress(done_, total_);
    }

    std::vector<FileReport>& reports_;
    const VerifyOptions& options_;
    std::stop_token stop_;
    std::int64_t total_ = 0;
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_;
    std::atomic<std::int64_t> done_ = 0;
    std::exception_ptr error_;
};

/// What is known without reading the file to its end; `whole` where that still has to be done.
FileReport glance(const ModelFile& file, const fs::path& folder, const LockFile& lock) {
    FileReport report;
    report.name = file.name;
    report.expected_sha256 = file.sha256;
    report.expected_bytes = file.bytes.value_or(0);
    const VerifiedFile* known = lock.find(file.name);
    report.hash_published = !file.sha256.empty();
    if (known != nullptr && file.sha256.empty()) {
        report.expected_sha256 = known->sha256;
        report.expected_bytes = known->bytes;
        report.hash_published = known->checked != CheckedAgainst::nothing;
    }
    const auto facts = facts_of(folder / file.name);
    if (!facts) return report;
    report.bytes = facts->bytes;
    report.state = judge_beginning(folder / file.name);
    if (report.state != FileState::whole) return report;
    if (report.expected_bytes > 0) {
        if (facts->bytes < report.expected_bytes) report.state = FileState::truncated;
        if (facts->bytes > report.expected_bytes) report.state = FileState::too_long;
    } else if (!near(facts->bytes, file.bytes_about)) {
        report.expected_bytes = file.bytes_about;
        report.state = facts->bytes < file.bytes_about ? FileState::truncated : FileState::too_long;
    }
    return report;
}

bool is_ours(std::string_view name) {
    return name == lock_file_name || name == busy_file_name || name.ends_with(part_state_suffix) ||
           name.starts_with("cache/");
}

std::vector<FileReport> the_rest(const fs::path& folder, const std::set<std::string>& known) {
    std::vector<FileReport> result;
    std::error_code problem;
    for (fs::recursive_directory_iterator at(folder, problem), end; !problem && at != end;
         at.increment(problem)) {
        const std::string name = at->path().lexically_relative(folder).generic_string();
        if (!at->is_regular_file(problem) || known.contains(name) || is_ours(name)) continue;
        FileReport report;
        report.name = name;
        report.bytes = facts_of(at->path()).value_or(FileFacts{}).bytes;
        report.state = FileState::extra;
        if (name.ends_with(part_suffix)) report.state = FileState::unfinished;
        if (name.starts_with(unused_folder)) report.state = FileState::unused;
        result.push_back(std::move(report));
    }
    std::sort(result.begin(), result.end(),
              [](const FileReport& a, const FileReport& b) { return a.name < b.name; });
    return result;
}

}  // namespace

std::string_view name_of(FileState state) {
    return state_names[static_cast<std::size_t>(state)];
}

bool is_bad(FileState state) {
    switch (state) {
        case FileState::whole:
        case FileState::size_right:
        case FileState::unfinished:
        case FileState::extra:
        case FileState::unused:
            return false;
        default:
            return true;
    }
}

bool VerifyReport::good() const {
    return std::none_of(files.begin(), files.end(),
                        [](const FileReport& file) { return is_bad(file.state); });
}

FileState judge_beginning(const fs::path& path) {
    std::array<std::byte, 256> bytes{};
    std::string_view text;
    try {
        const FileHandle file(path, O_RDONLY);
        const std::size_t got = file.read_at(0, bytes);
        text = {reinterpret_cast<const char*>(bytes.data()), got};
    } catch (const Error&) {
        return FileState::unreadable;
    }
    if (text.starts_with("version https://git-lfs.github.com/spec/")) return FileState::lfs_pointer;
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == text.npos) return FileState::whole;
    std::string start(text.substr(first, 14));
    std::transform(start.begin(), start.end(), start.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    const bool page = start.starts_with("<!doctype html") || start.starts_with("<html");
    return page ? FileState::web_page : FileState::whole;
}

VerifyReport verify(std::span<const ModelFile> wanted, std::span<const ModelFile> known,
                    const VerifyOptions& options, std::stop_token stop) {
    const auto begin = std::chrono::steady_clock::now();
    const LockFile lock = LockFile::load(options.folder);
    VerifyReport result;
    std::set<std::string> names;
    for (const ModelFile& file : wanted) {
        if (names.insert(file.name).second) {
            result.files.push_back(glance(file, options.folder, lock));
        }
    }
    for (const ModelFile& file : known) {
        if (!facts_of(options.folder / file.name) || !names.insert(file.name).second) continue;
        result.files.push_back(glance(file, options.folder, lock));
    }
    if (!options.sizes_only) {
        Verification verification(result.files, options, std::move(stop));
        verification.run();
        result.bytes_read = verification.bytes_read();
    }
    auto rest = the_rest(options.folder, names);
    result.files.insert(result.files.end(), rest.begin(), rest.end());
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
}

}  // namespace ditto::hub
