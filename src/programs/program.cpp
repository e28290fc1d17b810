#include "programs/program.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "programs/child.h"

namespace ditto::programs {
namespace {

using Clock = std::chrono::steady_clock;

class File {
  public:
    explicit File(int descriptor = -1) : descriptor_(descriptor) {}
    ~File() { reset(); }
    File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    int get() const { return descriptor_; }
    void reset() {
        if (descriptor_ >= 0) close(descriptor_);
        descriptor_ = -1;
    }

  private:
    int descriptor_;
};

struct Pipe {
    File reading;
    File writing;
};

/// The numbers 0 to 3 stay free of pipes, as the child puts its own files there.
File above_three(int descriptor) {
    const File low(descriptor);
    return File(fcntl(low.get(), F_DUPFD_CLOEXEC, 4));
}

Pipe make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::memory, {}, "pipe");
    Pipe pipe{above_three(ends[0]), above_three(ends[1])};
    if (pipe.reading.get() < 0 || pipe.writing.get() < 0) {
        throw Error(ErrorCode::memory, {}, "pipe");
    }
    return pipe;
}

void never_wait(const File& file) {
    fcntl(file.get(), F_SETFL, O_NONBLOCK);
}

Error failure(const Program& program, int status, std::string detail) {
    return Error(ErrorCode::program_failed,
                 {{"program", std::filesystem::path(program.name).filename().string()},
                  {"status", std::to_string(status)}},
                 std::move(detail));
}

