#pragma once

#include <filesystem>
#include <vector>

// Linux's Landlock: which files a program may touch. Inside the room only.
namespace ditto::programs {

/// A set of rules for the files of a program; made before fork(), as it takes memory.
class Confinement {
  public:
    /// `whole`: may be read, written and run; `readable`: read and run; `sockets`, unless it is
    /// empty: Unix sockets may be made there, and files removed.
    Confinement(const std::filesystem::path& whole,
                const std::vector<std::filesystem::path>& readable,
                const std::filesystem::path& sockets);
    ~Confinement();
    Confinement(const Confinement&) = delete;
    Confinement& operator=(const Confinement&) = delete;

    /// Confines the calling process for good. Safe between fork() and exec(). False where the
    /// kernel cannot.
    bool enter() const;

    /// Landlock's version in this kernel; 0 where there is none.
    static int version();

  private:
    int rules_ = -1;
};

/// What every program needs: libraries, programs, fonts, and the settings of these.
std::vector<std::filesystem::path> system_folders();

}  // namespace ditto::programs
