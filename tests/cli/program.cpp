#include "program.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ditto::cli {
namespace {

double now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::vector<std::string> environment_strings(std::map<std::string, std::string> changes) {
    changes.try_emplace("LC_ALL", "C.UTF-8");
    changes.try_emplace("DITTO_CACHE", DITTO_BINARY_DIR "/tests/cache");
    std::vector<std::string> strings;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!changes.contains(text.substr(0, text.find('=')))) strings.push_back(text);
    }
    for (const auto& [name, value] : changes)
        strings.push_back(name + "=" + value);
    return strings;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> result;
    for (std::string& text : strings)
        result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

struct Pipe {
    Pipe() {
        if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
    std::array<int, 2> ends{};
};

}  // namespace

Program::Program(const std::vector<std::string>& arguments, Streams streams,
                 const std::map<std::string, std::string>& environment) {
    std::vector<std::string> command{DITTO_BINARY_DIR "/ditto-avatar"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<std::string> variables = environment_strings(environment);
    const std::vector<char*> argv = pointers(command);
    const std::vector<char*> envp = pointers(variables);
    began_s_ = now_s();
    if (streams == Streams::terminal) {
        const winsize size{24, 100, 0, 0};
        pid_ = forkpty(&out_, nullptr, nullptr, &size);
        if (pid_ == 0) {
            execve(argv[0], argv.data(), envp.data());
            _exit(127);
        }
        return;
    }
    const Pipe out;
    const Pipe err;
    pid_ = fork();
    if (pid_ == 0) {
        dup2(out.ends[1], STDOUT_FILENO);
        dup2(err.ends[1], STDERR_FILENO);
        execve(argv[0], argv.data(), envp.data());
        _exit(127);
    }
    close(out.ends[1]);
    close(err.ends[1]);
    out_ = out.ends[0];
    err_ = err.ends[0];
}

Program::~Program() {
    if (pid_ > 0) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    if (out_ >= 0) close(out_);
    if (err_ >= 0) close(err_);
}

bool Program::read_more() {
    std::array<pollfd, 2> wanted{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if (out_ < 0 && err_ < 0) return false;
    if (poll(wanted.data(), wanted.size(), 60'000) <= 0) throw std::runtime_error("no word");
    const auto take = [](const pollfd& ready, int& descriptor, std::string& text) {
        if (ready.fd < 0 || ready.revents == 0) return;
        std::array<char, 4096> buffer{};
        const ssize_t count = read(descriptor, buffer.data(), buffer.size());
        // A terminal whose last user went answers EIO.
        if (count <= 0) {
            close(descriptor);
            descriptor = -1;
            return;
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
    };
    take(wanted[0], out_, outcome_.out);
    take(wanted[1], err_, outcome_.err);
    return out_ >= 0 || err_ >= 0;
}

bool Program::wait_for(const std::string& text) {
    const auto seen = [&] {
        return outcome_.out.find(text) != std::string::npos ||
               outcome_.err.find(text) != std::string::npos;
    };
    while (!seen()) {
        if (!read_more()) return seen();
    }
    return true;
}

void Program::signal(int number) const {
    kill(pid_, number);
}

void Program::close_err() {
    close(err_);
    err_ = -1;
}

Outcome Program::finish() {
    while (read_more()) {
    }
    int status = 0;
    rusage usage{};
    wait4(pid_, &status, 0, &usage);
    pid_ = -1;
    outcome_.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    outcome_.elapsed_s = now_s() - began_s_;
    outcome_.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
    return outcome_;
}

Outcome run(const std::vector<std::string>& arguments,
            const std::map<std::string, std::string>& environment) {
    return Program(arguments, Program::Streams::pipes, environment).finish();
}

}  // namespace ditto::cli