/// A started program: its process group and our ends of its pipes.
class Running {
  public:
    Running(const Program& program, const std::filesystem::path& path);
    ~Running() { end(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    /// Passes bytes to and fro until it has ended.
    void attend(const std::stop_token& stop);
    Outcome finish();

  private:
    void end();
    void feed();
    /// False at the end of the file. Throws Error{program_failed} where it is too much.
    bool take(const File& from, std::string& text);

    const Program& program_;
    Pipe input_ = make_pipe();
    Pipe output_ = make_pipe();
    Pipe complaint_ = make_pipe();
    pid_t process_ = -1;
    File ended_;
    std::size_t fed_ = 0;
    Outcome outcome_;
};

Running::Running(const Program& program, const std::filesystem::path& path) : program_(program) {
    Child child(program, path);
    Pipe report = make_pipe();
    process_ = fork();
    if (process_ < 0) throw Error(ErrorCode::memory, {}, std::strerror(errno));
    if (process_ == 0) {
        child.start(input_.reading.get(), output_.writing.get(), complaint_.writing.get(),
                    report.writing.get());
    }
    setpgid(process_, process_);
    ended_ = File(static_cast<int>(syscall(SYS_pidfd_open, process_, 0)));
    input_.reading.reset();
    output_.writing.reset();
    complaint_.writing.reset();
    report.writing.reset();
    int why = 0;
    const bool failed = read(report.reading.get(), &why, sizeof why) == sizeof why;
    if (failed || ended_.get() < 0) {
        end();
        throw failure(program, 127, failed ? std::strerror(why) : "pidfd_open");
    }
    never_wait(input_.writing);
    never_wait(output_.reading);
    never_wait(complaint_.reading);
}

/// Kills the whole group and waits for its leader.
void Running::end() {
    if (process_ < 0) return;
    kill(-process_, SIGKILL);
    int state = 0;
    while (waitpid(process_, &state, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    outcome_.status = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

void Running::feed() {
    // A program may end without reading all; SIGPIPE is then an error of write() alone.
    sigset_t pipe_signal;
    sigset_t before;
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
    const ssize_t count =
        write(input_.writing.get(), program_.input.data() + fed_, program_.input.size() - fed_);
    if (count > 0) fed_ += static_cast<std::size_t>(count);
    const bool broken = count < 0 && errno == EPIPE;
    if (broken) {
        const timespec at_once{};
        sigtimedwait(&pipe_signal, nullptr, &at_once);
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    if (broken || fed_ == program_.input.size()) input_.writing.reset();
}

bool Running::take(const File& from, std::string& text) {
    std::array<char, 16384> bytes{};
    const ssize_t count = read(from.get(), bytes.data(), bytes.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (text.size() + static_cast<std::size_t>(count) > program_.output_bytes) {
        throw failure(program_, 1, "too much output");
    }
    text.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
}

void Running::attend(const std::stop_token& stop) {
    const File stopped(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    const std::stop_callback on_stop(stop, [&] { eventfd_write(stopped.get(), 1); });
    const auto limit = Clock::now() + program_.time_limit;
    while (true) {
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
        if (left.count() <= 0) {
            throw Error(ErrorCode::program_slow,
                        {{"program", std::filesystem::path(program_.name).filename().string()},
                         {"limit", std::to_string(program_.time_limit.count() / 1000) + " s"}});
        }
        // A closed file is -1, which poll() passes over.
        std::array<pollfd, 5> files{{{stopped.get(), POLLIN, 0},
                                     {ended_.get(), POLLIN, 0},
                                     {input_.writing.get(), POLLOUT, 0},
                                     {output_.reading.get(), POLLIN, 0},
                                     {complaint_.reading.get(), POLLIN, 0}}};
        poll(files.data(), files.size(), static_cast<int>(std::min<long>(left.count(), 60'000)));
        if (files[2].revents != 0) feed();
        if (files[3].revents != 0 && !take(output_.reading, outcome_.output)) {
            output_.reading.reset();
        }
        if (files[4].revents != 0 && !take(complaint_.reading, outcome_.complaint)) {
            complaint_.reading.reset();
        }
        if (files[1].revents != 0) return;
    }
}

Outcome Running::finish() {
    // Children that it left behind could hold the pipes open for ever.
    end();
    for (auto [from, text] : {std::pair{&output_.reading, &outcome_.output},
                              std::pair{&complaint_.reading, &outcome_.complaint}}) {
        std::size_t before = 0;
        do {
            before = text->size();
        } while (from->get() >= 0 && take(*from, *text) && text->size() > before);
    }
    return std::move(outcome_);
}

bool runnable(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::optional<std::filesystem::path> find_program(std::string_view name) {
    std::error_code error;
    if (name.find('/') != std::string_view::npos) {
        auto path = std::filesystem::absolute(name, error);
        return !error && runnable(path) ? std::optional(path) : std::nullopt;
    }
    const char* setting = std::getenv("PATH");
    std::string_view folders = setting != nullptr ? setting : "/usr/local/bin:/usr/bin:/bin";
    while (!name.empty() && !folders.empty()) {
        const std::size_t end = std::min(folders.find(':'), folders.size());
        const auto path = std::filesystem::path(folders.substr(0, end)) / name;
        if (path.is_absolute() && runnable(path)) return path;
        folders.remove_prefix(std::min(end + 1, folders.size()));
    }
    return std::nullopt;
}

std::string install_command(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> packages{{
        {"pdfinfo", "poppler-utils"},
        {"pdftocairo", "poppler-utils"},
        {"pdftotext", "poppler-utils"},
        {"soffice", "libreoffice-impress"},
        {"espeak-ng", "espeak-ng"},
    }};
    for (const auto& [program, package] : packages) {
        if (program == name) return "sudo apt-get install " + std::string(package);
    }
    return {};
}

bool can_confine_files() {
    return Confinement::version() > 0;
}

Outcome run(const Program& program, const std::stop_token& stop) {
    const auto path = find_program(program.name);
    if (!path) {
        throw Error(ErrorCode::program_missing,
                    {{"program", program.name}, {"command", install_command(program.name)}});
    }
    Running running(program, *path);
    running.attend(stop);
    return running.finish();
}

Outcome run_well(const Program& program, const std::stop_token& stop) {
    Outcome outcome = run(program, stop);
    if (outcome.status != 0) throw failure(program, outcome.status, outcome.complaint);
    return outcome;
}

}  // namespace ditto::programs
