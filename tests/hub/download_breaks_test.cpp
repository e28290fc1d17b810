// Every way in which a server or a line fails: the file is whole in the end, or the reason is
// clear, and nothing wrong has a final name.
#include <gmock/gmock.h>

#include "download_fixture.h"

namespace ditto::hub::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BreaksTest : public DownloadTest {
  protected:
    /// Downloads `content` from a server that behaves so; the manifest knows no hash.
    void expect_whole(const std::string& content, const Misbehaviour& bad, bool known = false) {
        hub.put("a.bin", content, bad);
        const DownloadResult result = get({entry("a.bin", content, known)});
        for (const Error& error : recorder.errors)
            ADD_FAILURE() << error.what();
        EXPECT_THAT(result.fetched, ElementsAre("a.bin"));
        EXPECT_TRUE(read_all(folder / "a.bin") == content);
        expect_clean("a.bin");
    }

    Error expect_failure(const std::string& content, const Misbehaviour& bad, bool known = false) {
        hub.put("a.bin", content, bad);
        const DownloadResult result = get({entry("a.bin", content, known)});
        EXPECT_THAT(result.failed, ElementsAre("a.bin"));
        EXPECT_FALSE(std::filesystem::exists(folder / "a.bin"));
        if (recorder.errors.size() != 1) {
            ADD_FAILURE() << recorder.errors.size() << " errors";
            return Error(ErrorCode::internal);
        }
        return recorder.errors[0];
    }
};

TEST_F(BreaksTest, ConnectionsCutAtEveryTenthMegabyte) {
    options.part_bytes = 32 << 20;
    const std::string content = random_bytes(64'000'000);
    expect_whole(content, {.cut_every = 10'000'000});
    EXPECT_LT(hub.bytes_sent(), 66'000'000) << "what had come was fetched again";
    EXPECT_GE(recorder.problems.size(), 1U);
}

TEST_F(BreaksTest, TooManyRequestsWithAPause) {
    const auto begin = std::chrono::steady_clock::now();
    expect_whole(random_bytes(500'000),
                 {.status = 429, .status_times = 2, .retry_after = "1", .status_from_hub = true});
    EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1900));
}

TEST_F(BreaksTest, UnavailableForAWhile) {
    expect_whole(random_bytes(3'000'000), {.status = 503, .status_times = 4, .retry_after = "0"});
    expect_whole(random_bytes(3'000'000, 2), {.status = 500, .status_times = 3});
}

