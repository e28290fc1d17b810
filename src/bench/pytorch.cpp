#include "bench/pytorch.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <span>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

namespace ditto::bench {
namespace {

/// Both ends closed in other programs.
std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::internal, {}, "no pipe");
    return ends;
}

pid_t spawn(std::vector<std::string> words, int input, int output) {
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(input);
    close(output);
    if (failed != 0) {
        throw Error(
            ErrorCode::program_missing,
            {{"program", words.front()}, {"command", "sudo apt-get install python3-torch"}});
    }
    return child;
}

}  // namespace

PyTorch::PyTorch(const PyTorchProgram& program, int threads,
                 const std::vector<std::filesystem::path>& files, const nn::Inputs& inputs)
    : program_(program.script.string()) {
    for (const auto& [name, tensor] : inputs) {
        std::ofstream(folder_.path() / (std::string(name) + ".in"), std::ios::binary)
            .write(static_cast<const char*>(tensor.data),
                   static_cast<std::streamsize>(tensor.count() * size_of(tensor.type)));
    }
    std::vector<std::string> words{program.python.string(), program_,   "--threads",
                                   std::to_string(threads), "--folder", folder_.path().string()};
    for (const auto& file : files)
        words.push_back(file.string());
    const auto to = make_pipe(), from = make_pipe();
    to_ = to[1];
    from_ = from[0];
    child_ = spawn(std::move(words), to[0], from[1]);
    const std::string ready = answer();
    if (!ready.starts_with("ready ")) fail(ready);
    version_ = ready.substr(ready.find(' ') + 1);
}

PyTorch::~PyTorch() {
    end();
}

/// The process is waited for; gives its exit status.
int PyTorch::end() {
    int status = 0;
    if (child_ > 0) {
        close(to_);  // what it waits for ends
        close(from_);
        waitpid(std::exchange(child_, 0), &status, 0);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void PyTorch::fail(const std::string& why) {
    throw Error(ErrorCode::program_failed,
                {{"program", program_}, {"status", std::to_string(end())}}, why);
}

std::string PyTorch::answer() {
    std::string line;
    for (char next = 0; next != '\n';) {
        const ssize_t count = read(from_, &next, 1);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) fail("it has ended");
        line += next;
    }
    line.pop_back();
    return line;
}

void PyTorch::ask(int number) {
    const std::string line = std::to_string(number) + "\n";
    if (write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
        answer() != "done") {
        fail("no answer");
    }
}

void PyTorch::run(int times) {
    ask(times);
}

Tensor PyTorch::output(std::string_view name, const Shape& shape) {
    ask(0);
    Tensor tensor(DataType::f32, shape);
    const auto bytes = std::as_writable_bytes(std::span(tensor.values<float>()));
    std::ifstream in(folder_.path() / (std::string(name) + ".out"), std::ios::binary);
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    if (!in || in.peek() != std::ifstream::traits_type::eof()) fail("an output's size");
    return tensor;
}

}  // namespace ditto::bench
