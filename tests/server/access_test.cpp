#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "server/api_keys.h"
#include "server/client_origin.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

using testing::HasSubstr;

class WithKeys : public ServiceFixture {
  protected:
    WithKeys() {
        stop();
        front_settings_.api_keys = (folder_ / "keys").string();
        key_ = ApiKeys::add(front_settings_.api_keys, "studio");
        start();
    }
    Answer ask(const std::string& headers) const { return get("/api/avatar/system-info", headers); }
    std::string key_;
};

TEST_F(WithKeys, OnlyWhoHasAKeyGetsIn) {
    EXPECT_EQ(ask("").status, 401);
    EXPECT_EQ(ask("").headers.at("www-authenticate"), "Bearer");
    EXPECT_EQ(ask("Authorization: Bearer " + key_ + "\r\n").status, 200);
    EXPECT_EQ(ask("X-API-Key: " + key_ + "\r\n").status, 200);
    EXPECT_EQ(ask("X-API-Key: " + key_ + "0\r\n").status, 401);
    EXPECT_EQ(get("/api/avatar/system-info?key=" + key_).status, 401);
    EXPECT_EQ(get("/metrics").status, 401);
    EXPECT_EQ(get("/outputs/avatar_x.mp4").status, 401);
    EXPECT_EQ(get("/health").status, 200);
    EXPECT_EQ(get("/ready").status, 200);
    EXPECT_EQ(get("/").status, 200);
}

TEST_F(WithKeys, TheFileHoldsNoKeyAndCanChange) {
    std::ifstream file(front_settings_.api_keys);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_THAT(text, testing::StartsWith("studio "));
    EXPECT_EQ(text.find(key_.substr(3)), std::string::npos);
    struct stat info {};
    stat(front_settings_.api_keys.c_str(), &info);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    const std::string second = ApiKeys::add(front_settings_.api_keys, "other");
    EXPECT_EQ(ask("X-API-Key: " + second + "\r\n").status, 200);
    EXPECT_THROW(ApiKeys::add(front_settings_.api_keys, "other"), Error);
    EXPECT_THROW(ApiKeys::add(front_settings_.api_keys, "a b"), Error);
    // Taken away: the next request is refused, the other key still works.
    std::ofstream(front_settings_.api_keys) << text;
    std::filesystem::last_write_time(
        front_settings_.api_keys,
        std::filesystem::last_write_time(front_settings_.api_keys) + std::chrono::seconds(2));
    EXPECT_EQ(ask("X-API-Key: " + second + "\r\n").status, 401);
    EXPECT_EQ(ask("X-API-Key: " + key_ + "\r\n").status, 200);
}

TEST_F(WithKeys, ABrowserSignsInWithACookieThatScriptsCannotRead) {
    EXPECT_EQ(get("/api/session").json().at("signed_in"), false);
    EXPECT_EQ(post_json("/api/session", R"({"key": "wrong"})").status, 401);
    const Answer in = post_json("/api/session", R"({"key": ")" + key_ + R"("})");
    ASSERT_EQ(in.status, 200);
    const std::string cookie = in.headers.at("set-cookie");
    EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Strict"));
    EXPECT_EQ(cookie.find(key_), std::string::npos);
    const std::string header = "Cookie: a=b; " + cookie.substr(0, cookie.find(';')) + "\r\n";
    EXPECT_EQ(ask(header).status, 200);
    EXPECT_EQ(get("/api/session", header).json().at("signed_in"), true);
    EXPECT_EQ(request(port(), "DELETE", "/api/session", header).status, 200);
    EXPECT_EQ(ask(header).status, 401);
}

TEST_F(WithKeys, WhoGuessesHasToWait) {
    for (int i = 0; i < FailureLimit::most; ++i)
        EXPECT_EQ(ask("X-API-Key: guess\r\n").status, 401);
    const Answer refused = ask("X-API-Key: guess\r\n");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.at("retry-after"), "60");
    // Who has the key is not kept out by others behind the same address.
    EXPECT_EQ(ask("X-API-Key: " + key_ + "\r\n").status, 200);
}

TEST(FailureLimit, ForgetsAfterAMinute) {
    FailureLimit limit;
    const auto now = FailureLimit::Clock::now();
    for (int i = 0; i < FailureLimit::most; ++i)
        limit.failed("192.0.2.1", now);
    EXPECT_TRUE(limit.blocked("192.0.2.1", now));
    EXPECT_FALSE(limit.blocked("192.0.2.2", now));
    EXPECT_FALSE(limit.blocked("192.0.2.1", now + FailureLimit::window));
}

