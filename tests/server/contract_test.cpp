#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_fixture.h"

// The interface that clients rely on, through a real socket.
namespace ditto::server {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

class Contract : public ServiceFixture {};

TEST_F(Contract, SystemInfo) {
    const Answer answer = get("/api/avatar/system-info");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.at("content-type"), "application/json");
    const auto json = answer.json();
    // Both kinds of computer run this.
    const bool gpu = json.at("cuda_available").get<bool>();
    EXPECT_EQ(json.at("gpu_name").is_string(), gpu);
    EXPECT_EQ(json.at("gpu_memory_total").is_number_float(), gpu);
    EXPECT_TRUE(gpu || json.at("gpu_memory_available").is_null());
    EXPECT_EQ(json.at("model_loaded"), false);
    EXPECT_EQ(json.at("avatar_enabled"), true);
    EXPECT_EQ(json.at("version"), "1.2.3");
}

TEST_F(Contract, UploadPhoto) {
    const Answer answer = upload(picture());
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto json = answer.json();
    const std::string id = json.at("photo_id");
    EXPECT_EQ(json.at("photo_url"), "/uploads/avatar_" + id + ".png");
    const auto& validation = json.at("validation");
    EXPECT_EQ(validation.at("valid"), true);
    EXPECT_EQ(validation.at("message"), "照片驗證通過");
    EXPECT_EQ(validation.at("face_count"), 1);
    EXPECT_EQ(validation.at("notices").size(), 1);
    EXPECT_EQ(validation.at("face_bbox"), nlohmann::json::parse("[12, 8, 30, 31]"));
    EXPECT_EQ(validation.at("image_size"), nlohmann::json::parse("[64, 48]"));
    EXPECT_EQ(get(json.at("photo_url")).body, picture());
    EXPECT_TRUE(std::filesystem::is_empty(data_->root() / "tmp"));
}

TEST_F(Contract, RefusedPhotosLeaveNothingBehind) {
    const Answer none = upload(picture(100, 100));
    EXPECT_EQ(none.status, 400);
    EXPECT_EQ(none.body, R"({"detail":"未檢測到人臉,請使用清晰的正面人臉照片"})");
    EXPECT_EQ(upload(picture(100, 100), "Accept-Language: en\r\n").detail(),
              "No face was found; use a clear photo of a face from the front.");
    EXPECT_EQ(upload("no picture").status, 400);
    EXPECT_EQ(upload("").status, 400);
    EXPECT_TRUE(std::filesystem::is_empty(data_->root() / "tmp"));
    EXPECT_TRUE(std::filesystem::is_empty(data_->uploads()));
}

TEST_F(Contract, AFormWithoutTheFileIsAFieldError) {
    const Answer answer =
        request(port(), "POST", "/api/avatar/upload-photo", form_header, form("photo", picture()));
    EXPECT_EQ(answer.status, 422);
    const auto error = answer.json().at("detail").at(0);
    EXPECT_EQ(error.at("loc"), nlohmann::json::parse(R"(["body", "file"])"));
    EXPECT_EQ(error.at("type"), "missing");
    EXPECT_EQ(post_json("/api/avatar/upload-photo", "{}").status, 422);
}

TEST_F(Contract, AVideoIsMade) {
    add_voice();
    const Answer accepted = post_json("/api/avatar/generate", generate_body(photo_id()));
    EXPECT_EQ(accepted.status, 200) << accepted.body;
    EXPECT_EQ(accepted.json().at("status"), "processing");
    const std::string job = accepted.json().at("job_id");
    const auto end = wait_for_end(job);
    EXPECT_EQ(end.at("job_id"), job);
    EXPECT_EQ(end.at("status"), "completed") << end;
    EXPECT_EQ(end.at("progress"), 100);
    EXPECT_EQ(end.at("video_url"), "/outputs/avatar_" + job + ".mp4");
    EXPECT_TRUE(end.at("error").is_null());
    EXPECT_TRUE(end.at("duration").is_number_float());
    EXPECT_EQ(status(job, "Accept-Language: en\r\n").at("message"),
              "Avatar video generated successfully");
    const Answer video = get(end.at("video_url"));
    EXPECT_EQ(video.status, 200);
    EXPECT_EQ(video.headers.at("content-type"), "video/mp4");
    EXPECT_EQ(video.body.substr(4, 4), "ftyp");
    EXPECT_EQ(get("/api/avatar/system-info").json().at("model_loaded"), true);
}

