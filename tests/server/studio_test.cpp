// What a page needs beside the four endpoints of the contract: voices, lists, cancelling, events.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "media/audio_file.h"
#include "server/voice_files.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

using testing::HasSubstr;

class StudioTest : public ServiceFixture {
  protected:
    std::string recording(double seconds = 1) {
        media::write_wav(folder_ / "voice.wav", media::tone(seconds, 16000));
        std::ifstream file(folder_ / "voice.wav", std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    Answer upload_voice(const std::string& content, const std::string& name) const {
        const std::string body =
            "--xYzZY\r\nContent-Disposition: form-data; name=\"file\"; "
            "filename=\"" +
            name + "\"\r\n\r\n" + content + "\r\n--xYzZY--\r\n";
        return request(port(), "POST", "/api/avatar/upload-audio", form_header, body);
    }
    nlohmann::json voice(const std::string& name) { return upload_voice(recording(), name).json(); }
    Answer erase(const std::string& target) const { return request(port(), "DELETE", target); }
    nlohmann::json jobs(const std::string& query = "") const {
        return get("/api/avatar/jobs" + query).json();
    }
};

TEST_F(StudioTest, AVoiceIsStoredAndServedUnderTheClientsName) {
    const nlohmann::json stored = voice("C:\\talks\\slide 1.wav");
    EXPECT_EQ(stored.at("name"), "slide 1.wav");
    EXPECT_NEAR(stored.at("duration").get<double>(), 1, 0.01);
    EXPECT_EQ(stored.at("sample_rate"), 16000);
    EXPECT_EQ(stored.at("channels"), 1);
    const Answer file = get(stored.at("audio_url"));
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(file.headers.at("content-type"), "audio/wav");
    EXPECT_EQ(file.body, recording());
}

TEST_F(StudioTest, WhatIsNoVoiceIsRefusedAndLeavesNothing) {
    EXPECT_EQ(upload_voice("no sound at all", "a.wav").status, 400);
    EXPECT_EQ(upload_voice("", "a.wav").status, 400);
    EXPECT_EQ(
        request(port(), "POST", "/api/avatar/upload-audio", form_header, form("sound", recording()))
            .status,
        422);
    EXPECT_TRUE(std::filesystem::is_empty(data_->uploads()));
}

TEST_F(StudioTest, JobsAreListedNewestFirstSearchedAndPaged) {
    const std::string photo = photo_id();
    std::vector<std::string> ids;
    for (const char* name : {"first.wav", "Second.wav", "third.wav"}) {
        const std::string path = voice(name).at("audio_path");
        const std::string body =
            R"({"photo_id": ")" + photo + R"(", "emotion": 3, "audio_path": ")" + path + "\"}";
        ids.push_back(post_json("/api/avatar/generate", body).json().at("job_id"));
        wait_for_end(ids.back());
    }
    const nlohmann::json all = jobs();
    ASSERT_EQ(all.at("total"), 3);
    EXPECT_EQ(all.at("jobs").at(0).at("job_id"), ids.at(2));
    EXPECT_EQ(all.at("jobs").at(2).at("job_id"), ids.at(0));
    const nlohmann::json& newest = all.at("jobs").at(0);
    EXPECT_EQ(newest.at("audio_name"), "third.wav");
    EXPECT_EQ(newest.at("photo_id"), photo);
    EXPECT_EQ(newest.at("settings"), nlohmann::json({{"emotion", 3}}));
    EXPECT_EQ(get(newest.at("photo_url")).status, 200);
    EXPECT_EQ(jobs("?q=second").at("jobs").at(0).at("job_id"), ids.at(1));
    EXPECT_EQ(jobs("?q=nothing").at("total"), 0);
    EXPECT_EQ(jobs("?status=pending,processing").at("total"), 0);
    EXPECT_EQ(jobs("?status=completed&limit=1&offset=1").at("jobs").size(), 1);
    EXPECT_EQ(jobs("?limit=1&offset=1").at("jobs").at(0).at("job_id"), ids.at(1));
    EXPECT_EQ(get("/api/avatar/job/" + ids.at(0)).json().at("audio_name"), "first.wav");
    EXPECT_EQ(get("/api/avatar/job/" + std::string(36, 'a')).status, 404);
}

TEST_F(StudioTest, AJobIsCancelledOnceItRunsAndRemovedOnceItEnded) {
    hold();
    const std::string running = add_job();
    ASSERT_TRUE(wait_until_held());
    const std::string waiting = add_job();
    nlohmann::json ended = erase("/api/avatar/job/" + waiting).json();
    EXPECT_EQ(ended.at("cancelled"), true);
    EXPECT_EQ(ended.at("status"), "failed");
    EXPECT_EQ(erase("/api/avatar/job/" + running).json().at("cancelled"), true);
    released_ = true;
    EXPECT_EQ(wait_for_end(running).at("cancelled"), true);
    EXPECT_EQ(erase("/api/avatar/job/" + running).json().at("removed"), true);
    EXPECT_EQ(get("/api/avatar/job/" + running).status, 404);
    EXPECT_EQ(erase("/api/avatar/job/" + running).status, 404);
}

TEST_F(StudioTest, ARemovedVideoIsGone) {
    const std::string id = add_job();
    const std::string video = wait_for_end(id).at("video_url");
    ASSERT_EQ(get(video).status, 200);
    EXPECT_EQ(erase("/api/avatar/job/" + id).json().at("removed"), true);
    EXPECT_EQ(get(video).status, 404);
}

TEST_F(StudioTest, EventsTellEachStateAndEndWithTheLast) {
    hold();
    const std::string id = add_job();
    ASSERT_TRUE(wait_until_held());
    Client client(port());
    ASSERT_TRUE(client.send("GET /api/avatar/job/" + id +
                            "/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 7\r\n\r\n"));
    ASSERT_TRUE(client.wait_for("id: 8\nevent: status\ndata: {\"job_id\":\"" + id));
    released_ = true;
    EXPECT_TRUE(client.wait_for("\"status\":\"completed\""));
    EXPECT_TRUE(client.closed_by_server());
}

TEST_F(StudioTest, APreviewIsMadeOfTheFirstSecondsAlone) {
    const std::string path = upload_voice(recording(5), "long.wav").json().at("audio_path");
    const std::string body = R"({"photo_id": ")" + photo_id() + R"(", "audio_path": ")" + path;
    const std::string id = post_json("/api/avatar/generate", body + R"(", "preview_duration": 2})")
                               .json()
                               .at("job_id");
    const nlohmann::json job = get("/api/avatar/job/" + id).json();
    EXPECT_EQ(job.at("audio_name"), "long.wav");
    EXPECT_EQ(job.at("settings").at("preview_duration"), true);
    const auto excerpt = data_->resolve(job.at("audio_path").get<std::string>());
    EXPECT_NEAR(media::probe_audio(excerpt.path).duration_s, 2, 0.01);
    wait_for_end(id);
    EXPECT_EQ(post_json("/api/avatar/generate", body + R"(", "preview_duration": -1})").status,
              422);
}

