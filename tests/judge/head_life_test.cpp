#include "judge/head_life.h"

#include <cmath>
#include <fstream>
#include <numbers>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "judge/container.h"
#include "judge/report.h"

namespace ditto::judge {
namespace {

constexpr double fps = 25;

TEST(Blinks, AreCountedAndTimedBetweenTheFrames) {
    std::vector<double> opening(500, .3);
    for (const std::size_t at : {50U, 200U, 350U}) {
        // Closes within 2 frames, opens within 3: 200 ms from one end to the other.
        constexpr double way[] = {.3, .15, .02, .11, .2, .3};
        for (std::size_t k = 0; k < 6; ++k)
            opening[at + k] = way[k];
    }
    const auto blinks = find_blinks({opening, fps});
    ASSERT_EQ(blinks.size(), 3U);
    EXPECT_NEAR(blinks[0].at_s, 2.03, .03);
    EXPECT_NEAR(blinks[1].duration_s, .175, .02);
}

TEST(Blinks, AreNeitherNoiseNorClosedEyes) {
    std::vector<double> opening(500, .3);
    for (std::size_t i = 0; i < opening.size(); ++i)
        opening[i] += .03 * std::sin(static_cast<double>(i));
    for (std::size_t i = 100; i < 150; ++i)
        opening[i] = .02;
    EXPECT_TRUE(find_blinks({opening, fps}).empty());
}

TEST(Movement, IsTakenOverTenSeconds) {
    std::vector<double> angle;
    for (int i = 0; i < 1500; ++i)
        angle.push_back(2 * std::sin(2 * std::numbers::pi * i / 125) + .01 * i);
    // A slow drift of 2.5 degrees in 10 s adds little, one of 15 in a minute must not count.
    EXPECT_NEAR(movement({angle, fps}), std::sqrt(2 + .72 * .72), .3);
    EXPECT_EQ(movement({std::vector<double>(300, 5.), fps}), 0);
}

TEST(Container, TellsWhereTheIndexStands) {
    const std::string path =
        testing::TempDir() + "judge_boxes_" + std::to_string(getpid()) + ".mp4";
    const auto write = [&](const std::string& content) {
        std::ofstream(path, std::ios::binary) << content;
        return is_faststart(path);
    };
    const auto box = [](const char* name) {
        return std::string("\0\0\0\x10", 4) + name + "12345678";
    };
    EXPECT_TRUE(write(box("ftyp") + box("moov") + box("mdat")));
    EXPECT_FALSE(write(box("ftyp") + box("mdat") + box("moov")));
    EXPECT_FALSE(write(""));
    EXPECT_FALSE(write(std::string(64, '\0')));
    EXPECT_FALSE(write(std::string("\xff\xff\xff\xff", 4) + "free" + box("moov")));
    EXPECT_FALSE(is_faststart("/nowhere.mp4"));
}

TEST(Container, MeasuresUnsteadyTimes) {
    EXPECT_NEAR(frame_time_error_s(std::vector<double>{0, .04, .08, .12}, fps), 0, 1e-12);
    EXPECT_NEAR(frame_time_error_s(std::vector<double>{0, .04, .10, .12}, fps), .02, 1e-12);
}

TEST(Report, WhatASumLeavesOfNothingIsNothing) {
    Report report;
    for (const double value : {0., 4.44e-16, -4.44e-16, -0.})
        report.measures.push_back({"zero", value, -Measure::no_limit, Measure::no_limit, ""});
    report.measures.push_back({"small", -.00678, -Measure::no_limit, Measure::no_limit, ""});
    EXPECT_EQ(to_json(report),
              "{\"zero\":0,\"zero\":0,\"zero\":0,\"zero\":0,\"small\":-0.00678,"
              "\"passes\":{},\"notes\":{}}\n");
    EXPECT_EQ(to_text(report).find("e-"), std::string::npos);
}

TEST(Report, HasAVerdictForEachBar) {
    Report report;
    report.measures.push_back({"inside", .04, -.04, .04, "as it should"});
    report.measures.push_back({"outside_s", .5, -Measure::no_limit, .04, ""});
    report.measures.push_back({"told", 7., -Measure::no_limit, Measure::no_limit, ""});
    report.measures.push_back({"unknown", {}, 1, Measure::no_limit, "why not"});
    EXPECT_EQ(to_json(report),
              "{\"inside\":0.04,\"outside_s\":0.5,\"told\":7,\"unknown\":null,"
              "\"passes\":{\"inside\":true,\"outside_s\":false},"
              "\"notes\":{\"inside\":\"as it should\",\"unknown\":\"why not\"}}\n");
    const std::string text = to_text(report);
    EXPECT_NE(text.find("pass"), std::string::npos);
    EXPECT_NE(text.find("FAIL"), std::string::npos);
    EXPECT_NE(text.find("not measured"), std::string::npos);
    EXPECT_EQ(*report["told"].value, 7);
    EXPECT_THROW(report["absent"], Error);
}

}  // namespace
}  // namespace ditto::judge