TEST_F(Contract, AJobThatRunsAndOneThatWaits) {
    hold();
    const std::string first = add_job();
    ASSERT_TRUE(wait_until_held());
    const auto running = status(first);
    EXPECT_EQ(running.at("status"), "processing");
    EXPECT_THAT(running.at("message").get<std::string>(), HasSubstr("生成面部運動..."));
    for (const char* field : {"video_url", "error", "duration"})
        EXPECT_TRUE(running.at(field).is_null()) << field;
    EXPECT_EQ(status(add_job()).at("status"), "pending");
    EXPECT_EQ(get("/api/avatar/system-info").json().at("is_generating"), true);
    EXPECT_EQ(get("/outputs/avatar_" + first + ".mp4").status, 404);
}

TEST_F(Contract, AFailedJobSaysWhy) {
    engines_.engine->before_frame = [](std::int64_t) {
        throw Error(ErrorCode::model_missing, {{"path", "/secret/folder/m.onnx"}});
    };
    const auto end = wait_for_end(add_job());
    EXPECT_EQ(end.at("status"), "failed");
    EXPECT_EQ(end.at("error"), "缺少模型檔案:m.onnx。請檢查路徑,或執行 ditto-avatar setup。");
    EXPECT_TRUE(end.at("video_url").is_null());
}

TEST_F(Contract, UnknownThingsAre404) {
    add_voice();
    const std::string id = "00000000-0000-4000-8000-000000000000";
    EXPECT_EQ(post_json("/api/avatar/generate", generate_body(id)).status, 404);
    EXPECT_EQ(post_json("/api/avatar/generate", generate_body("../../x")).status, 404);
    EXPECT_EQ(post_json("/api/avatar/generate",
                        R"({"photo_id": ")" + photo_id() + R"(", "audio_path": "uploads/no.wav"})")
                  .detail(),
              "找不到此 audio_path 的語音檔:uploads/no.wav");
    EXPECT_EQ(get("/api/avatar/job/" + id + "/status").status, 404);
    EXPECT_EQ(get("/api/avatar/job/x/status", "Accept-Language: en\r\n").detail(),
              "There is nothing with this id; use one that the service gave.");
    EXPECT_EQ(request(port(), "DELETE", "/api/avatar/photo/" + id + "x").detail(),
              "找不到此 id,請使用服務回傳的 id。");
    EXPECT_EQ(get("/nothing").detail(), "找不到此網址。");
    EXPECT_EQ(request(port(), "PUT", "/api/avatar/generate").status, 405);
    EXPECT_EQ(get("/api/avatar/generate").status, 405);
}

TEST_F(Contract, AudioOutsideTheDataFolderIsRefusedWhetherItExistsOrNot) {
    const std::string photo = photo_id();
    std::filesystem::create_symlink("/etc", data_->uploads() / "link");
    for (const char* path : {"/etc/passwd", "/etc/none", "../x.wav", "outputs/../../x.wav", "x.wav",
                             "tmp/x.wav", "jobs.db", "uploads/link/passwd", "uploads/link/none"}) {
        const Answer answer =
            post_json("/api/avatar/generate",
                      R"({"photo_id": ")" + photo + R"(", "audio_path": ")" + path + R"("})");
        EXPECT_EQ(answer.status, 400) << path;
        EXPECT_EQ(answer.detail(),
                  "audio_path 必須位於 outputs/ 或 uploads/ 之內,例如 "
                  "./outputs/audio/slide_1.wav。")
            << path;
    }
}

