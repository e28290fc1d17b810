#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_fixture.h"

namespace ditto::server {
namespace {

using testing::HasSubstr;
using SetupApi = ServiceFixture;

TEST_F(SetupApi, ModelsSayWhatIsThereAndWhatIsMissing) {
    const auto models = get("/api/setup/models").json();
    EXPECT_GT(models.at("files").size(), 5U);
    EXPECT_EQ(models.at("files")[0].at("state"), "missing");
    EXPECT_TRUE(models.at("download").is_null());
    ASSERT_EQ(models.at("sets").size(), 4U);
    EXPECT_EQ(models.at("sets")[0].at("name"), "minimal");
    EXPECT_EQ(models.at("sets")[0].at("complete"), false);
    EXPECT_EQ(models.at("sets")[0].at("bytes"), models.at("sets")[0].at("missing_bytes"));
}

TEST_F(SetupApi, DiskCountsEachFolder) {
    std::ofstream(data_->uploads() / "voice_x.wav") << "12345";
    std::ofstream(data_->outputs() / "a.mp4") << "123";
    const auto disk = get("/api/setup/disk").json();
    EXPECT_EQ(disk.at("uploads"), 5);
    EXPECT_EQ(disk.at("outputs"), 3);
    EXPECT_EQ(disk.at("models"), 0);
    EXPECT_GT(disk.at("free"), 0);
}

TEST_F(SetupApi, ADownloadIsStartedOnceFollowedAndCancelled) {
    EXPECT_EQ(request(port(), "DELETE", "/api/setup/download").status, 404);
    EXPECT_EQ(post_json("/api/setup/download", R"({"set": "everything"})").status, 422);
    EXPECT_EQ(post_json("/api/setup/download", "[").status, 422);
    // Nobody answers at the hub's address of these tests: it keeps trying.
    const Answer started = post_json("/api/setup/download", R"({"set": "minimal"})");
    EXPECT_EQ(started.json().at("status"), "downloading");
    EXPECT_EQ(post_json("/api/setup/download", R"({"set": "onnx"})").status, 409);
    Client follower(port());
    follower.send("GET /api/setup/download/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(follower.wait_for("event: download\ndata: {\"status\":\"downloading\""));
    EXPECT_EQ(request(port(), "DELETE", "/api/setup/download").status, 200);
    EXPECT_TRUE(follower.wait_for("\"status\":\"cancelled\""));
    EXPECT_TRUE(follower.closed_by_server());
    EXPECT_EQ(get("/api/setup/models").json().at("download").at("status"), "cancelled");
    EXPECT_EQ(post_json("/api/setup/download", R"({"set": "minimal"})").status, 200);
}

TEST_F(SetupApi, TheDiagnosisIsTheCommandsReport) {
    const auto report = get("/api/setup/diagnosis", "Accept-Language: en\r\n").json();
    EXPECT_EQ(report.at("sections").size(), 6U);
    EXPECT_EQ(report.at("sections")[0].at("name"), "gpu");
    EXPECT_TRUE(report.at("ok").is_boolean());
}

TEST_F(SetupApi, OtherAddressesAndMethods) {
    EXPECT_EQ(get("/api/setup/none").status, 404);
    EXPECT_EQ(post_json("/api/setup/models", "{}").status, 405);
}

}  // namespace
}  // namespace ditto::server
