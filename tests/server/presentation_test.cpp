#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pdfs.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

using Json = nlohmann::json;

class PresentationService : public ServiceFixture {
  protected:
    void SetUp() override {
        add_voice();
        const std::string pdf = slides::make_pdf(
            {{.lines = {"Rain"}}, {.lines = {"Snow"}}, {.lines = {"Hail"}}}, "Water");
        deck_ = request(port(), "POST", "/api/presentation/deck", form_header, form("file", pdf))
                    .json()
                    .at("deck_id");
        photo_ = photo_id();
    }
    Json body() const {
        return Json::parse(R"({"photo_id": ")" + photo_ + R"(", "deck_id": ")" + deck_ +
                           R"(", "placement": {"mode": "split"}, "slides": [
            {"number": 1, "script": "It rains.", "audio_path": "./outputs/audio/slide_1.wav"},
            {"number": 3, "script": "It hails.", "voice": "mei"}]})");
    }
    Answer present(const std::string& body) const { return post_json("/api/presentation", body); }

    std::string deck_;
    std::string photo_;
};

TEST_F(PresentationService, SlidesBecomeOneVideoWithChaptersAndSubtitles) {
    const std::string job = present(body().dump()).json().at("job_id");
    const Json ended = wait_for_end(job);
    ASSERT_EQ(ended.at("status"), "completed") << ended;
    const Json done = get("/api/avatar/job/" + job).json();
    EXPECT_EQ(done.at("kind"), "presentation");
    EXPECT_EQ(done.at("audio_name"), "Water");
    ASSERT_EQ(done.at("slides").size(), 2U);
    EXPECT_EQ(done.at("slides")[1].at("number"), 3);
    ASSERT_EQ(done.at("chapters").size(), 2U);
    EXPECT_EQ(done.at("chapters")[0].at("title"), "Rain");
    EXPECT_EQ(done.at("chapters")[1].at("title"), "Hail");
    EXPECT_NEAR(done.at("chapters")[1].at("start"), 1.5, 0.05);
    EXPECT_EQ(get(done.at("video_url")).headers.at("content-type"), "video/mp4");
    EXPECT_NE(get(done.at("subtitles_url")).body.find("It hails."), std::string::npos);
    EXPECT_NE(get(done.at("vtt_url")).body.find("WEBVTT"), std::string::npos);
    EXPECT_EQ(request(port(), "DELETE", "/api/avatar/job/" + job).status, 200);
    EXPECT_EQ(get(done.at("vtt_url")).status, 404);
}

TEST_F(PresentationService, RefusesWhatIsNotThere) {
    const auto refused = [&](const char* field, const char* value) {
        Json wrong = body();
        wrong[field] = Json::parse(value);
        return present(wrong.dump()).status;
    };
    EXPECT_EQ(refused("deck_id", R"("00000000-0000-4000-8000-000000000000")"), 404);
    EXPECT_EQ(refused("deck_id", R"("../uploads")"), 404);
    EXPECT_EQ(refused("photo_id", R"("00000000-0000-4000-8000-000000000000")"), 404);
    EXPECT_EQ(refused("slides", R"([{"number": 1, "audio_path": "./uploads/none.wav"}])"), 404);
    EXPECT_EQ(refused("slides", R"([{"number": 1, "audio_path": "../secret"}])"), 400);
    for (const char* slides :
         {"null", "[]", R"("x")", "[1]", R"([{"number": 4}])", R"([{"number": 1}, {"number": 1}])",
          R"([{"number": 1.5}])", R"([{"number": 1, "script": 2}])", R"([{"number": 1e300}])"}) {
        EXPECT_EQ(refused("slides", slides), 422) << slides;
    }
    EXPECT_EQ(refused("placement", R"({"mode": "sky"})"), 422);
    EXPECT_EQ(refused("placement", R"({"size": 9})"), 422);
    EXPECT_EQ(refused("placement", R"("corner")"), 422);
    EXPECT_EQ(refused("placement", "[]"), 422);
    EXPECT_EQ(refused("subtitles", R"("yes")"), 422);
    EXPECT_EQ(refused("emotion", "9"), 422);
    EXPECT_EQ(refused("emotion", R"("1:happy,1:sad")"), 422);
    EXPECT_EQ(get("/api/avatar/jobs").json().at("total"), 0);
}

TEST_F(PresentationService, AMillionBracketsAreRefused) {
    const std::string deep(1'000'000, '[');
    const std::string end(1'000'000, ']');
    for (const std::string& placement : {deep + end, R"({"mode": )" + deep + end + "}"}) {
        Json known = body();
        known.erase("placement");
        std::string nested = known.dump();
        nested.pop_back();
        EXPECT_EQ(present(nested + R"(, "placement": )" + placement + "}").status, 422);
        // The last of two fields counts.
        EXPECT_EQ(present(nested + R"(, "emotion": )" + placement + "}").status, 422);
        EXPECT_EQ(present(nested + R"(, "slides": )" + placement + "}").status, 422);
        EXPECT_EQ(present(nested + R"(, "seed": )" + placement + "}").status, 422);
    }
    EXPECT_EQ(get("/health").status, 200);
}

}  // namespace
}  // namespace ditto::server
