#include <atomic>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_fixture.h"

namespace ditto::server {
namespace {

class SpeechService : public ServiceFixture {
  protected:
    int refused(const std::string& body) { return post_json("/api/speech", body).status; }
};

TEST_F(SpeechService, NamesItsVoices) {
    const auto voices = get("/api/speech/voices").json();
    EXPECT_EQ(voices.at("available"), true);
    EXPECT_TRUE(voices.at("reason").is_null());
    EXPECT_EQ(voices.at("voices").size(), 2U);
    EXPECT_EQ(voices.at("voices")[0].at("language"), "zh-TW");
}

TEST_F(SpeechService, ASpokenScriptIsAVoiceLikeAnyOther) {
    const auto voice =
        post_json("/api/speech", R"({"text": "各位同學 大家好", "speed": 1.5})").json();
    EXPECT_EQ(voice.at("name"), "各位同學 大家好");
    EXPECT_EQ(voice.at("duration"), 1.0);
    EXPECT_EQ(get(voice.at("audio_url")).status, 200);
    const std::string body = R"({"photo_id": ")" + photo_id() + R"(", "audio_path": ")" +
                             voice.at("audio_path").get<std::string>() + "\"}";
    released_ = true;
    const std::string job = post_json("/api/avatar/generate", body).json().at("job_id");
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
}

TEST_F(SpeechService, RefusesInFastApisShape) {
    for (const char* body : {"{", "[]", "{}", R"({"text": 1})", R"({"text": "a", "voice": 1})",
                             R"({"text": "a", "speed": "fast"})", R"({"text": "a", "speed": 3})"}) {
        const Answer answer = post_json("/api/speech", body);
        EXPECT_EQ(answer.status, 422) << body;
        EXPECT_TRUE(answer.json().at("detail").is_array()) << body;
    }
}

TEST_F(SpeechService, NobodyWaitsForThoseThatSpeak) {
    // More than there are threads for any kind of request; two speak at once.
    std::vector<std::thread> speakers;
    std::atomic<int> spoken = 0;
    for (int i = 0; i < 5; ++i) {
        speakers.emplace_back([&] {
            if (post_json("/api/speech", R"({"text": "slowly"})").status == 200) ++spoken;
        });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    EXPECT_EQ(get("/api/avatar/jobs").status, 200);
    EXPECT_EQ(spoken, 0) << "the question was answered only after some had spoken";
    for (std::thread& speaker : speakers)
        speaker.join();
    EXPECT_EQ(spoken, 5);
}

TEST_F(SpeechService, SaysWhatItCannotSpeakAndKeepsNothing) {
    EXPECT_EQ(refused(R"({"text": ""})"), 400);
    EXPECT_EQ(refused(R"({"text": "!?"})"), 400);
    EXPECT_EQ(refused(R"({"text": "silence"})"), 400);
    EXPECT_EQ(refused(R"({"text": "hello", "voice": "nobody"})"), 400);
    EXPECT_EQ(refused(R"({"text": ")" + std::string(10'001, 'a') + "\"}"), 400);
    EXPECT_TRUE(std::filesystem::is_empty(data_->uploads()));
    EXPECT_TRUE(std::filesystem::is_empty(data_->temporary().parent_path()));
}

}  // namespace
}  // namespace ditto::server
