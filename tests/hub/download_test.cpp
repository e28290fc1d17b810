// Downloads from a hub that behaves, and what is asked of it.
#include <cstdlib>

#include <gmock/gmock.h>

#include "download_fixture.h"

namespace ditto::hub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST_F(DownloadTest, FetchesLargeAndSmallFilesAndRemembersThem) {
    const std::string large = random_bytes(9'500'000);
    const std::string small = random_bytes(30'924, 2);
    hub.put("onnx/large.onnx", large);
    hub.put("cfg/small.pkl", small, {.hub_serves_bytes = true});
    std::vector files{entry("onnx/large.onnx", large, false), entry("cfg/small.pkl", small, true)};
    files[0].source = "huggingface:owner/name@" + std::string(40, 'c');  // a commit: cannot move

    EXPECT_EQ(get(files).fetched.size(), 2U);
    EXPECT_EQ(read_all(folder / "onnx/large.onnx"), large);
    EXPECT_EQ(read_all(folder / "cfg/small.pkl"), small);
    expect_clean("onnx/large.onnx");
    EXPECT_EQ(recorder.planned.total_bytes, 9'530'924);
    EXPECT_EQ(recorder.planned.missing_bytes, 9'530'924);
    EXPECT_EQ(recorder.last.done_bytes, 9'530'924);
    EXPECT_EQ(LockFile::load(folder).find("onnx/large.onnx")->checked, CheckedAgainst::hub);
    EXPECT_EQ(LockFile::load(folder).find("cfg/small.pkl")->checked, CheckedAgainst::manifest);
    EXPECT_EQ(LockFile::load(folder).find("onnx/large.onnx")->sha256, sha256_of_text(large));

    const auto asked = hub.requests().size();
    const DownloadResult again = get(files);
    EXPECT_EQ(again.present.size(), 2U);
    EXPECT_TRUE(again.fetched.empty());
    EXPECT_EQ(hub.requests().size(), asked) << "a second run asks nobody";
}

TEST_F(DownloadTest, LargeFilesComeInParts) {
    const std::string content = random_bytes(5'000'000);
    hub.put("a.bin", content);
    get({entry("a.bin", content, false)});
    int parts = 0;
    for (const SeenRequest& request : hub.requests()) {
        if (request.server == "store" && request.headers.count("range") == 1) ++parts;
    }
    EXPECT_EQ(parts, 5);
}

TEST_F(DownloadTest, TakesFilesThatLieThereAlready) {
    const std::string content = random_bytes(100'000);
    hub.put("a.bin", content);
    std::ofstream(folder / "a.bin", std::ios::binary) << content;
    EXPECT_THAT(get({entry("a.bin", content, false)}).present, ElementsAre("a.bin"));
    EXPECT_EQ(hub.bytes_sent(), 0);
}

TEST_F(DownloadTest, ReplacesAWrongFileOnlyByAWholeOne) {
    const std::string content = random_bytes(100'000);
    hub.put("a.bin", content);
    std::ofstream(folder / "a.bin", std::ios::binary) << random_bytes(100'000, 9);
    EXPECT_THAT(get({entry("a.bin", content, true)}).fetched, ElementsAre("a.bin"));
    EXPECT_EQ(read_all(folder / "a.bin"), content);
}

TEST_F(DownloadTest, TheTokenStaysWithItsHost) {
    const std::string content = random_bytes(3'000'000);
    hub.put("a.bin", content);
    options.hub.token = "hf_secret";
    get({entry("a.bin", content, false)});
    bool hub_saw = false;
    for (const SeenRequest& request : hub.requests()) {
        const bool shown = request.headers.count("authorization") == 1;
        if (request.server == "hub") {
            hub_saw = true;
            EXPECT_EQ(request.headers.at("authorization"), "Bearer hf_secret");
        } else {
            EXPECT_FALSE(shown) << "the token went to another host";
        }
    }
    EXPECT_TRUE(hub_saw);
}

TEST_F(DownloadTest, AMirrorNeverSeesTheToken) {
    const std::string content = random_bytes(1'000);
    hub.put("a.bin", content);
    options.hub.token = "hf_secret";
    options.hub.mirror = hub.store_endpoint() + "/blob/{name}";
    EXPECT_THAT(get({entry("a.bin", content, true)}).fetched, ElementsAre("a.bin"));
    for (const SeenRequest& request : hub.requests()) {
        EXPECT_EQ(request.headers.count("authorization"), 0U);
    }
}

TEST_F(DownloadTest, AnotherRevisionIsHeldAgainstTheHubsHash) {
    const std::string content = random_bytes(200'000);
    hub.put("a.bin", content);
    auto file = entry("a.bin", content, true);
    file.sha256 = std::string(64, 'b');  // of the pinned revision
    options.hub.revision = "main";
    EXPECT_THAT(get({file}).fetched, ElementsAre("a.bin"));
    EXPECT_THAT(recorder.checked, ElementsAre(CheckedAgainst::hub));
    EXPECT_THAT(hub.requests().front().target, HasSubstr("/resolve/main/"));
}

TEST_F(DownloadTest, GoesThroughTheProxyOfTheEnvironment) {
    const std::string content = random_bytes(1'000);
    hub.put("a.bin", content);
    // The test's hub answers whole addresses as a proxy does.
    setenv("http_proxy", hub.store_endpoint().c_str(), 1);
    setenv("no_proxy", "", 1);
    options.hub.mirror = "http://files.invalid/blob/{name}";
    const auto result = get({entry("a.bin", content, true)});
    unsetenv("http_proxy");
    unsetenv("no_proxy");
    EXPECT_THAT(result.fetched, ElementsAre("a.bin"));
    EXPECT_EQ(hub.requests().back().target, "http://files.invalid/blob/a.bin");
}

TEST_F(DownloadTest, AFileThatIsNotThereIsNamedAndTheOthersCome) {
    const std::string content = random_bytes(1'000);
    hub.put("a.bin", content);
    const auto result = get({entry("missing.bin", content, false), entry("a.bin", content, false)});
    EXPECT_THAT(result.failed, ElementsAre("missing.bin"));
    EXPECT_THAT(result.fetched, ElementsAre("a.bin"));
    ASSERT_EQ(recorder.errors.size(), 1U);
    EXPECT_EQ(recorder.errors[0].code(), ErrorCode::download_absent);
    EXPECT_FALSE(std::filesystem::exists(folder / "missing.bin"));
}

TEST_F(DownloadTest, TooLittleSpaceIsSaidBeforeAnythingIsFetched) {
    const std::string content = random_bytes(1'000);
    hub.put("a.bin", content);
    auto file = entry("a.bin", content, false);
    file.bytes = std::int64_t{1} << 60;
    file.sha256 = sha256_of_text(content);
    hub.put("a.bin", content, {.no_linked_headers = true});
    try {
        get({file});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::disk_full);
        EXPECT_THAT(error.detail(), HasSubstr("bytes needed"));
    }
    EXPECT_EQ(hub.bytes_sent(), 0);
}

TEST_F(DownloadTest, AFolderThatCannotBeWrittenIsNamed) {
    options.folder = "/proc/nothing";
    EXPECT_THROW(get({entry("a.bin", "x", false)}), Error);
}

TEST_F(DownloadTest, StopsWhenAskedAndGoesOnLater) {
    const std::string content = random_bytes(4'000'000);
    hub.put("a.bin", content, {.delay_ms = 20});
    std::stop_source source;
    hub.on_bytes = [&](std::int64_t sent) {
        if (sent > 1'500'000) source.request_stop();
    };
    options.connections = 1;
    const auto file = entry("a.bin", content, false);
    try {
        download({&file, 1}, options, recorder, source.get_token());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
    EXPECT_FALSE(std::filesystem::exists(folder / "a.bin"));
    const auto before = hub.bytes_sent();
    EXPECT_THAT(get({file}).fetched, ElementsAre("a.bin"));
    EXPECT_LT(hub.bytes_sent() - before, 4'000'000);
    EXPECT_EQ(read_all(folder / "a.bin"), content);
}

TEST_F(DownloadTest, ListsAddressesForAMachineWithoutNetwork) {
    const auto file = entry("d/a.bin", "x", true);
    const std::string text = url_list({&file, 1}, options.hub);
    EXPECT_THAT(text, HasSubstr("curl -fL -C - --create-dirs -o 'd/a.bin' '" + hub.endpoint() +
                                "/owner/name/resolve/rev/d/a.bin'"));
    EXPECT_THAT(text, HasSubstr(file.sha256));
}

}  // namespace
}  // namespace ditto::hub::testing
