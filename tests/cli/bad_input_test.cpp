#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/controls.h"
#include "inputs.h"
#include "program.h"
#include "sounds.h"

namespace ditto::cli {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

/// One line "error: ..." in text mode, one JSON line with the code in JSON mode, the exit status of
/// the kind, nothing on stdout.
void expect_refusal(const std::vector<std::string>& arguments, int status,
                    const std::string& code) {
    SCOPED_TRACE(code + ": " + testing::PrintToString(arguments));
    std::vector<std::string> plain = arguments;
    plain.insert(plain.end(), {"--progress", "none"});
    const Outcome text = run(plain);
    EXPECT_EQ(text.status, status);
    EXPECT_EQ(text.out, "");
    const std::string last = text.err.substr(text.err.rfind("error: ", text.err.size()));
    EXPECT_EQ(std::count(last.begin(), last.end(), '\n'), 1) << text.err;
    EXPECT_THAT(last, Not(HasSubstr("{"))) << "a placeholder was not filled";

    const Outcome json = run(arguments);
    EXPECT_EQ(json.status, status);
    EXPECT_EQ(json.out, "");
    EXPECT_THAT(json.err, EndsWith("}\n"));
    const std::string last_json = json.err.substr(json.err.rfind('\n', json.err.size() - 2) + 1);
    EXPECT_THAT(last_json, StartsWith("{\"event\":\"error\",\"code\":\"" + code + "\","));
    EXPECT_THAT(last_json, HasSubstr("\"exit_status\":" + std::to_string(status) + ","));
}

class BadInput : public testing::Test {
  protected:
    BadInput() { write_voice(voice_, 0.5); }

    std::vector<std::string> generate(const std::filesystem::path& photo,
                                      const std::filesystem::path& audio,
                                      const std::filesystem::path& output,
                                      const std::vector<std::string>& more = {}) const {
        return generate_arguments(photo, audio, output, more);
    }
    std::vector<std::string> with_photo(const std::filesystem::path& photo) const {
        return generate(photo, voice_, output_);
    }
    std::vector<std::string> with_voice(const std::filesystem::path& voice) const {
        return generate(portrait(), voice, output_);
    }
    std::vector<std::string> with_option(const std::vector<std::string>& more) const {
        return generate(portrait(), voice_, output_, more);
    }
    void TearDown() override {
        for (const std::string& name : folder_.names()) {
            EXPECT_THAT(name, Not(HasSubstr(".mp4"))) << "something was left behind";
        }
    }

    media::TempFolder folder_;
    const std::filesystem::path voice_ = folder_ / "voice.wav";
    const std::filesystem::path output_ = folder_ / "video.mp4";
};

TEST_F(BadInput, Options) {
    expect_refusal(with_option({"--colour", "3"}), 2, "option_unknown");
    expect_refusal(with_option({"extra"}), 2, "option_unknown");
    expect_refusal(with_option({"-x"}), 2, "option_unknown");
    expect_refusal(with_option({"--quiet=maybe"}), 2, "option_unknown");
    expect_refusal({"genrate"}, 2, "option_unknown");
    expect_refusal(with_option({"--lang", "fr"}), 2, "option_value");
    expect_refusal(with_option({"--engine", "magic"}), 2, "option_value");
    expect_refusal({"generate", "--photo", "--audio", "v.wav"}, 2, "option_value_missing");
    expect_refusal({"generate", "--photo=", "--audio", "v.wav"}, 2, "option_value_missing");
    expect_refusal({"generate", "--audio", "v.wav", "--output", "v.mp4"}, 2, "option_missing");
    const Outcome outcome = run(with_option({"--progress", "yes"}));
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, HasSubstr("\"code\":\"option_value\""));
}

TEST_F(BadInput, ControlsInBothSpellings) {
    for (const ControlSpec& spec : control_specs()) {
        const std::string underscores = "--" + std::string(spec.name);
        std::string dashes = underscores;
        std::replace(dashes.begin(), dashes.end(), '_', '-');
        for (const std::string& option : {dashes, underscores}) {
            const Outcome outcome = run(with_option({option, "1e9x"}));
            EXPECT_EQ(outcome.status, 2) << option;
            EXPECT_THAT(outcome.err, HasSubstr(dashes + " does not take \\\"1e9x\\\"; use "));
        }
    }
}

TEST_F(BadInput, ASlipOfTheFingerIsUnderstood) {
    EXPECT_THAT(run(with_option({"--fade-ni", "3"})).err, HasSubstr("Did you mean --fade-in?"));
    EXPECT_THAT(run({"genrate"}).err, HasSubstr("Did you mean generate?"));
}

TEST_F(BadInput, Photos) {
    expect_refusal(with_photo(folder_ / "missing.png"), 3, "photo_missing");
    expect_refusal(with_photo(folder_.path()), 3, "photo_unreadable");
    const auto whole = media::read_content(portrait());
    const auto photo = folder_ / "photo.png";
    media::write_content(photo, {});
    expect_refusal(with_photo(photo), 3, "photo_corrupt");
    media::write_content(photo, std::span(whole).first(whole.size() / 2));
    expect_refusal(with_photo(photo), 3, "photo_corrupt");
    media::write_content(photo, media::read_content(voice_));
    expect_refusal(with_photo(photo), 3, "photo_format");
}

TEST_F(BadInput, Voices) {
    expect_refusal(with_voice(folder_ / "missing.wav"), 4, "audio_missing");
    expect_refusal(with_voice(folder_.path()), 4, "audio_unreadable");
    expect_refusal(with_voice(portrait()), 4, "audio_format");
    const auto voice = folder_ / "other.wav";
    media::write_content(voice, {});
    expect_refusal(with_voice(voice), 4, "audio_empty");
    media::write_wav(voice, {16000, 1, {0.5F}});
    expect_refusal(with_voice(voice), 4, "audio_empty");
    media::write_wav(voice, {16000, 1, std::vector<float>(32000)});
    expect_refusal(with_voice(voice), 4, "audio_silent");
}

TEST_F(BadInput, Outputs) {
    expect_refusal(generate(portrait(), voice_, folder_ / "none" / "v.mp4"), 5, "output_folder");
    expect_refusal(generate(portrait(), voice_, folder_ / "v.avi"), 2, "output_name");
    // A folder in which nobody can make a file, root neither.
    expect_refusal(generate(portrait(), voice_, "/proc/v.mp4"), 5, "output_folder");
}

TEST_F(BadInput, EnginesAndModels) {
    expect_refusal(with_option({"--engine", "ditto", "--checkpoints", folder_ / "none"}), 6,
                   "engine_unavailable");
    const Outcome models = run(with_option({}), {{"DITTO_MODELS", folder_ / "none"}});
    EXPECT_EQ(models.status, 6);
    EXPECT_THAT(models.err, HasSubstr("\"code\":\"model_missing\""));
    const Outcome runtime = run(with_option({}), {{"DITTO_ONNXRUNTIME", voice_}});
    EXPECT_EQ(runtime.status, 6);
    EXPECT_THAT(runtime.err, HasSubstr("\"code\":\"runtime_missing\""));
}

TEST_F(BadInput, IsExplainedInTheUsersLanguage) {
    EXPECT_EQ(
        run(generate("none.png", voice_, output_, {"--lang", "zh-TW", "--progress", "none"})).err,
        "error: 找不到照片:none.png。\n");
    EXPECT_EQ(run(generate("none.png", voice_, output_, {"--progress", "none"}),
                  {{"LC_ALL", "zh_TW.UTF-8"}})
                  .err,
              "error: 找不到照片:none.png。\n");
}

}  // namespace
}  // namespace ditto::cli
