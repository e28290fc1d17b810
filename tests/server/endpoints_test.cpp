#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_fixture.h"

// What clients may use beyond the fixed contract.
namespace ditto::server {
namespace {

using testing::HasSubstr;

const std::string unknown_id = "00000000-0000-4000-8000-000000000000";

class Endpoints : public ServiceFixture {
  protected:
    Answer upload_voice(const std::string& content, const std::string& name = "") const {
        std::string body = form("file", content);
        if (!name.empty()) {
            const std::string mark = "name=\"file\"";
            body.insert(body.find(mark) + mark.size(), "; filename=\"" + name + "\"");
        }
        return request(port(), "POST", "/api/avatar/upload-audio", form_header, body);
    }
    std::string voice() {
        media::write_wav(folder_ / "voice.wav", media::tone(1, 16000));
        std::ifstream file(folder_ / "voice.wav", std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    Answer remove(const std::string& target, const std::string& headers = "") const {
        return request(port(), "DELETE", target, headers);
    }
    std::string job_path(const std::string& id) const { return "/api/avatar/job/" + id; }
};

TEST_F(Endpoints, AVoiceIsUploadedAndSpoken) {
    const Answer answer = upload_voice(voice(), "talks/第 1 頁.wav");
    ASSERT_EQ(answer.status, 200) << answer.body;
    const auto json = answer.json();
    EXPECT_EQ(json.at("name"), "第 1 頁.wav");
    EXPECT_EQ(json.at("duration"), 1.0);
    EXPECT_EQ(json.at("sample_rate"), 16000);
    EXPECT_EQ(json.at("channels"), 1);
    const Answer file = get(json.at("audio_url"));
    EXPECT_EQ(file.body, voice());
    EXPECT_EQ(file.headers.at("content-type"), "audio/wav");
    const std::string photo = photo_id();
    const Answer accepted =
        post_json("/api/avatar/generate", R"({"photo_id": ")" + photo + R"(", "audio_path": )" +
                                              json.at("audio_path").dump() + "}");
    const std::string job = accepted.json().at("job_id");
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
    const auto details = get(job_path(job)).json();
    EXPECT_EQ(details.at("audio_name"), "第 1 頁.wav");
    EXPECT_EQ(details.at("photo_id"), photo);
    EXPECT_EQ(details.at("audio_path"), json.at("audio_path"));
    EXPECT_EQ(details.at("settings"), nlohmann::json::object());
    EXPECT_EQ(details.at("video_duration"), 1.0);
    EXPECT_EQ(get(details.at("photo_url")).status, 200);
}

TEST_F(Endpoints, WhatIsNoVoiceIsRefusedAndLeavesNothing) {
    EXPECT_EQ(upload_voice("no sound").status, 400);
    EXPECT_EQ(upload_voice("").status, 400);
    EXPECT_EQ(post_json("/api/avatar/upload-audio", "{}").status, 422);
    EXPECT_TRUE(std::filesystem::is_empty(data_->root() / "tmp"));
    EXPECT_TRUE(std::filesystem::is_empty(data_->uploads()));
}

TEST_F(Endpoints, PhotosAreListedAndDeleted) {
    EXPECT_EQ(get("/api/avatar/photos").json().at("total"), 0);
    const std::string id = photo_id();
    photo_id();
    const auto list = get("/api/avatar/photos?limit=1").json();
    EXPECT_EQ(list.at("total"), 2);
    ASSERT_EQ(list.at("photos").size(), 1);
    EXPECT_EQ(list.at("photos")[0].at("image_size"), nlohmann::json::parse("[64, 48]"));
    for (int i = 0; i < 5; ++i) {
        const std::string newest = photo_id();
        EXPECT_EQ(get("/api/avatar/photos?limit=1").json().at("photos")[0].at("photo_id"), newest);
        remove("/api/avatar/photo/" + newest);
    }
    EXPECT_EQ(get("/api/avatar/photos?limit=0").status, 422);
    EXPECT_EQ(get("/api/avatar/photos?offset=x").json().at("detail")[0].at("loc"),
              nlohmann::json::parse(R"(["query", "offset"])"));
    EXPECT_EQ(remove("/api/avatar/photo/" + id).json().at("deleted"), true);
    EXPECT_EQ(remove("/api/avatar/photo/" + id).status, 404);
    EXPECT_EQ(get("/api/avatar/photos").json().at("total"), 1);
}

TEST_F(Endpoints, APhotoThatAJobNeedsStays) {
    hold();
    const std::string job = add_job();
    ASSERT_TRUE(wait_until_held());
    const std::string photo = get(job_path(job)).json().at("photo_id");
    EXPECT_EQ(remove("/api/avatar/photo/" + photo).status, 409);
    released_ = true;
    wait_for_end(job);
    EXPECT_EQ(remove("/api/avatar/photo/" + photo).status, 200);
}

TEST_F(Endpoints, JobsAreListedFilteredAndFound) {
    const std::string done = add_job();
    wait_for_end(done);
    hold();
    const std::string running = add_job();
    ASSERT_TRUE(wait_until_held());
    const std::string waiting = add_job();
    const auto ids = [&](const std::string& query) {
        std::vector<std::string> found;
        const auto page = get("/api/avatar/jobs?" + query).json();
        for (const auto& job : page.at("jobs"))
            found.push_back(job.at("job_id"));
        return found;
    };
    using Ids = std::vector<std::string>;
    EXPECT_EQ(ids(""), (Ids{waiting, running, done}));
    EXPECT_EQ(ids("status=pending"), Ids{waiting});
    EXPECT_EQ(ids("status=processing"), Ids{running});
    EXPECT_EQ(ids("status=pending,processing"), (Ids{waiting, running}));
    EXPECT_EQ(ids("status=completed&engine=double"), Ids{done});
    EXPECT_EQ(ids("status=completed&engine=mesh"), Ids{});
    EXPECT_EQ(ids("limit=1&offset=1"), Ids{running});
    EXPECT_EQ(ids("q=SLIDE_1").size(), 3);
    EXPECT_EQ(ids("q=" + done), Ids{done});
    EXPECT_EQ(ids("q=%25").size(), 0);
    EXPECT_EQ(get("/api/avatar/jobs?status=queued").status, 422);
    EXPECT_EQ(get("/api/avatar/jobs?status=pending,queued").status, 422);
    EXPECT_EQ(get(job_path(waiting)).json().at("queue_position"), 0);
}

TEST_F(Endpoints, ARunningJobIsCancelledAndThenRemoved) {
    hold();
    const std::string job = add_job();
    ASSERT_TRUE(wait_until_held());
    EXPECT_EQ(get(job_path(job) + "/preview").headers.at("content-type"), "image/jpeg");
    const auto cancelled = remove(job_path(job)).json();
    EXPECT_EQ(cancelled.at("cancelled"), true);
    EXPECT_EQ(cancelled.at("removed"), false);
    released_ = true;
    const auto end = wait_for_end(job);
    EXPECT_EQ(end.at("status"), "failed");
    EXPECT_EQ(end.at("error"), "cancelled");
    EXPECT_EQ(end.at("cancelled"), true);
    EXPECT_EQ(remove(job_path(job)).json().at("removed"), true);
    EXPECT_EQ(get(job_path(job)).status, 404);
    EXPECT_EQ(get(job_path(job) + "/preview").status, 404);
    EXPECT_EQ(remove(job_path(job)).status, 404);
}

TEST_F(Endpoints, AWaitingJobIsCancelledAtOnce) {
    hold();
    add_job();
    ASSERT_TRUE(wait_until_held());
    const std::string job = add_job();
    EXPECT_EQ(remove(job_path(job)).json().at("status"), "failed");
    EXPECT_EQ(status(job).at("cancelled"), true);
}

TEST_F(Endpoints, AFinishedJobIsRemovedWithItsVideo) {
    const std::string job = add_job();
    const std::string url = wait_for_end(job).at("video_url");
    EXPECT_EQ(get(url).status, 200);
    EXPECT_EQ(remove(job_path(job)).json().at("removed"), true);
    EXPECT_EQ(get(url).status, 404);
}

TEST_F(Endpoints, EventsTellAJobToItsEnd) {
    hold();
    const std::string job = add_job();
    ASSERT_TRUE(wait_until_held());
    Client client(port());
    client.send("GET " + job_path(job) + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_TRUE(client.wait_for("text/event-stream"));
    EXPECT_TRUE(client.wait_for("\"status\":\"processing\""));
    released_ = true;
    EXPECT_TRUE(client.wait_for("\"status\":\"completed\""));
    EXPECT_TRUE(client.closed_by_server());
    EXPECT_EQ(get(job_path(unknown_id) + "/events").status, 404);
}

TEST_F(Endpoints, AClientThatComesBackIsNotToldTwice) {
    hold();
    const std::string job = add_job();
    ASSERT_TRUE(wait_until_held());
    Client first(port());
    first.send("GET " + job_path(job) + "/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    ASSERT_TRUE(first.wait_for("id: running-1-"));
    const auto now = status(job);
    Client again(port());
    again.send("GET " + job_path(job) + "/events HTTP/1.1\r\nHost: localhost\r\n" +
               "Last-Event-ID: running-1-3-" + std::to_string(now.at("progress").get<int>()) +
               "\r\n\r\n");
    ASSERT_TRUE(again.wait_for("text/event-stream"));
    released_ = true;
    EXPECT_TRUE(again.wait_for("\"status\":\"completed\""));
}

TEST_F(Endpoints, TheSameKeyGivesTheSameJob) {
    add_voice();
    const std::string body = generate_body(photo_id());
    const std::string key = "Idempotency-Key: k1\r\n";
    const std::string job = post_json("/api/avatar/generate", body, key).json().at("job_id");
    EXPECT_EQ(post_json("/api/avatar/generate", body, key).json().at("job_id"), job);
    EXPECT_NE(post_json("/api/avatar/generate", body, "Idempotency-Key: k2\r\n").json()["job_id"],
              job);
    const Answer other = post_json("/api/avatar/generate", body + " ", key);
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(other.detail(), "此 Idempotency-Key 已用於另一個請求。");
}

TEST_F(Endpoints, AKeyOfABatchGivesTheSameBatch) {
    add_voice();
    hold();
    const std::string voice = R"("./outputs/audio/slide_1.wav")";
    const std::string body =
        R"({"photo_id": ")" + photo_id() + R"(", "audio_paths": [)" + voice + "," + voice + "]}";
    const std::string path = "/api/avatar/generate-batch";
    const std::string key = "Idempotency-Key: k\r\n";
    const Answer first = post_json(path, body, key);
    ASSERT_EQ(first.status, 200) << first.body;
    EXPECT_EQ(post_json(path, body, key).body, first.body);
    EXPECT_EQ(get("/api/avatar/jobs").json().at("total"), 2);
    EXPECT_EQ(post_json(path, body + " ", key).status, 409);
}

TEST_F(Endpoints, AKeyThatIsTooLongIsRefusedNotCut) {
    add_voice();
    const std::string body = generate_body(photo_id());
    const std::string start = "Idempotency-Key: " + std::string(254, 'k');
    EXPECT_EQ(post_json("/api/avatar/generate", body, start + "k\r\n").status, 200);
    for (const char* path : {"/api/avatar/generate", "/api/avatar/generate-batch"}) {
        const Answer refused = post_json(path, body, start + "kk\r\nAccept-Language: en\r\n");
        EXPECT_EQ(refused.status, 422);
        const auto error = refused.json().at("detail").at(0);
        EXPECT_EQ(error.at("loc"), nlohmann::json::parse(R"(["header", "idempotency-key"])"));
        EXPECT_EQ(error.at("msg"), "Idempotency-Key may have at most 255 characters.");
    }
    EXPECT_EQ(get("/api/avatar/jobs").json().at("total"), 1);
}

TEST_F(Endpoints, AKeyThatCannotBeReadIsRefusedNotIgnored) {
    add_voice();
    const std::string photo = photo_id();
    const std::string batch =
        R"({"photo_id": ")" + photo + R"(", "audio_paths": ["./outputs/audio/slide_1.wav"]})";
    // The server refuses other control characters in any header.
    for (const std::string key : {"", "a\tb", "\xe9t\xe9", "\xc2\x85"}) {
        for (const auto& [path, body] : {std::pair("/api/avatar/generate", generate_body(photo)),
                                         std::pair("/api/avatar/generate-batch", batch)}) {
            const Answer refused =
                post_json(path, body, "Idempotency-Key: " + key + "\r\nAccept-Language: en\r\n");
            EXPECT_EQ(refused.status, 422) << path << " " << key;
            const auto error = refused.json().at("detail").at(0);
            EXPECT_EQ(error.at("loc"), nlohmann::json::parse(R"(["header", "idempotency-key"])"));
            EXPECT_THAT(error.at("msg").get<std::string>(), HasSubstr("visible ASCII"));
        }
    }
    for (const char* key : {"a\x01 b", "a\x7f"}) {
        const std::string header = std::string("Idempotency-Key: ") + key + "\r\n";
        EXPECT_EQ(post_json("/api/avatar/generate", generate_body(photo), header).status, 400);
    }
    EXPECT_EQ(get("/api/avatar/jobs").json().at("total"), 0);
}

TEST_F(Endpoints, AKeyIsHonouredWhenItsVoiceIsGone) {
    add_voice();
    const std::string photo = photo_id();
    const std::string voice = R"("./outputs/audio/slide_1.wav")";
    const std::string key = "Idempotency-Key: one\r\n";
    const std::string batch_key = "Idempotency-Key: many\r\n";
    const std::string batch = R"({"photo_id": ")" + photo + R"(", "audio_paths": [)" + voice + "]}";
    const Answer first = post_json("/api/avatar/generate", generate_body(photo), key);
    const Answer many = post_json("/api/avatar/generate-batch", batch, batch_key);
    wait_for_end(first.json().at("job_id"));
    wait_for_end(many.json().at("jobs")[0].at("job_id"));
    std::filesystem::remove(data_->outputs() / "audio" / "slide_1.wav");
    EXPECT_EQ(post_json("/api/avatar/generate", generate_body(photo), key).body, first.body);
    EXPECT_EQ(post_json("/api/avatar/generate-batch", batch, batch_key).body, many.body);
    EXPECT_EQ(post_json("/api/avatar/generate", generate_body(photo)).status, 404);
    // One key is one request, at whatever address.
    add_voice();
    EXPECT_EQ(post_json("/api/avatar/generate", generate_body(photo), batch_key).status, 409);
    EXPECT_EQ(post_json("/api/avatar/generate-batch", batch, key).status, 409);
}

TEST_F(Endpoints, SystemInfoSaysWhatIsBeingDone) {
    EXPECT_TRUE(get("/api/avatar/system-info").json().at("busy_message").is_null());
    hold();
    const std::string job = add_job();
    ASSERT_TRUE(wait_until_held());
    const auto said = [&](const std::string& headers) {
        return get("/api/avatar/system-info", headers).json().at("busy_message");
    };
    EXPECT_THAT(said(""), testing::StartsWith("slide_1.wav:生成面部運動..."));
    EXPECT_THAT(said("Accept-Language: en\r\n"), testing::StartsWith("slide_1.wav: Animating..."));
    released_ = true;
    wait_for_end(job);
    EXPECT_TRUE(said("").is_null());
}

TEST_F(Endpoints, ABatchIsTakenWholeOrNotAtAll) {
    add_voice();
    hold();
    const std::string start = R"({"photo_id": ")" + photo_id() + R"(", "audio_paths": [)";
    const std::string path = R"("./outputs/audio/slide_1.wav")";
    const auto batch = post_json("/api/avatar/generate-batch", start + path + "," + path + "]}");
    ASSERT_EQ(batch.status, 200) << batch.body;
    const auto json = batch.json();
    EXPECT_EQ(json.at("jobs").size(), 2);
    EXPECT_EQ(json.at("jobs")[0].at("audio_path"), "./outputs/audio/slide_1.wav");
    const std::string query = "/api/avatar/jobs?batch_id=" + json.at("batch_id").get<std::string>();
    EXPECT_EQ(get(query).json().at("total"), 2);
    const Answer full = post_json("/api/avatar/generate-batch",
                                  start + path + "," + path + "," + path + "," + path + "]}");
    EXPECT_EQ(full.status, 429);
    EXPECT_EQ(get("/api/avatar/jobs").json().at("total"), 2);
    EXPECT_EQ(post_json("/api/avatar/generate-batch", start + "]}").status, 422);
    const auto wrong = post_json("/api/avatar/generate-batch", start + path + ",3," + path + "]}");
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(wrong.json().at("detail")[0].at("loc"),
              nlohmann::json::parse(R"(["body", "audio_paths", 1])"));
    EXPECT_EQ(post_json("/api/avatar/generate-batch", start + path + ",\"outputs/2.wav\"]}",
                        "Accept-Language: en\r\n")
                  .detail(),
              "There is no voice recording at this audio_path: outputs/2.wav");
    EXPECT_EQ(post_json("/api/avatar/generate-batch", start + path + ",\"/etc/x\"]}").status, 400);
}

TEST_F(Endpoints, ValidateSaysWhatGenerateWouldSay) {
    add_voice();
    const std::string photo = photo_id();
    const auto valid = post_json("/api/avatar/validate", generate_body(photo)).json();
    EXPECT_EQ(valid.at("valid"), true);
    EXPECT_EQ(valid.at("engine"), "double");
    EXPECT_EQ(valid.at("audio_duration"), 1.0);
    EXPECT_TRUE(valid.at("estimated_seconds").is_null());
    EXPECT_EQ(valid.at("notices"),
              nlohmann::json::array({"照片中嘴巴張開,嘴巴閉合的照片效果最佳。"}));
    // The photo is looked at once, and its notices are said in every language.
    const int calls = examiner_.calls;
    const auto english =
        post_json("/api/avatar/validate", generate_body(photo), "Accept-Language: en\r\n").json();
    EXPECT_EQ(english.at("notices")[0],
              "The mouth is open in the photo; a closed mouth gives the best result.");
    EXPECT_EQ(examiner_.calls, calls);
    EXPECT_EQ(post_json("/api/avatar/validate", generate_body(unknown_id)).status, 404);
    EXPECT_EQ(post_json("/api/avatar/validate", "{}").status, 422);
    EXPECT_EQ(get("/api/avatar/jobs").json().at("total"), 0);
    wait_for_end(add_job());
    const auto timed = post_json("/api/avatar/validate", generate_body(photo)).json();
    EXPECT_TRUE(timed.at("estimated_seconds").is_number());
}

TEST_F(Endpoints, APreviewIsShortAndSmall) {
    add_voice();
    const std::string body = generate_body(upload(picture(512, 300)).json().at("photo_id"));
    const Answer answer = post_json(
        "/api/avatar/generate", body.substr(0, body.size() - 1) +
                                    R"(, "preview_duration": 0.4, "max_size": 256, "emotion": 3})");
    const std::string job = answer.json().at("job_id");
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
    const auto details = get(job_path(job)).json();
    EXPECT_EQ(details.at("video_duration"), 0.4);
    EXPECT_EQ(details.at("settings"),
              nlohmann::json::parse(R"({"emotion": 3, "preview_duration": 0.4, "max_size": 256})"));
    for (const char* wrong :
         {R"(, "preview_duration": -1})", R"(, "max_size": 100})", R"(, "max_size": 300.5})",
          R"(, "priority": 11})", R"(, "preview_duration": "x"})"}) {
        EXPECT_EQ(post_json("/api/avatar/generate", body.substr(0, body.size() - 1) + wrong).status,
                  422)
            << wrong;
    }
}

TEST_F(Endpoints, AnEmotionThatChangesComesBackAsItMayBeSentAgain) {
    add_voice();
    const std::string body = generate_body(upload(picture(512, 300)).json().at("photo_id"));
    const auto with_emotion = [&](const std::string& emotion) {
        auto changed = nlohmann::json::parse(body);
        changed["emotion"] = emotion;
        return changed.dump();
    };
    const std::string job =
        post_json("/api/avatar/generate", with_emotion("0:4, 2.5:sad+happy")).json().at("job_id");
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
    const std::string again = get(job_path(job)).json().at("settings").at("emotion");
    EXPECT_EQ(again, "0:neutral,2.5:happy+sad");
    EXPECT_EQ(post_json("/api/avatar/validate", with_emotion(again)).status, 200);
    EXPECT_EQ(post_json("/api/avatar/validate", with_emotion("2:sad,1:happy")).status, 422);
}

TEST_F(Endpoints, OptionsSpeakTheClientsLanguage) {
    const auto chinese = get("/api/avatar/options").json();
    const auto english = get("/api/avatar/options", "Accept-Language: en\r\n").json();
    EXPECT_EQ(chinese.at("emotions")[3].at("label"), "開心");
    EXPECT_EQ(english.at("emotions")[3].at("label"), "Happy");
    EXPECT_EQ(english.at("emotions").size(), 8);
    EXPECT_EQ(english.at("engines")[0].at("name"), "mesh");
    EXPECT_EQ(english.at("engines")[0].at("available"), true);
    std::vector<std::string> presets;
    for (const auto& preset : english.at("presets"))
        presets.push_back(preset.at("name"));
    EXPECT_EQ(presets, (std::vector<std::string>{"quick", "balanced", "best"}));
    for (const auto& control : english.at("controls")) {
        EXPECT_LE(control.at("minimum"), control.at("maximum"));
        EXPECT_TRUE(control.at("name") != "emotion" || control.at("maximum").dump() == "7");
        EXPECT_FALSE(control.at("description").get<std::string>().empty());
        EXPECT_NE(control.at("name"), "threads");
    }
}

}  // namespace
}  // namespace ditto::server
