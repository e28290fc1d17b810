#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/controls.h"
#include "program.h"

namespace ditto::cli {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

std::string dashed(std::string_view control) {
    std::string name = "--" + std::string(control);
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

TEST(Help, OfTheProgram) {
    for (const char* flag : {"--help", "-h"}) {
        const Outcome help = run({flag});
        EXPECT_EQ(help.status, 0);
        EXPECT_EQ(help.err, "");
        EXPECT_THAT(help.out, HasSubstr("Usage: ditto-avatar"));
        EXPECT_THAT(help.out, HasSubstr("\n  generate "));
        EXPECT_THAT(help.out, HasSubstr("Exit status"));
    }
}

TEST(Help, OfGenerateListsEveryControlWithItsDefault) {
    const Outcome help = run({"generate", "--help"});
    EXPECT_EQ(help.status, 0);
    const Controls defaults;
    for (const ControlSpec& spec : control_specs()) {
        EXPECT_THAT(help.out, HasSubstr("\n  " + dashed(spec.name) + " VALUE"));
        EXPECT_THAT(help.out, HasSubstr(" " + control_text(defaults, spec) + ")")) << spec.name;
    }
    for (const char* option : {"--photo", "--audio", "--output", "--engine", "--checkpoints",
                               "--progress", "--quiet", "--lang"}) {
        EXPECT_THAT(help.out, HasSubstr(std::string("\n  ") + option + " ")) << option;
    }
}

TEST(Help, InChineseFromTheOptionAndFromTheLocale) {
    EXPECT_THAT(run({"--help", "--lang", "zh-TW"}).out, HasSubstr("結束狀態"));
    EXPECT_THAT(run({"generate", "--help"}, {{"LC_ALL", "zh_TW.UTF-8"}}).out,
                HasSubstr("控制參數"));
    EXPECT_THAT(run({"--help", "--lang=en"}, {{"LC_ALL", "zh_TW.UTF-8"}}).out,
                Not(HasSubstr("結束狀態")));
}

TEST(Help, IsShownWhereNothingWasAskedFor) {
    const Outcome outcome = run({});
    EXPECT_EQ(outcome.status, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, HasSubstr("Usage: ditto-avatar"));
}

TEST(Version, IsOneLine) {
    const Outcome version = run({"--version"});
    EXPECT_EQ(version.status, 0);
    EXPECT_EQ(version.err, "");
    EXPECT_THAT(version.out, MatchesRegex("ditto-avatar [0-9.]+\n"));
}

}  // namespace
}  // namespace ditto::cli