TEST_F(BreaksTest, UnavailableForever) {
    options.attempts = 3;
    const Error error =
        expect_failure(random_bytes(1'000), {.status = 503, .status_times = 1'000'000});
    EXPECT_EQ(error.code(), ErrorCode::download_failed);
    EXPECT_THAT(error.what(), HasSubstr("503"));
}

TEST_F(BreaksTest, AskedForMorePatienceThanAnyoneHas) {
    const Error error = expect_failure(
        random_bytes(1'000), {.status = 429, .status_times = 1'000, .retry_after = "86400"});
    EXPECT_THAT(error.what(), HasSubstr("86400 s"));
}

TEST_F(BreaksTest, WrongLengthOnce) {
    expect_whole(random_bytes(3'000'000), {.wrong_length_times = 1});
    expect_whole(random_bytes(300'000, 2), {.wrong_length_times = 1});
}

TEST_F(BreaksTest, WrongLengthAlways) {
    const Error error = expect_failure(random_bytes(300'000), {.wrong_length_times = 1'000'000});
    EXPECT_EQ(error.code(), ErrorCode::download_wrong);
    EXPECT_THAT(error.what(), HasSubstr("299900 bytes instead of 300000"));
    expect_clean("a.bin");
}

TEST_F(BreaksTest, WrongBytesOnce) {
    expect_whole(random_bytes(3'000'000), {.wrong_bytes_times = 1});
    EXPECT_THAT(recorder.checked, ElementsAre(CheckedAgainst::hub));
}

TEST_F(BreaksTest, WrongBytesAlways) {
    const Error error = expect_failure(random_bytes(300'000), {.wrong_bytes_times = 1'000'000});
    EXPECT_EQ(error.code(), ErrorCode::download_wrong);
    EXPECT_THAT(error.what(), HasSubstr("SHA-256"));
    expect_clean("a.bin");
}

TEST_F(BreaksTest, WrongBytesOfASmallFileThatTheHubNamesAsGitDoes) {
    const Error error =
        expect_failure(random_bytes(3'000), {.wrong_bytes_times = 1'000, .hub_serves_bytes = true});
    EXPECT_EQ(error.code(), ErrorCode::download_wrong);
    expect_whole(random_bytes(3'000), {.hub_serves_bytes = true});
    EXPECT_THAT(recorder.checked, ElementsAre(CheckedAgainst::hub));
}

TEST_F(BreaksTest, TheHubOffersAnotherFileThanTheManifestNames) {
    hub.put("a.bin", random_bytes(1'000, 7));
    const std::string expected = random_bytes(1'000, 8);
    get({entry("a.bin", expected, true)});
    ASSERT_EQ(recorder.errors.size(), 1U);
    EXPECT_EQ(recorder.errors[0].code(), ErrorCode::download_wrong);
    EXPECT_EQ(hub.bytes_sent(), 0) << "known before a byte is fetched";
}

TEST_F(BreaksTest, TheFileChangesInTheMiddle) {
    const std::string after = random_bytes(12'000'000, 2);
    hub.put("a.bin", random_bytes(12'000'000, 1),
            {.etag_changes_at = 3'500'000, .changed_content = after});
    EXPECT_THAT(get({entry("a.bin", "", false)}).fetched, ElementsAre("a.bin"));
    EXPECT_TRUE(read_all(folder / "a.bin") == after) << "never half of one and half of the other";
    expect_clean("a.bin");
}

TEST_F(BreaksTest, TheFileChangesAndGrowsBetweenTwoRuns) {
    const std::string after = random_bytes(5'000'000, 2);
    hub.put("a.bin", random_bytes(4'000'000, 1), {.cut_every = 600'000, .no_linked_headers = true});
    options.attempts = 0;
    options.connections = 1;
    get({entry("a.bin", "", false)});
    ASSERT_TRUE(std::filesystem::exists(folder / "a.bin.part"));
    options.attempts = 8;
    hub.put("a.bin", after, {.no_linked_headers = true});
    EXPECT_THAT(get({entry("a.bin", "", false)}).fetched, ElementsAre("a.bin"));
    EXPECT_TRUE(read_all(folder / "a.bin") == after);
}

TEST_F(BreaksTest, ATrickleIsBrokenOffAndTriedAgain) {
    options.stall_limit = std::chrono::seconds(1);
    expect_whole(random_bytes(200'000), {.trickle_bytes_per_s = 200, .trickle_times = 1});
    EXPECT_GE(recorder.problems.size(), 1U);
}

TEST_F(BreaksTest, NoRanges) {
    expect_whole(random_bytes(3'500'000), {.no_ranges = true});
}

TEST_F(BreaksTest, NoRangesAndACutThatNeverLetsItThrough) {
    options.attempts = 3;
    const Error error =
        expect_failure(random_bytes(3'500'000), {.cut_every = 1'000'000, .no_ranges = true});
    EXPECT_EQ(error.code(), ErrorCode::download_failed);
}

TEST_F(BreaksTest, NoTagAndNoHashMeansFromTheFrontEachTime) {
    expect_whole(random_bytes(2'500'000), {.no_etag = true, .no_linked_headers = true});
    EXPECT_THAT(recorder.checked, ElementsAre(CheckedAgainst::nothing));
    expect_whole(random_bytes(2'500'000, 3), {.weak_etag = true, .no_linked_headers = true});
}

TEST_F(BreaksTest, ASignedAddressRunsOut) {
    expect_whole(random_bytes(6'000'000), {.expires_after = 2});
}

TEST_F(BreaksTest, ServersThatKnowNoHead) {
    expect_whole(random_bytes(2'500'000), {.refuses_head = true});
    expect_whole(random_bytes(2'500'000, 2), {.no_linked_headers = true, .refuses_head = true});
}

TEST_F(BreaksTest, CompressedBytesAreNotTheFile) {
    const Error error = expect_failure(random_bytes(3'000), {.gzip = true});
    EXPECT_THAT(error.what(), HasSubstr("gzip"));
}

TEST_F(BreaksTest, RedirectsThatLeadNowhereSafe) {
    for (const char* target : {"file:///etc/passwd", "ftp://127.0.0.1/x"}) {
        const Error error = expect_failure(random_bytes(3'000), {.redirect_to = target});
        EXPECT_EQ(error.code(), ErrorCode::download_failed);
    }
}

TEST_F(BreaksTest, RefusedByTheHub) {
    const Error error = expect_failure(
        random_bytes(3'000), {.status = 401, .status_times = 1'000, .status_from_hub = true});
    EXPECT_EQ(error.code(), ErrorCode::download_refused);
    EXPECT_THAT(error.what(), HasSubstr("HF_TOKEN"));
}

TEST_F(BreaksTest, NobodyListens) {
    options.attempts = 2;
    options.hub.endpoint = "http://127.0.0.1:1";
    get({entry("a.bin", "x", false)});
    ASSERT_EQ(recorder.errors.size(), 1U);
    EXPECT_EQ(recorder.errors[0].code(), ErrorCode::download_failed);
}

}  // namespace
}  // namespace ditto::hub::testing
