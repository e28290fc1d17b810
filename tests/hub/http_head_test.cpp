#include "hub/http_head.h"

#include <cmath>

#include <gtest/gtest.h>

#include "hub/hub_address.h"
#include "hub/patience.h"

namespace ditto::hub {
namespace {

TEST(HttpHead, KeepsWhatTheHubSaidBeforeItRedirected) {
    HttpHead head;
    for (const char* line :
         {"HTTP/1.1 302 Found\r\n", "X-Linked-Size: 1234\r\n", "x-linked-etag: \"abc\"\r\n",
          "X-Repo-Commit: c0ffee\r\n", "Location: https://store.example/x\r\n", "\r\n"}) {
        head.add_line(line);
    }
    EXPECT_TRUE(head.is_redirect());
    for (const char* line : {"HTTP/1.1 206 Partial Content\r\n", "ETag: \"other\"\r\n",
                             "X-Linked-Etag: \"forged\"\r\n", "Content-Length: 10\r\n",
                             "Content-Range: bytes 5-14/1234\r\n"}) {
        head.add_line(line);
    }
    EXPECT_FALSE(head.is_redirect());
    EXPECT_EQ(head.status, 206);
    EXPECT_EQ(head.linked_size, 1234);
    EXPECT_EQ(bare_etag(head.linked_etag), "abc");
    EXPECT_EQ(head.commit, "c0ffee");
    EXPECT_EQ(head.content_range->first, 5);
    EXPECT_EQ(head.content_range->total, 1234);
}

TEST(HttpHead, RefusesNonsenseInNumbers) {
    HttpHead head;
    head.add_line("HTTP/1.1 200 OK");
    head.add_line("Content-Length: -5");
    EXPECT_FALSE(head.content_length);
    for (const char* text : {"", "bytes", "bytes 5-4/9", "bytes a-b/c", "bytes */100",
                             "items 1-2/3", "bytes 99999999999999999999-5/6"}) {
        EXPECT_FALSE(parse_content_range(text)) << text;
    }
    EXPECT_FALSE(parse_content_range("bytes 0-1/*")->total);
}

TEST(HttpHead, Etags) {
    EXPECT_EQ(bare_etag("W/\"x\""), "x");
    EXPECT_TRUE(is_strong_etag("\"x\""));
    EXPECT_FALSE(is_strong_etag("W/\"x\""));
    EXPECT_FALSE(is_strong_etag("\"\""));
    EXPECT_FALSE(is_strong_etag("x"));
}

TEST(HttpHead, RetryAfter) {
    const auto now = std::chrono::system_clock::from_time_t(1'700'000'000);
    EXPECT_EQ(parse_retry_after("7", now), std::chrono::seconds(7));
    EXPECT_EQ(parse_retry_after("Tue, 14 Nov 2023 22:13:50 GMT", now), std::chrono::seconds(30));
    EXPECT_EQ(parse_retry_after("Tue, 14 Nov 2023 22:00:00 GMT", now), std::chrono::seconds(0));
    EXPECT_FALSE(parse_retry_after("", now));
    EXPECT_FALSE(parse_retry_after("soon", now));
}

TEST(HttpHead, Addresses) {
    EXPECT_EQ(resolve_url("https://a.example/x/y?z", "/q"), "https://a.example/q");
    EXPECT_EQ(resolve_url("https://a.example/x/y", "https://b.example/q"), "https://b.example/q");
    EXPECT_EQ(resolve_url("https://a.example/x", "https://me:pw@b.example/q"),
              "https://b.example/q");
    EXPECT_EQ(origin_of("HTTPS://A.Example/x"), "https://a.example:443");
    EXPECT_EQ(origin_of("http://127.0.0.1:81/x"), "http://127.0.0.1:81");
    EXPECT_EQ(origin_of("file:///etc/passwd"), "");
    EXPECT_TRUE(is_private_channel("https://a.example/"));
    EXPECT_TRUE(is_private_channel("http://127.0.0.1:81/"));
    EXPECT_FALSE(is_private_channel("http://a.example/"));
    EXPECT_FALSE(is_private_channel("http://127.0.0.1.a.example:81/"));
}

TEST(Patience, GrowsUpToItsLimitAndHeedsTheServer) {
    using std::chrono::milliseconds;
    Patience patience(milliseconds(1000), milliseconds(60'000));
    EXPECT_EQ(patience.wait(1, true, {}), milliseconds(0));
    for (int failures = 1; failures < 40; ++failures) {
        const auto wait = patience.wait(failures, false, {});
        const auto middle = std::min(60'000., 1000. * std::pow(2., failures - 1));
        EXPECT_NEAR(static_cast<double>(wait.count()), middle, 0.26 * middle) << failures;
    }
    EXPECT_EQ(patience.wait(1, true, std::chrono::seconds(7)), milliseconds(7000));
}

TEST(HubAddress, FollowsEnvironmentMirrorAndRevision) {
    const HubSettings settings = hub_settings_from([](const char* name) {
        return std::string(std::string_view(name) == "HF_TOKEN" ? "hf_x\n" : "https://e.example/");
    });
    EXPECT_EQ(settings.token, "hf_x");
    checkpoints::ModelFile file;
    file.name = "a/b c.onnx";
    file.source = "huggingface:owner/name@rev";
    file.sha256 = std::string(64, 'a');
    file.bytes = 5;
    EXPECT_EQ(url_of(file, settings), "https://e.example/owner/name/resolve/rev/a/b%20c.onnx");
    EXPECT_EQ(url_of(file, {.mirror = "https://m.example/"}),
              "https://m.example/owner/name/resolve/rev/a/b%20c.onnx");
    EXPECT_EQ(url_of(file, {.mirror = "https://m.example/files/{name}?x=1"}),
              "https://m.example/files/a/b%20c.onnx?x=1");
    EXPECT_EQ(url_of(file, {.revision = "main"}),
              "https://huggingface.co/owner/name/resolve/main/a/b%20c.onnx");
    EXPECT_EQ(as_asked(file, {.revision = "rev"}).sha256, file.sha256);
    const auto other = as_asked(file, {.revision = "main"});
    EXPECT_TRUE(other.sha256.empty());
    EXPECT_FALSE(other.bytes);
    EXPECT_EQ(other.bytes_about, 5);
}

}  // namespace
}  // namespace ditto::hub
