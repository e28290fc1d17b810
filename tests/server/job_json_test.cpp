#include "server/job_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace ditto::server {
namespace {

nlohmann::json status(const jobs::Job& job, Language language = Language::traditional_chinese) {
    return nlohmann::json::parse(job_status_json(job, 2, 1120, language));
}

TEST(JobJson, ARunningJobNamesItsStageAndTheTime) {
    jobs::Job job;
    job.state = jobs::JobState::running;
    job.started_s = 1000;
    job.progress = {40, Stage::render, 180.0};
    EXPECT_EQ(status(job).at("message"), "生成影片... (2/5 分鐘)");
    EXPECT_EQ(status(job, Language::english).at("message"), "Rendering... (2/5 min)");
    job.started_s = 1110;
    job.progress.seconds_left = 20;
    EXPECT_EQ(status(job).at("message"), "生成影片... (10/30 秒)");
}

TEST(JobJson, AWaitingJobTellsHowManyGoFirst) {
    EXPECT_EQ(status({}).at("message"), "等待中(前面還有 2 個工作)");
    EXPECT_EQ(status({}).at("status"), "pending");
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
