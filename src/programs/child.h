#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "programs/confinement.h"
#include "programs/program.h"

// The side of the new process, from fork() to exec(). Inside the room only.
namespace ditto::programs {

/// Everything that the new process needs, made before fork(): between fork() and exec() a process
/// with threads may not take memory.
class Child {
  public:
    Child(const Program& program, const std::filesystem::path& path);

    /// Starts the program with these as its first three files. What goes wrong before it starts
    /// is written to `report` as an errno. Never returns.
    [[noreturn]] void start(int input, int output, int complaint, int report);

  private:
    void limit() const;
    void leave_network() const;

    const Program& program_;
    std::string path_;
    std::vector<std::string> words_;
    std::vector<std::string> settings_;
    std::vector<char*> arguments_;
    std::vector<char*> environment_;
    std::string user_map_;
    std::string group_map_;
    Confinement confinement_;
};

}  // namespace ditto::programs
