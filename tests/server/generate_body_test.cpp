#include "server/generate_body.h"

#include <gtest/gtest.h>

namespace ditto::server {
namespace {

GenerateBody read(const std::string& more) {
    return read_generate_body(R"({"photo_id": "p", "audio_path": "a")" + more + "}",
                              Language::english);
}

TEST(GenerateBody, TakesEveryControlOfTheContract) {
    const GenerateBody body = read(
        R"(, "emotion": 3, "crop_scale": 2, "sampling_steps": 20.0, "fade_in": "7", "fade_out": 0,
            "seed": 12, "engine": "mesh", "unknown": {"x": []}, "fps": null)");
    EXPECT_TRUE(body.errors.empty());
    EXPECT_EQ(body.photo_id, "p");
    EXPECT_EQ(body.audio_paths, std::vector<std::string>{"a"});
    EXPECT_EQ(body.controls.emotion, Emotion::happy);
    EXPECT_EQ(body.controls.crop_scale, 2);
    EXPECT_EQ(body.controls.sampling_steps, 20);
    EXPECT_EQ(body.controls.fade_in, 7);
    EXPECT_EQ(body.controls.fade_out, 0);
    EXPECT_EQ(body.controls.seed, 12);
    EXPECT_EQ(body.controls.fps, 25);
    EXPECT_EQ(body.engine, EngineWish::mesh);
}

TEST(GenerateBody, DefaultsAreTheTables) {
    const GenerateBody body = read("");
    EXPECT_TRUE(body.errors.empty());
    EXPECT_EQ(body.controls.emotion, Emotion::neutral);
    EXPECT_EQ(body.controls.crop_scale, 2.3);
    EXPECT_EQ(body.engine, EngineWish::automatic);
}

TEST(GenerateBody, NamesWhatIsWrong) {
    for (const char* more :
         {R"("emotion": 8)", R"("emotion": -1)", R"("emotion": 1.5)", R"("emotion": [])",
          R"("sampling_steps": 9)", R"("crop_scale": "x")", R"("crop_scale": 1e999)",
          R"("fade_in": true)", R"("seed": 1e20)", R"("engine": "other")", R"("engine": 1)"}) {
        const GenerateBody body = read(std::string(", ") + more);
        const bool whole = body.errors.size() == 1;
        EXPECT_TRUE(whole) << more;
    }
}

TEST(GenerateBody, EmotionsAsOnTheCommandLine) {
    for (const auto& [value, text] :
         {std::pair{"3", "happy"},
          {"3.0", "happy"},
          {R"("sad")", "sad"},
          {R"("happy + 6")", "happy+surprise"},
          {R"("0:neutral, 2.5:happy=0.6+sad=0.4")", "0:neutral,2.5:happy=0.6+sad=0.4"}}) {
        const GenerateBody body = read(std::string(R"(, "emotion": )") + value);
        EXPECT_TRUE(body.errors.empty()) << value;
        EXPECT_EQ(body.controls.emotion.text(), text);
    }
    const GenerateBody wrong = read(R"(, "emotion": "2:sad,1:happy")");
    ASSERT_EQ(wrong.errors.size(), 1U);
    EXPECT_EQ(wrong.errors[0].type, "value_error");
    EXPECT_NE(wrong.errors[0].message.find("\"2:sad,1:happy\"; use 0 - 7 or a name"),
              std::string::npos)
        << wrong.errors[0].message;
}

TEST(GenerateBody, ProcessorsAreTheOperatorsMatter) {
    EXPECT_EQ(read(R"(, "threads": 200)").controls.threads, 0);
}

}  // namespace
}  // namespace ditto::server
