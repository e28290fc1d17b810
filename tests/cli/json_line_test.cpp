#include "cli/json_line.h"

#include <limits>

#include <gtest/gtest.h>

namespace ditto::cli {
namespace {

TEST(JsonLine, MembersInOrder) {
    JsonLine line("progress");
    line.add("done", 3);
    line.add("left_s", 1.25);
    line.add("speed", std::numeric_limits<double>::infinity());
    line.add("values", MessageValues{{"path", "a\"b"}, {"n", "1"}});
    EXPECT_EQ(line.text(),
              "{\"event\":\"progress\",\"done\":3,\"left_s\":1.250,\"speed\":null,"
              "\"values\":{\"path\":\"a\\\"b\",\"n\":\"1\"}}\n");
}

TEST(JsonLine, EscapesAndKeepsText) {
    EXPECT_EQ(json_string("a\\b\"c\n\t\x7f"), "\"a\\\\b\\\"c\\n\\u0009\x7f\"");
    EXPECT_EQ(json_string("照片 é 😀"), "\"照片 é 😀\"");
}

TEST(JsonLine, BytesThatAreNotUtf8AreReplaced) {
    const std::string replaced = "\xEF\xBF\xBD";
    EXPECT_EQ(json_string("a\xff"), "\"a" + replaced + "\"");
    // Cut off, overlong, a surrogate, beyond Unicode.
    EXPECT_EQ(json_string("\xE7\x85"), "\"" + replaced + replaced + "\"");
    EXPECT_EQ(json_string("\xC0\x80"), "\"" + replaced + replaced + "\"");
    EXPECT_EQ(json_string("\xED\xA0\x80"), "\"" + replaced + replaced + replaced + "\"");
    EXPECT_EQ(json_string("\xF4\x90\x80\x80").size(), 2 + 4 * replaced.size());
}

}  // namespace
}  // namespace ditto::cli