TEST_F(Contract, WrongValuesHaveFastApisShape) {
    const Answer answer =
        post_json("/api/avatar/generate",
                  R"({"photo_id": 7, "emotion": 9, "sampling_steps": "many", "crop_scale": true})",
                  "Accept-Language: en\r\n");
    EXPECT_EQ(answer.status, 422);
    const nlohmann::json json = answer.json();
    std::vector<std::string> found;
    for (const auto& error : json.at("detail"))
        found.push_back(error.at("loc").at(1).get<std::string>() + " " +
                        error.at("type").get<std::string>());
    EXPECT_THAT(found, testing::UnorderedElementsAre(
                           "photo_id string_type", "audio_path missing", "emotion value_error",
                           "sampling_steps value_error", "crop_scale float_type"));
    EXPECT_EQ(post_json("/api/avatar/generate", "{").json().at("detail").at(0).at("type"),
              "json_invalid");
    EXPECT_EQ(post_json("/api/avatar/generate", "").status, 422);
}

TEST_F(Contract, AFullQueueIs429) {
    hold();
    add_job();
    ASSERT_TRUE(wait_until_held());
    for (int i = 0; i < 3; ++i)
        add_job();
    const Answer full = post_json("/api/avatar/generate", generate_body(photo_id()));
    EXPECT_EQ(full.status, 429);
    EXPECT_THAT(full.headers.at("retry-after"), MatchesRegex("[0-9]+"));
}

TEST_F(Contract, FilesAreServedInParts) {
    add_voice();
    const std::string url = "/outputs/audio/slide_1.wav";
    const Answer whole = get(url);
    EXPECT_EQ(whole.headers.at("accept-ranges"), "bytes");
    const Answer part = get(url, "Range: bytes=4-7\r\n");
    EXPECT_EQ(part.status, 206);
    EXPECT_EQ(part.body, whole.body.substr(4, 4));
    EXPECT_EQ(part.headers.at("content-range"), "bytes 4-7/" + std::to_string(whole.body.size()));
    EXPECT_EQ(get(url, "Range: bytes=-3\r\n").body, whole.body.substr(whole.body.size() - 3));
    EXPECT_EQ(get(url, "Range: bytes=99999999-\r\n").status, 416);
    const std::string etag = whole.headers.at("etag");
    EXPECT_EQ(get(url, "If-None-Match: " + etag + "\r\n").status, 304);
    EXPECT_EQ(get(url, "Range: bytes=0-0\r\nIf-Range: " + etag + "\r\n").status, 206);
    EXPECT_EQ(get(url, "Range: bytes=0-0\r\nIf-Range: \"old\"\r\n").status, 200);
    const Answer head = request(port(), "HEAD", url);
    EXPECT_EQ(head.headers.at("content-length"), std::to_string(whole.body.size()));
    EXPECT_EQ(head.body, "");
}

TEST_F(Contract, JobsOutliveTheServer) {
    hold();
    const std::string running = add_job();
    ASSERT_TRUE(wait_until_held());
    const std::string waiting = add_job();
    stop();
    engines_.engine->before_frame = [](std::int64_t) {};
    start();
    EXPECT_EQ(wait_for_end(running).at("status"), "completed");
    EXPECT_EQ(wait_for_end(waiting).at("status"), "completed");
}

TEST_F(Contract, OneConnectionServesManyRequests) {
    Client client(port());
    const std::string get_info = "GET /api/avatar/system-info HTTP/1.1\r\nHost: x\r\n\r\n";
    client.send(get_info + get_info + "GET /none HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_EQ(client.answer().status, 404);
    client.send(get_info);
    EXPECT_EQ(client.answer().status, 200);
}

}  // namespace
}  // namespace ditto::server
