#include "programs/child.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace ditto::programs {
namespace {

constexpr int report_at = 3;

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

std::string path_setting() {
    const char* path = std::getenv("PATH");
    return std::string("PATH=") + (path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin");
}

/// One user or group that keeps its number in a namespace.
std::string identity(unsigned id) {
    return std::to_string(id) + " " + std::to_string(id) + " 1\n";
}

std::vector<std::filesystem::path> readable_for(const std::filesystem::path& program) {
    auto folders = system_folders();
    folders.push_back(program.parent_path());
    return folders;
}

void write_file(const char* path, const std::string& text) {
    const int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    [[maybe_unused]] const ssize_t written = write(file, text.data(), text.size());
    close(file);
}

void set_limit(decltype(RLIMIT_CPU) what, rlim_t value) {
    const rlimit limit{value, value};
    setrlimit(what, &limit);
}

/// Our handlers and blocked signals are inherited otherwise.
void restore_signals() {
    for (int number = 1; number < NSIG; ++number)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace

Child::Child(const Program& program, const std::filesystem::path& path)
    : program_(program),
      path_(path),
      words_{program.name},
      settings_{path_setting(), "HOME=" + program.folder.string(),
                "TMPDIR=" + program.folder.string(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8"},
      user_map_(identity(geteuid())),
      group_map_(identity(getegid())),
      confinement_(program.folder, readable_for(path), program.sockets) {
    words_.insert(words_.end(), program.arguments.begin(), program.arguments.end());
    arguments_ = pointers_to(words_);
    environment_ = pointers_to(settings_);
}

void Child::limit() const {
    const auto seconds = program_.time_limit.count() / 1000 + 1;
    set_limit(RLIMIT_CPU, static_cast<rlim_t>(2 * seconds));
    set_limit(RLIMIT_AS, static_cast<rlim_t>(program_.memory_bytes));
    set_limit(RLIMIT_FSIZE, static_cast<rlim_t>(program_.file_bytes));
    set_limit(RLIMIT_CORE, 0);
}

/// A network without any interface. Where the kernel refuses, the program runs as before.
void Child::leave_network() const {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return;
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", user_map_);
    write_file("/proc/self/gid_map", group_map_);
}

void Child::start(int input, int output, int complaint, int report) {
    setpgid(0, 0);
    restore_signals();
    if (program_.confined) leave_network();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool placed = dup2(input, 0) == 0 && dup2(output, 1) == 1 && dup2(complaint, 2) == 2 &&
                        (report == report_at || dup3(report, report_at, O_CLOEXEC) == report_at);
    if (placed && chdir(program_.folder.c_str()) == 0) {
        if (program_.confined) confinement_.enter();
        close_range(report_at + 1, ~0U, 0);
        limit();
        execve(path_.c_str(), arguments_.data(), environment_.data());
    }
    const int why = errno;
    [[maybe_unused]] const ssize_t written = write(placed ? report_at : report, &why, sizeof why);
    _exit(127);
}

}  // namespace ditto::programs
