#include "cli/console.h"

#include <set>

#include <gtest/gtest.h>

namespace ditto::cli {
namespace {

Console console_of(const std::vector<std::string>& arguments) {
    return console_for(arguments);
}

TEST(Console, ReadsItsOptionsInEitherForm) {
    EXPECT_EQ(console_of({"generate", "--lang", "zh-TW"}).language, Language::traditional_chinese);
    EXPECT_EQ(console_of({"generate", "--lang=zh-TW", "--lang=en"}).language, Language::english);
    EXPECT_EQ(console_of({"generate", "--progress=json"}).progress, ProgressMode::json);
    EXPECT_EQ(console_of({"generate", "--progress", "none"}).progress, ProgressMode::none);
    EXPECT_TRUE(console_of({"generate", "--quiet"}).quiet);
    EXPECT_FALSE(console_of({"generate"}).quiet);
}

TEST(Console, EveryKindOfFailureHasItsOwnExitStatus) {
    std::set<int> statuses{0};
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ErrorKind::internal); ++i) {
        EXPECT_TRUE(statuses.insert(exit_status(static_cast<ErrorKind>(i))).second) << i;
        EXPECT_TRUE(names.insert(kind_name(static_cast<ErrorKind>(i))).second) << i;
    }
}

}  // namespace
}  // namespace ditto::cli
