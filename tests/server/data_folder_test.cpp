#include "server/data_folder.h"

#include <gtest/gtest.h>

namespace ditto::server {
namespace {

using Outcome = ByteRange::Outcome;

void expect_range(const char* header, std::int64_t first, std::int64_t last) {
    const ByteRange range = parse_range(header, 100);
    EXPECT_EQ(range.outcome, Outcome::satisfiable) << header;
    EXPECT_EQ(range.first, first) << header;
    EXPECT_EQ(range.last, last) << header;
}

TEST(ParseRange, OneRange) {
    expect_range("bytes=0-0", 0, 0);
    expect_range("bytes=10-", 10, 99);
    expect_range("bytes=10-500", 10, 99);
    expect_range("bytes=-10", 90, 99);
    expect_range("bytes=-500", 0, 99);
}

TEST(ParseRange, WhatCannotBeSatisfied) {
    for (const char* header : {"bytes=100-", "bytes=-0", "bytes=100-200"})
        EXPECT_EQ(parse_range(header, 100).outcome, Outcome::unsatisfiable) << header;
    EXPECT_EQ(parse_range("bytes=-5", 0).outcome, Outcome::unsatisfiable);
}

TEST(ParseRange, WhatIsIgnored) {
    for (const char* header :
         {"", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-2,4-5", "lines=1-2",
          "bytes=+1-2", "bytes=--5", "bytes=0-99999999999999999999", "bytes= 1-2"}) {
        EXPECT_EQ(parse_range(header, 100).outcome, Outcome::none) << header;
    }
}

TEST(IsId, TakesOnlyUuids) {
    EXPECT_TRUE(is_id("01234567-89ab-4def-8123-456789abcdef"));
    EXPECT_FALSE(is_id("01234567-89AB-4def-8123-456789abcdef"));
    EXPECT_FALSE(is_id("0123456789ab-4def-8123-456789abcdef-"));
    EXPECT_FALSE(is_id("../34567-89ab-4def-8123-456789abcdef"));
    EXPECT_FALSE(is_id(""));
}

}  // namespace
}  // namespace ditto::server
