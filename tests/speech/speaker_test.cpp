#include "speech/speaker.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "media/audio_file.h"

namespace ditto::speech {
namespace {

using media::code_of;
using media::TempFolder;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

std::string content(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A speaking program that writes down how it was called, and what it was told.
SpeechProgram scribe(std::string script = "") {
    if (script.empty()) {
        script = R"(printf '%s|' "$@" > "$0"; cat >> "$0"; head -c 2000 /dev/zero >> "$0")";
    }
    return {{"/bin/sh", "-c", script, "{output}", "{voice}", "{language}", "{speed}", "{slowness}"},
            {{"a b", "Aunt", "en"}, {"mei", "美", "zh-TW"}}};
}

TEST(EspeakVoices, AreReadFromItsListing) {
    const auto voices = parse_espeak_voices(
        "Pty Language       Age/Gender VoiceName          File                 Other Languages\n"
        " 5  af              --/M      Afrikaans          gmw/af               \n"
        " 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn (zh-cmn 5)\n"
        " 2  en-gb           --/M      English_(Great_Britain) gmw/en          (en 2)\n"
        " 7  en-us           --/F      us-mbrola-1        mb/mb-us1\n"
        "half a line\n"
        " 5  af              --/M      Again              gmw/af-2\n");
    EXPECT_THAT(voices, ElementsAre(Field(&Voice::id, "af"), Field(&Voice::id, "cmn"),
                                    Field(&Voice::id, "cmn+f3"), Field(&Voice::id, "en-gb"),
                                    Field(&Voice::id, "en-gb+f3")));
    EXPECT_EQ(voices[1].language, "zh");
    EXPECT_EQ(voices[3].language, "en-GB");
    EXPECT_EQ(voices[4].name, "English (Great Britain) (female)");
}

class SpeakerTest : public testing::Test {
  protected:
    ErrorCode refusal(const Speaker& speaker, const std::string& text,
                      const std::string& voice = "mei") const {
        const auto path = folder_ / "refused.wav";
        const ErrorCode code = code_of([&] { speaker.speak(text, voice, 1, path, {}); });
        EXPECT_FALSE(std::filesystem::exists(path));
        return code;
    }

    TempFolder folder_;
};

TEST_F(SpeakerTest, TheProgramGetsWordsThatNoShellSees) {
    const Speaker speaker(scribe());
    speaker.speak("$(id) \"quoted\"\n下一行", "a b", 2, folder_ / "v.wav", {});
    EXPECT_THAT(content(folder_ / "v.wav"),
                testing::StartsWith("a b|en|2|0.5|$(id) \"quoted\"\n下一行"));
    EXPECT_THAT(folder_.names(), ElementsAre("v.wav"));
}

TEST_F(SpeakerTest, TextsThatCannotBeSpokenAreRefused) {
    const Speaker speaker(scribe());
    EXPECT_EQ(refusal(speaker, ""), ErrorCode::speech_empty);
    EXPECT_EQ(refusal(speaker, " ,。!?… — \n"), ErrorCode::speech_empty);
    EXPECT_EQ(refusal(speaker, std::string(Speaker::longest_text + 1, 'a')),
              ErrorCode::speech_too_long);
    EXPECT_EQ(refusal(speaker, "hello", "nobody"), ErrorCode::voice_unknown);
    EXPECT_EQ(refusal(speaker, "hello", ""), ErrorCode::voice_unknown);
    std::string most;
    for (std::size_t i = 0; i < Speaker::longest_text; ++i)
        most += "字";
    EXPECT_NO_THROW(speaker.speak(most, "mei", 1, folder_ / "most.wav", {}));
}

TEST_F(SpeakerTest, AProgramThatFailsIsTold) {
    EXPECT_EQ(refusal(Speaker(scribe("echo broken >&2; exit 3")), "hello"),
              ErrorCode::program_failed);
    EXPECT_EQ(refusal(Speaker(scribe("exit 0")), "hello"), ErrorCode::speech_empty);
    const Speaker nobody(SpeechProgram{{"/nowhere/speaker"}, {{"mei", "美", "zh"}}});
    ASSERT_TRUE(nobody.why_not());
    EXPECT_THAT(nobody.voices(), IsEmpty());
    EXPECT_EQ(refusal(nobody, "hello"), ErrorCode::option_value);
}

TEST_F(SpeakerTest, TheTextTellsItsLanguage) {
    const Speaker speaker(scribe());
    EXPECT_EQ(speaker.voice_for("你好 hello", "en"), "mei");
    EXPECT_EQ(speaker.voice_for("hello", "en"), "a b");
    EXPECT_EQ(speaker.voice_for("hello", "zh-TW"), "mei");
    EXPECT_EQ(speaker.voice_for("こんにちは", "de"), "a b");
}

TEST(SpeechProgramFile, SaysWhatIsWrongWithIt) {
    const SpeechProgram program = parse_speech_program(
        R"({"command": ["piper", "{voice}"], "voices": [{"id": "x"}, {"name": "no id"}, 3]})", "f");
    EXPECT_THAT(program.command, ElementsAre("piper", "{voice}"));
    ASSERT_EQ(program.voices.size(), 1U);
    EXPECT_EQ(program.voices[0].name, "x");
    for (const char* text : {"", "{", "[]", "{}", R"({"command": "piper"})", R"({"command": [1]})",
                             R"({"command": [], "voices": [{"id": "x"}]})",
                             R"({"command": ["p"], "voices": []})", R"({"command": ["p"]})"}) {
        EXPECT_EQ(code_of([&] { parse_speech_program(text, "f"); }), ErrorCode::option_value)
            << text;
    }
}

// With the real program: it is one of the packages that tests are run with.
TEST_F(SpeakerTest, EspeakSpeaksChineseAndEnglish) {
    const Speaker speaker;
    ASSERT_FALSE(speaker.why_not()) << "espeak-ng is missing: scripts/install.sh installs it";
    EXPECT_GT(speaker.voices().size(), 50U);
    const std::string chinese = speaker.voice_for("各位同學大家好", "en");
    EXPECT_EQ(chinese, "cmn");
    speaker.speak("各位同學大家好,今天介紹水的循環。", chinese, 1, folder_ / "zh.wav", {});
    const double normal_s = media::check_voice(folder_ / "zh.wav").duration_s;
    EXPECT_GT(normal_s, 2);
    speaker.speak("各位同學大家好,今天介紹水的循環。", chinese, 0.5, folder_ / "slow.wav", {});
    EXPECT_GT(media::check_voice(folder_ / "slow.wav").duration_s, 1.4 * normal_s);
    // Two brackets would begin phonemes: then nothing of it is read as text.
    speaker.speak("[[hello everybody in this room]]", speaker.voice_for("", "en"), 1,
                  folder_ / "brackets.wav", {});
    EXPECT_GT(media::check_voice(folder_ / "brackets.wav").duration_s, 1);
}

}  // namespace
}  // namespace ditto::speech