TEST_F(StudioTest, ABatchIsTakenWholeOrNotAtAll) {
    hold();
    const std::string photo = photo_id();
    const auto batch = [&](int count) {
        nlohmann::json body{{"photo_id", photo}, {"audio_paths", nlohmann::json::array()}};
        for (int i = 0; i < count; ++i)
            body["audio_paths"].push_back(voice("a.wav").at("audio_path"));
        return post_json("/api/avatar/generate-batch", body.dump());
    };
    // Three may wait.
    const Answer full = batch(5);
    EXPECT_EQ(full.status, 429);
    EXPECT_EQ(jobs("?status=pending,processing").at("total"), 0);
    EXPECT_EQ(batch(2).json().at("jobs").size(), 2);
    EXPECT_EQ(post_json("/api/avatar/generate-batch", R"({"photo_id": "x"})").status, 422);
    EXPECT_EQ(post_json("/api/avatar/generate-batch",
                        R"({"photo_id": ")" + photo + R"(", "audio_paths": ["../x"]})")
                  .status,
              400);
}

TEST_F(StudioTest, PhotosAreListedAndDeletedUnlessAJobNeedsThem) {
    const std::string first = photo_id();
    EXPECT_EQ(get("/api/avatar/photos").json().at("total"), 1);
    EXPECT_EQ(get("/api/avatar/photos").json().at("photos").at(0).at("photo_id"), first);
    hold();
    const std::string id = add_job();
    ASSERT_TRUE(wait_until_held());
    const std::string used = get("/api/avatar/job/" + id).json().at("photo_id");
    EXPECT_EQ(erase("/api/avatar/photo/" + used).status, 409);
    EXPECT_EQ(erase("/api/avatar/photo/" + first).json().at("deleted"), true);
    EXPECT_EQ(erase("/api/avatar/photo/" + first).status, 404);
    released_ = true;
    wait_for_end(id);
}

TEST_F(StudioTest, OptionsComeInTheClientsLanguage) {
    const nlohmann::json english = get("/api/avatar/options", "Accept-Language: en\r\n").json();
    EXPECT_EQ(english.at("emotions").size(), 8);
    EXPECT_EQ(english.at("emotions").at(3).at("label"), "Happy");
    EXPECT_EQ(english.at("presets").size(), 3);
    EXPECT_EQ(get("/api/avatar/options").json().at("emotions").at(3).at("label"), "開心");
    for (const nlohmann::json& engine : english.at("engines")) {
        if (engine.at("available") == false) {
            EXPECT_THAT(engine.at("reason"), HasSubstr("checkpoints"));
        }
    }
}

TEST_F(StudioTest, ValidateTellsWhatGenerateWouldSay) {
    add_voice();
    const Answer good = post_json("/api/avatar/validate", generate_body(photo_id()));
    EXPECT_EQ(good.json().at("valid"), true);
    EXPECT_NEAR(good.json().at("audio_duration").get<double>(), 1, 0.01);
    EXPECT_EQ(post_json("/api/avatar/validate", generate_body(std::string(36, 'a'))).status, 404);
    EXPECT_EQ(jobs().at("total"), 0);
}

}  // namespace
}  // namespace ditto::server