class Origins : public ServiceFixture {
  protected:
    Origins() {
        stop();
        front_settings_.allowed_origins = {"https://slides.example.org"};
        front_settings_.loopback_only = true;
        start();
    }
    int post_from(const std::string& headers) const {
        return post_json("/api/avatar/generate", "{}", headers).status;
    }
};

TEST_F(Origins, OnlyOwnAndListedPagesMayChangeAnything) {
    const std::string own = "Host: localhost:8080\r\n";
    EXPECT_EQ(post_from(""), 422);
    EXPECT_EQ(post_from("Origin: https://slides.example.org\r\n"), 422);
    EXPECT_EQ(post_from("Origin: https://evil.example.org\r\n"), 403);
    EXPECT_EQ(post_from("Origin: null\r\n"), 403);
    EXPECT_EQ(post_from("Sec-Fetch-Site: cross-site\r\n"), 403);
    EXPECT_EQ(post_from("Sec-Fetch-Site: same-origin\r\n"), 422);
}

TEST_F(Origins, ListedOriginsAreToldByHeaders) {
    const std::string listed = "Origin: https://slides.example.org\r\n";
    const Answer allowed = get("/api/avatar/system-info", listed);
    EXPECT_EQ(allowed.headers.at("access-control-allow-origin"), "https://slides.example.org");
    const Answer foreign = get("/api/avatar/system-info", "Origin: https://evil.example.org\r\n");
    EXPECT_EQ(foreign.headers.count("access-control-allow-origin"), 0U);
    const Answer asked = request(port(), "OPTIONS", "/api/avatar/generate",
                                 listed + "Access-Control-Request-Method: POST\r\n");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.headers.count("content-length"), 0U);
    EXPECT_THAT(asked.headers.at("access-control-allow-methods"), HasSubstr("POST"));
    EXPECT_EQ(request(port(), "OPTIONS", "/api/avatar/generate").status, 405);
}

TEST_F(Origins, ANamePointedAtLoopbackIsNotOurs) {
    const auto status_for = [this](const std::string& host) {
        Client client(port());
        client.send("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        return client.answer().status;
    };
    EXPECT_EQ(status_for("localhost:9"), 200);
    EXPECT_EQ(status_for("[::1]:9"), 200);
    EXPECT_EQ(status_for("127.0.0.1"), 200);
    EXPECT_EQ(status_for("slides.example.org"), 200);
    EXPECT_EQ(status_for("rebound.example.org"), 421);
    EXPECT_EQ(status_for("127.0.0.1.example.org"), 421);
}

TEST(ClientOrigin, Names) {
    EXPECT_EQ(normalized_origin("HTTPS://Example.org:443"), "https://example.org");
    EXPECT_EQ(normalized_origin("http://[::1]:80"), "http://[::1]");
    EXPECT_EQ(normalized_origin("http://a:8080"), "http://a:8080");
    for (const char* text : {"", "null", "ftp://a", "http://", "http://a/b", "http://a:b", "//a",
                             "http://a@b", "http://[::1", "http://a:123456"}) {
        EXPECT_FALSE(normalized_origin(text)) << text;
    }
}

TEST(ClientOrigin, TheNearestProxysWordCounts) {
    Request request;
    request.headers["x-forwarded-for"] = "10.9.9.9, 203.0.113.5";
    request.headers["x-forwarded-proto"] = "https";
    EXPECT_EQ(read_forwarded(request).address, "203.0.113.5");
    EXPECT_TRUE(read_forwarded(request).https);
    request.headers["x-forwarded-for"] = "203.0.113.5, <script>";
    EXPECT_EQ(read_forwarded(request).address, "");
}

TEST(Cookies, AreTakenByNameOnce) {
    EXPECT_EQ(cookie_value("a=1; ditto_session=xy; b=2", "ditto_session"), "xy");
    EXPECT_FALSE(cookie_value("xditto_session=1", "ditto_session"));
    EXPECT_FALSE(cookie_value("ditto_session=1; ditto_session=2", "ditto_session"));
    EXPECT_FALSE(cookie_value(";;=;", "ditto_session"));
}

}  // namespace
}  // namespace ditto::server
