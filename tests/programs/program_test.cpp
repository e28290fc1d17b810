#include "programs/program.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "files.h"

namespace ditto::programs {
namespace {

using media::code_of;
using media::TempFolder;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A shell script as the program, in a work folder of its own.
class ProgramTest : public testing::Test {
  protected:
    Program script(const std::string& text) const {
        return {"/bin/sh", {"-c", text}, folder_.path()};
    }

    /// The process whose number the script wrote to `name`, once it has.
    pid_t process_in(const std::string& name) const {
        pid_t process = 0;
        for (int i = 0; i < 500 && process == 0; ++i) {
            std::ifstream(folder_ / name) >> process;
            if (process == 0) std::this_thread::sleep_for(milliseconds(10));
        }
        return process;
    }

    static bool gone_soon(pid_t process) {
        for (int i = 0; i < 500; ++i) {
            if (kill(process, 0) != 0) return true;
            // Killed, but its new parent has not asked for its end yet.
            std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
            std::string word;
            for (int field = 0; field < 3; ++field)
                stat >> word;
            if (word == "Z") return true;
            std::this_thread::sleep_for(milliseconds(10));
        }
        return false;
    }

    TempFolder folder_;
};

TEST_F(ProgramTest, GivesStatusAndBothOutputs) {
    const Outcome outcome = run(script("echo out; echo bad >&2; exit 3"), {});
    EXPECT_EQ(outcome.status, 3);
    EXPECT_EQ(outcome.output, "out\n");
    EXPECT_EQ(outcome.complaint, "bad\n");
    EXPECT_EQ(run(script("kill -TERM $$"), {}).status, 128 + SIGTERM);
    EXPECT_EQ(code_of([&] { run_well(script("exit 3"), {}); }), ErrorCode::program_failed);
}

TEST_F(ProgramTest, PassesArgumentsAsTheyAre) {
    Program program{"printf", {"%s|", "a b", "$HOME", "`id`", "*", "\n"}, folder_.path()};
    EXPECT_EQ(run_well(program, {}).output, "a b|$HOME|`id`|*|\n|");
}

TEST_F(ProgramTest, FeedsMoreThanAPipeHolds) {
    Program program{"cat", {}, folder_.path(), std::string(900'000, 'x')};
    EXPECT_EQ(run_well(program, {}).output, program.input);
}

TEST_F(ProgramTest, AProgramNeedNotReadItsInput) {
    Program program = script("exit 0");
    program.input.assign(10'000'000, 'x');
    EXPECT_EQ(run(program, {}).status, 0);
}

TEST_F(ProgramTest, TheEnvironmentIsItsOwn) {
    setenv("DITTO_SECRET", "token", 1);
    const std::string output = run_well(script("env; pwd; umask > made"), {}).output;
    unsetenv("DITTO_SECRET");
    EXPECT_THAT(output, Not(HasSubstr("DITTO_SECRET")));
    EXPECT_THAT(output, HasSubstr("HOME=" + folder_.path().string() + "\n"));
    EXPECT_THAT(output, HasSubstr("TMPDIR=" + folder_.path().string() + "\n"));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "made"));
}

TEST_F(ProgramTest, OurFilesAndSignalsStayOurs) {
    std::ofstream open_here(folder_ / "open");
    sigset_t blocked;
    sigset_t before;
    sigfillset(&blocked);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const std::string output =
        run_well(script("ls /proc/self/fd; grep SigBlk /proc/self/status"), {}).output;
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    // 3 is the folder that ls reads.
    EXPECT_EQ(output, "0\n1\n2\n3\nSigBlk:\t0000000000000000\n");
}

TEST_F(ProgramTest, OneThatHangsIsStopped) {
    Program program = script("trap '' TERM INT HUP; sleep 1000");
    program.time_limit = milliseconds(300);
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(code_of([&] { run(program, {}); }), ErrorCode::program_slow);
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(ProgramTest, ItsChildrenEndWithIt) {
    run_well(script("sleep 1000 & echo $! > child"), {});
    EXPECT_TRUE(gone_soon(process_in("child")));
}

TEST_F(ProgramTest, ItsChildrenEndWhenItIsStopped) {
    Program program = script("sleep 1000 & echo $! > child; wait");
    program.time_limit = milliseconds(2000);
    EXPECT_EQ(code_of([&] { run(program, {}); }), ErrorCode::program_slow);
    EXPECT_TRUE(gone_soon(process_in("child")));
}

TEST_F(ProgramTest, OneThatForksWithoutEndEnds) {
    Program program = script(
        "echo '#!/bin/sh\nsleep 0.02\n\"$0\" &\n\"$0\"' > f; chmod +x f; "
        "echo $$ > leader; ./f");
    program.time_limit = milliseconds(400);
    EXPECT_EQ(code_of([&] { run(program, {}); }), ErrorCode::program_slow);
    const pid_t group = process_in("leader");
    for (int i = 0; i < 500 && kill(-group, 0) == 0; ++i)
        std::this_thread::sleep_for(milliseconds(10));
    EXPECT_NE(kill(-group, 0), 0);
}

TEST_F(ProgramTest, AFloodOfOutputEndsIt) {
    EXPECT_EQ(code_of([&] { run(script("exec yes"), {}); }), ErrorCode::program_failed);
    EXPECT_EQ(code_of([&] { run(script("exec yes >&2"), {}); }), ErrorCode::program_failed);
}

TEST_F(ProgramTest, AStopEndsIt) {
    std::stop_source source;
    std::jthread stopper([&] {
        process_in("started");
        source.request_stop();
    });
    EXPECT_EQ(code_of([&] { run(script("echo $$ > started; sleep 1000"), source.get_token()); }),
              ErrorCode::cancelled);
    EXPECT_TRUE(gone_soon(process_in("started")));
    EXPECT_EQ(code_of([&] { run(script("sleep 1000"), source.get_token()); }),
              ErrorCode::cancelled);
}

TEST_F(ProgramTest, FilesAndMemoryAreLimited) {
    Program program = script("head -c 5000000 /dev/zero > large");
    program.file_bytes = 1'000'000;
    EXPECT_NE(run(program, {}).status, 0);
    EXPECT_LE(std::filesystem::file_size(folder_ / "large"), 1'000'000U);
    const std::string limits = run_well(script("ulimit -v; ulimit -c; ulimit -t"), {}).output;
    EXPECT_EQ(limits, "2097152\n0\n122\n");
}

TEST_F(ProgramTest, WritesAndReadsNothingOutside) {
    if (!can_confine_files()) GTEST_SKIP() << "this kernel has no Landlock";
    const TempFolder outside;
    std::ofstream(outside / "secret") << "secret";
    EXPECT_EQ(run(script("cat " + (outside / "secret").string()), {}).output, "");
    EXPECT_NE(run(script("echo x > " + (outside / "new").string()), {}).status, 0);
    EXPECT_THAT(outside.names(), testing::ElementsAre("secret"));
    EXPECT_EQ(run(script("echo x > new && mkdir d && mv new d/new && cat d/new"), {}).output,
              "x\n");
    Program free = script("cat " + (outside / "secret").string());
    free.confined = false;
    EXPECT_EQ(run(free, {}).output, "secret");
}

TEST_F(ProgramTest, SeesNoOtherNetworkThanItsOwn) {
    if (std::system("unshare -Un true 2>/dev/null") != 0) {
        GTEST_SKIP() << "this system grants no namespaces";
    }
    const std::string command = "readlink /proc/self/ns/net; grep -vc 'lo:' /proc/self/net/dev";
    Program free = script(command);
    free.confined = false;
    EXPECT_NE(run(script(command), {}).output, run(free, {}).output);
    // Two lines of titles.
    EXPECT_THAT(run(script(command), {}).output, HasSubstr("\n2\n"));
    EXPECT_EQ(run(script("id -u"), {}).output, run(free = script("id -u"), {}).output);
}

TEST_F(ProgramTest, OneThatIsNotThereIsNamedWithItsRemedy) {
    const std::string before = std::getenv("PATH");
    setenv("PATH", folder_.path().c_str(), 1);
    try {
        run({"pdfinfo", {}, folder_.path()}, {});
        ADD_FAILURE() << "it ran";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::program_missing);
        EXPECT_EQ(std::string(error.what()),
                  "pdfinfo is not installed; install it with: sudo apt-get install poppler-utils");
    }
    setenv("PATH", before.c_str(), 1);
    EXPECT_EQ(find_program("no-such-program-here"), std::nullopt);
    EXPECT_EQ(find_program(""), std::nullopt);
    EXPECT_EQ(find_program("/etc/passwd"), std::nullopt);
    EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
}

TEST_F(ProgramTest, WhatCannotStartIsSaid) {
    std::ofstream(folder_ / "text") << "no program";
    std::filesystem::permissions(folder_ / "text", std::filesystem::perms::owner_all);
    EXPECT_EQ(code_of([&] {
                  run({(folder_ / "text").string(), {}, folder_.path()}, {});
              }),
              ErrorCode::program_failed);
    EXPECT_EQ(code_of([&] {
                  run({"/bin/sh", {}, folder_ / "missing"}, {});
              }),
              ErrorCode::program_failed);
}

}  // namespace
}  // namespace ditto::programs
