#include "server/generate_body.h"

#include <utility>

#include <gtest/gtest.h>

#include "server/http.h"

namespace ditto::server {
namespace {

struct ReadBody : GenerateBody {
    std::vector<FieldError> errors;
};

ReadBody read(const std::string& more) {
    BodyReader reader(R"({"photo_id": "p", "audio_path": "a")" + more + "}", Language::english);
    GenerateBody body = read_generate_body(reader);
    return {std::move(body), reader.errors()};
}

TEST(GenerateBody, TakesEveryControlOfTheContract) {
    const ReadBody body = read(
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
    const ReadBody body = read("");
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
        const ReadBody body = read(std::string(", ") + more);
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
        const ReadBody body = read(std::string(R"(, "emotion": )") + value);
        EXPECT_TRUE(body.errors.empty()) << value;
        EXPECT_EQ(body.controls.emotion.text(), text);
    }
    const ReadBody wrong = read(R"(, "emotion": "2:sad,1:happy")");
    ASSERT_EQ(wrong.errors.size(), 1U);
    EXPECT_EQ(wrong.errors[0].type, "value_error");
    EXPECT_NE(wrong.errors[0].message.find("\"2:sad,1:happy\"; use 0 - 7 or a name"),
              std::string::npos)
        << wrong.errors[0].message;
}

TEST(BodyReader, GathersAllThatIsWrong) {
    BodyReader reader(R"({"a": 1, "b": null, "list": ["x", 2], "flag": 1, "n": 1.5, "m": 3})",
                      Language::english);
    EXPECT_EQ(reader.text("a"), "");
    EXPECT_EQ(reader.text("b"), "");
    EXPECT_EQ(reader.text("none"), "");
    EXPECT_EQ(reader.optional_text("b"), "");
    EXPECT_EQ(reader.texts("list", 2), std::vector<std::string>{"x"});
    EXPECT_TRUE(reader.flag("flag", true));
    EXPECT_EQ(reader.number("n", 0, 2, BodyReader::Kind::whole, 7), 7);
    EXPECT_EQ(reader.number("n", .5, 2, BodyReader::Kind::real, 7), 1.5);
    EXPECT_EQ(reader.number("m", .5, 2, BodyReader::Kind::real, 7), 7);
    EXPECT_NE(reader.errors().back().message.find("0.5 - 2"), std::string::npos);
    EXPECT_EQ(reader.choice("none", {"x", "y"}), "");
    EXPECT_EQ(reader.choice("none", {"x", "y"}, true), "");
    std::string all;
    for (const FieldError& error : reader.errors())
        all += error.field + " " + error.type + (error.index ? " at 1" : "") + ", ";
    EXPECT_EQ(all,
              "a string_type, b string_type, none missing, list string_type at 1, flag bool_type, "
              "n int_type, m value_error, none enum, ");
    EXPECT_THROW(reader.check(), Refusal);
}

TEST(BodyReader, WhatIsNoObjectIsTheOnlyThingWrong) {
    for (const char* text : {"", "{", "[]", "null", "1"}) {
        BodyReader reader(text, Language::english);
        read_generate_body(reader, VoiceField::several);
        reader.choice("set", {"x"}, true);
        ASSERT_EQ(reader.errors().size(), 1U) << text;
        EXPECT_EQ(reader.errors()[0].field, "");
    }
}

TEST(GenerateBody, ProcessorsAreTheOperatorsMatter) {
    EXPECT_EQ(read(R"(, "threads": 200)").controls.threads, 0);
}

}  // namespace
}  // namespace ditto::server
