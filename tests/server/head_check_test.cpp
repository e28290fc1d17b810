#include "server/head_check.h"

#include <gtest/gtest.h>

#include "server/http.h"

namespace ditto::server {
namespace {

TEST(CheckHead, WaitsForTheEmptyLine) {
    const std::string head = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t size = 0; size < head.size(); ++size) {
        EXPECT_EQ(check_head(head.substr(0, size)).size, 0U);
        EXPECT_EQ(check_head(head.substr(0, size)).refused, 0);
    }
    EXPECT_EQ(check_head(head + "body").size, head.size());
}

TEST(CheckHead, RefusesABareLineFeedBeforeTheHeadEnds) {
    EXPECT_EQ(check_head("GET / HTTP/1.1\n").refused, 400);
    EXPECT_EQ(check_head("GET / HTTP/1.1\rX").refused, 400);
    EXPECT_EQ(check_head(std::string(max_head_bytes + 1, 'a')).refused, 431);
}

TEST(ParseTarget, DecodesPathAndQuery) {
    const auto target = parse_target("/a%20b/c?x=1%262&y=a+b&z");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/a b/c");
    EXPECT_EQ(target->query.at("x"), "1&2");
    EXPECT_EQ(target->query.at("y"), "a b");
    EXPECT_EQ(target->query.at("z"), "");
}

TEST(ParseTarget, RefusesWhatIsNoPlainPath) {
    for (const char* text : {"", "a", "*", "http://x/", "/a/../b", "/%2e%2E", "/.", "/a%", "/%0a",
                             "/%00", "/%5c", "/%c3%28", "/%ff", "/?%zz"}) {
        EXPECT_FALSE(parse_target(text)) << text;
    }
}

TEST(ValidUtf8, FollowsTheStandard) {
    EXPECT_TRUE(valid_utf8("a\xc3\xa4\xe7\x85\xa7\xf0\x9f\x98\x80"));
    for (const char* text : {"\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xf8\x88\x80\x80", "\xe7\x85", "\xc3"}) {
        EXPECT_FALSE(valid_utf8(text));
    }
}

TEST(PreferredLanguage, TakesTheHighestWeight) {
    EXPECT_EQ(preferred_language(""), Language::traditional_chinese);
    EXPECT_EQ(preferred_language("fr"), Language::traditional_chinese);
    EXPECT_EQ(preferred_language("en-US,en;q=0.9"), Language::english);
    EXPECT_EQ(preferred_language("fr, en;q=0.4, zh-TW;q=0.8"), Language::traditional_chinese);
    EXPECT_EQ(preferred_language("zh;q=0.1, en;q=0.5"), Language::english);
    EXPECT_EQ(preferred_language(";;q=,,=,q=nan"), Language::traditional_chinese);
}

}  // namespace
}  // namespace ditto::server
