#include "server/job_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ditto::server {
namespace {

Json status(const jobs::Job& job, Language language = Language::traditional_chinese) {
    return job_status_json(job, 2, 1120, language);
}

/// Told at the moment that status() takes for now.
jobs::Job running(Stage stage, double started_s, std::optional<double> seconds_left) {
    jobs::Job job;
    job.state = jobs::JobState::running;
    job.started_s = started_s;
    job.progress = {40, stage, seconds_left, 1120};
    return job;
}

TEST(JobJson, ARunningJobNamesItsStageAndTheTime) {
    const jobs::Job minutes = running(Stage::render, 1000, 180.0);
    EXPECT_EQ(status(minutes).at("message"), "生成面部運動... (2/5 分鐘)");
    EXPECT_EQ(status(minutes, Language::english).at("message"), "Animating... (2/5 min)");
    EXPECT_EQ(status(minutes).at("seconds_left"), 180);
    const jobs::Job seconds = running(Stage::render, 1110, 20.0);
    EXPECT_EQ(status(seconds).at("message"), "生成面部運動... (10/30 秒)");
    EXPECT_EQ(status(seconds, Language::english).at("message"), "Animating... (10/30 s)");
}

TEST(JobJson, WhatIsLeftGrowsLessUntilMoreIsTold) {
    jobs::Job job = running(Stage::render, 1090, 20.0);
    job.progress.told_s = 1115;
    EXPECT_EQ(status(job).at("seconds_left"), 15);
    EXPECT_EQ(status(job).at("message"), "生成面部運動... (30/45 秒)");
    // Whole seconds would be wrong by half near the end.
    job.progress.seconds_left = 6.26;
    EXPECT_EQ(status(job).at("seconds_left"), 1.3);
    job.progress.told_s = 1050;
    EXPECT_EQ(status(job).at("seconds_left"), 0);
    EXPECT_EQ(status(job).at("message"), "生成面部運動... (30/30 秒)");
    // The computer's clock was set back.
    job.progress.told_s = 1500;
    EXPECT_EQ(status(job).at("seconds_left"), 6.3);
}

TEST(JobJson, StagesThatCannotBeCountedTellTheTimeSoFar) {
    EXPECT_EQ(status(running(Stage::prepare, 1120, {})).at("message"), "讀取檔案...");
    EXPECT_EQ(status(running(Stage::prepare, 1000, {})).at("message"), "讀取檔案... (2 分鐘)");
    EXPECT_EQ(status(running(Stage::find_face, 1117, {})).at("message"), "尋找人臉... (3 秒)");
    EXPECT_EQ(status(running(Stage::register_avatar, 1117, {}), Language::english).at("message"),
              "Preparing the face... (3 s)");
    EXPECT_EQ(status(running(Stage::finish, 1090, 0.)).at("message"), "輸出影片... (30/30 秒)");
    EXPECT_TRUE(status(running(Stage::find_face, 1117, {})).at("seconds_left").is_null());
}

TEST(JobJson, AWaitingJobTellsHowManyGoFirst) {
    EXPECT_EQ(status({}).at("message"), "等待中(前面還有 2 個工作)");
    EXPECT_EQ(status({}).at("status"), "pending");
    EXPECT_EQ(job_status_json({}, 0, 1120, Language::english).at("message"),
              "Waiting (the next one)");
}

TEST(JobJson, AFinishedJobTellsWhatItsStagesTook) {
    jobs::Job job;
    job.state = jobs::JobState::completed;
    job.started_s = 1000;
    job.finished_s = 1010.5;
    job.stage_times_s = {{Stage::find_face, 0.25}, {Stage::render, 10.0004}};
    EXPECT_EQ(status(job).at("duration"), 10.5);
    EXPECT_EQ(status(job).at("stage_seconds"),
              nlohmann::json::parse(R"({"find_face": 0.25, "render": 10.0})"));
}

TEST(JobJson, ACancelledJobHasFailedForPollingClients) {
    jobs::Job job;
    job.state = jobs::JobState::cancelled;
    job.failure.code = "cancelled";
    EXPECT_EQ(status(job).at("status"), "failed");
    EXPECT_EQ(status(job).at("error"), "cancelled");
    EXPECT_EQ(status(job).at("cancelled"), true);
}

TEST(JobJson, FailuresAreSaidWithoutTheServersFolders) {
    const jobs::JobFailure missing{"photo_missing", {{"path", "/srv/data/a.jpg"}}, "/srv"};
    EXPECT_EQ(failure_text(missing, Language::english), "There is no photo at a.jpg.");
    const jobs::JobFailure cut{"interrupted", {{"attempts", "3"}}, ""};
    EXPECT_EQ(failure_text(cut, Language::english), "The service stopped during this job 3 times.");
    EXPECT_FALSE(failure_text({"from a later version", {}, ""}, Language::english).empty());
}

}  // namespace
}  // namespace ditto::server
