#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inputs.h"
#include "program.h"

// Checkpoints that cannot be used: one sentence that names the file and says what to do, in the
// user's language, before anything is made.
namespace ditto::cli {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& bytes) {
    fs::remove(file);
    std::ofstream(file, std::ios::binary) << bytes;
}

/// os.system("true")
const std::string hostile_pickle =
    "\x80\x03"
    "cos\nsystem\nX\x04\0\0\0true\x85R."s;

class BadCheckpoints : public testing::Test {
  protected:
    BadCheckpoints() {
        write_voice(folder_ / "voice.wav", .4);
        fs::copy(DITTO_TINY_CHECKPOINTS, checkpoints_, fs::copy_options::recursive);
    }

    void expect_refusal(const std::vector<std::string>& arguments, const std::string& code,
                        const fs::path& file, const std::string& english,
                        const std::string& chinese) const {
        SCOPED_TRACE(code + ": " + file.string());
        for (const auto& [language, what_to_do] :
             {std::pair{"en", english}, std::pair{"zh-TW", chinese}}) {
            std::vector<std::string> asked = arguments;
            asked.insert(asked.end(), {"--lang", language});
            const Outcome told = run(asked);
            EXPECT_EQ(told.status, 6);
            EXPECT_EQ(told.out, "");
            ASSERT_THAT(told.err, EndsWith("}\n"));
            const std::size_t before = told.err.rfind('\n', told.err.size() - 2);
            const auto last = nlohmann::json::parse(told.err.substr(before + 1));
            EXPECT_EQ(last.at("event"), "error");
            EXPECT_EQ(last.at("code"), code);
            const auto message = last.at("message").get<std::string>();
            EXPECT_THAT(message, HasSubstr(file.string()));
            EXPECT_THAT(message, HasSubstr(what_to_do));
            EXPECT_THAT(message, Not(HasSubstr("{"))) << "a placeholder was not filled";
        }
        EXPECT_FALSE(fs::exists(folder_ / "video.mp4"));
    }
    std::vector<std::string> generate() const {
        return generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                                  {"--engine", "ditto", "--checkpoints", checkpoints_});
    }
    fs::path network(const std::string& name) const { return checkpoints_ / "ditto_onnx" / name; }

    media::TempFolder folder_;
    const fs::path checkpoints_ = folder_ / "checkpoints";
};

TEST_F(BadCheckpoints, ADamagedNetworkIsNamed) {
    struct Case {
        std::string file;
        std::string code;
        std::string english;
        std::string chinese;
        std::function<std::string(std::string)> damaged;  // no text: the file is not there
    };
    const std::string again = "get it again";
    const std::string again_chinese = "請重新取得";
    for (const Case& given : std::vector<Case>{
             {"lmdm_v0.4_hubert.onnx", "model_missing", "run ditto-avatar setup",
              "請檢查路徑,或執行 ditto-avatar setup", [](const std::string&) { return ""; }},
             {"decoder.onnx", "model_corrupt", again, again_chinese,
              [](const std::string& whole) { return whole.substr(0, whole.size() / 2); }},
             {"appearance_extractor.onnx", "model_corrupt", again, again_chinese,
              [](const std::string& whole) { return whole + std::string(100, '\0'); }},
             {"motion_extractor.onnx", "model_corrupt", again, again_chinese,
              [](const std::string& whole) { return std::string(whole.size(), '\xff'); }},
             {"stitch_network.onnx", "model_mismatch", "run ditto-avatar setup",
              "請向發布者重新取得,或執行 ditto-avatar setup",
              [&](const std::string&) { return read(network("hubert.onnx")); }}}) {
        const fs::path file = network(given.file);
        const std::string whole = read(file);
        const std::string damaged = given.damaged(whole);
        fs::remove(file);
        if (!damaged.empty()) write(file, damaged);
        expect_refusal(generate(), given.code, file, given.english, given.chinese);
        write(file, whole);
    }
}

TEST_F(BadCheckpoints, ADamagedConfigurationIsNamed) {
    const fs::path file = checkpoints_ / "ditto_cfg" / "v0.4_hubert_cfg_trt.pkl";
    const std::string whole = read(file);
    ASSERT_GT(whole.size(), 1000U);
    write(file, whole.substr(0, whole.size() / 2));
    expect_refusal(generate(), "model_corrupt", file, "get it again", "請重新取得");
    write(file, "\x80\x02K\x01."s);  // the number 1
    expect_refusal(generate(), "model_mismatch", file, "run ditto-avatar setup",
                   "請向發布者重新取得");
    write(file, hostile_pickle);
    expect_refusal(generate(), "model_unsafe", file, "os.system", "os.system");
    expect_refusal({"models", "config", file}, "model_unsafe", file, "it was not opened",
                   "因此未開啟");
}

TEST_F(BadCheckpoints, ADamagedPytorchFileIsNamed) {
    const fs::path from = folder_ / "from";
    fs::create_directories(from);
    const fs::path file = from / "stitch_network.pth";
    const std::vector<std::string> convert{"models", "convert", "--from",
                                           from,     "--to",    folder_ / "to"};
    const std::string whole = read(DITTO_TEST_DATA "/checkpoints/stitch_network.pth");
    ASSERT_GT(whole.size(), 1000U);
    write(file, whole.substr(0, whole.size() / 2));
    expect_refusal(convert, "model_corrupt", file, "get it again", "請重新取得");
    std::string hostile = read(DITTO_TEST_DATA "/checkpoints/stitch_network_legacy.pth");
    const std::string ordered = "collections\nOrderedDict\n";
    ASSERT_NE(hostile.find(ordered), std::string::npos);
    hostile.replace(hostile.find(ordered), ordered.size(), "os\nsystem\n");
    write(file, hostile);
    expect_refusal(convert, "model_unsafe", file, "os.system", "os.system");
    fs::remove(file);
    fs::copy_file(DITTO_TEST_DATA "/checkpoints/odd_tensors.pth", from / "decoder.pth");
    expect_refusal(convert, "model_mismatch", from / "decoder.pth", "run ditto-avatar setup",
                   "請向發布者重新取得");
    EXPECT_FALSE(fs::exists(folder_ / "to" / "ditto_onnx" / "decoder.onnx"));
}

}  // namespace
}  // namespace ditto::cli
