#include "server/webhooks.h"

#include <deque>
#include <fstream>
#include <iterator>
#include <mutex>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api_description.h"
#include "hub/digest.h"
#include "hub/post.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

/// Takes POSTs on a port of its own and answers with the statuses it is given, then with 200.
class Receiver {
  public:
    explicit Receiver(std::deque<int> statuses)
        : statuses_(std::move(statuses)), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
        getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        listen(listener_, 8);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread([this] { work(); });
    }
    ~Receiver() {
        shutdown(listener_, SHUT_RDWR);
        thread_.join();
        close(listener_);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/done?x=1"; }
    std::vector<std::string> requests() {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    bool wait_for(std::size_t count) {
        for (int i = 0; i < 1000 && requests().size() < count; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return requests().size() >= count;
    }

  private:
    void work() {
        for (;;) {
            const int client = accept(listener_, nullptr, nullptr);
            if (client < 0) return;
            std::string text;
            std::array<char, 4096> buffer{};
            std::size_t whole = 0;
            while (whole == 0 || text.size() < whole) {
                const ssize_t count = recv(client, buffer.data(), buffer.size(), 0);
                if (count <= 0) break;
                text.append(buffer.data(), static_cast<std::size_t>(count));
                const auto end = text.find("\r\n\r\n");
                const auto length = text.find("Content-Length: ");
                if (whole == 0 && end != std::string::npos && length != std::string::npos) {
                    whole = end + 4 + std::stoul(text.substr(length + 16));
                }
            }
            const std::lock_guard lock(mutex_);
            requests_.push_back(text);
            const int status = statuses_.empty() ? 200 : statuses_.front();
            if (!statuses_.empty()) statuses_.pop_front();
            const std::string answer = "HTTP/1.1 " + std::to_string(status) +
                                       " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
            close(client);
        }
    }

    std::deque<int> statuses_;
    int listener_;
    unsigned short port_ = 0;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

class WebhooksTest : public ServiceFixture {
  protected:
    std::string add_told_job(const std::string& url) {
        add_voice();
        std::string body = generate_body(photo_id());
        body.insert(body.size() - 1, R"(, "webhook": ")" + url + R"(")");
        const Answer answer = post_json("/api/avatar/generate", body);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json().at("job_id");
    }
    void send_webhooks(bool allow_private = true, int max_attempts = 8) {
        WebhookSettings settings{"a secret of the test", allow_private, 0.01, max_attempts, 0.01};
        webhook_store_ = std::make_unique<jobs::WebhookStore>(data_->root() / "jobs.db");
        webhooks_ = std::make_unique<Webhooks>(settings, *webhook_store_, *store_, metrics_, log_);
    }
    bool wait_for_metric(const std::string& text) {
        for (int i = 0; i < 1000; ++i) {
            if (metrics_.text().find(text) != std::string::npos) return true;
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    ~WebhooksTest() override {
        webhooks_.reset();
        webhook_store_.reset();
    }
    std::unique_ptr<jobs::WebhookStore> webhook_store_;
    std::unique_ptr<Webhooks> webhooks_;
};

std::string header(const std::string& request, const std::string& name) {
    const auto begin = request.find(name + ": ") + name.size() + 2;
    return request.substr(begin, request.find("\r\n", begin) - begin);
}

TEST_F(WebhooksTest, TellsTheEndSignedAndAgainUntilItIsTaken) {
    Receiver receiver({500, 302});
    const std::string job = add_told_job(receiver.url());
    send_webhooks();
    ASSERT_TRUE(receiver.wait_for(3));
    ASSERT_TRUE(wait_for_metric("ditto_webhooks_total{outcome=\"delivered\"} 1"));
    const std::string request = receiver.requests()[2];
    EXPECT_THAT(request, testing::StartsWith("POST /done?x=1 HTTP/1.1\r\n"));
    const std::string body = request.substr(request.find("\r\n\r\n") + 4);
    const auto told = nlohmann::json::parse(body);
    const ApiDescription description(get("/openapi.json").body);
    EXPECT_EQ(description.fault(told, description.schema("Event"), "body"), "");
    EXPECT_EQ(told.at("event"), "job.completed");
    EXPECT_EQ(told.at("job").at("job_id"), job);
    EXPECT_EQ(told.at("job").at("status"), "completed");
    EXPECT_EQ(header(request, "X-Ditto-Delivery"), job);
    EXPECT_EQ(header(request, "X-Ditto-Signature"),
              "sha256=" + hub::hmac_sha256("a secret of the test",
                                           header(request, "X-Ditto-Timestamp") + "." + body));
    // Delivered once: nothing is left for later.
    EXPECT_FALSE(webhook_store_->next(jobs::now_s() + 1e6));
}

TEST_F(WebhooksTest, ARestartForgetsNobody) {
    Receiver receiver({});
    wait_for_end(add_told_job(receiver.url()));
    stop();
    start();
    send_webhooks();
    EXPECT_TRUE(receiver.wait_for(1));
}

TEST_F(WebhooksTest, PrivateAddressesAreRefusedAndGivenUp) {
    Receiver receiver({});
    wait_for_end(add_told_job(receiver.url()));
    send_webhooks(false, 2);
    EXPECT_TRUE(wait_for_metric("ditto_webhooks_total{outcome=\"given_up\"} 1"));
    EXPECT_TRUE(receiver.requests().empty());
}

TEST_F(WebhooksTest, OnlyAddressesOfTheWebAreTaken) {
    for (const char* url : {"ftp://a/", "file:///etc/passwd", "http://", "https://a b/", "x",
                            "http://user@host/", "http://a\\b/"}) {
        EXPECT_FALSE(Webhooks::is_url(url)) << url;
    }
    EXPECT_TRUE(Webhooks::is_url("https://example.org/hook?id=1"));
    add_voice();
    std::string body = generate_body(photo_id());
    body.insert(body.size() - 1, R"(, "webhook": "file:///etc/passwd")");
    EXPECT_EQ(post_json("/api/avatar/generate", body).status, 422);
}

TEST(Webhooks, TheSecretIsMadeOnceForItsOwner) {
    const media::TempFolder folder;
    const std::string secret = webhook_secret(folder / "secret");
    EXPECT_EQ(secret.size(), 64U);
    EXPECT_EQ(webhook_secret(folder / "secret"), secret);
    struct stat info {};
    stat((folder / "secret").c_str(), &info);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
    std::ofstream(folder / "short") << "x";
    EXPECT_THROW(webhook_secret(folder / "short"), Error);
}

bool is_public(const std::string& text) {
    sockaddr_storage address{};
    auto* six = reinterpret_cast<sockaddr_in6*>(&address);
    auto* four = reinterpret_cast<sockaddr_in*>(&address);
    if (inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
        address.ss_family = AF_INET6;
    } else {
        EXPECT_EQ(inet_pton(AF_INET, text.c_str(), &four->sin_addr), 1);
        address.ss_family = AF_INET;
    }
    return hub::is_public_address(reinterpret_cast<const sockaddr&>(address));
}

TEST(Webhooks, WhichAddressesAreTheInternet) {
    for (const char* text : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111",
                             "::ffff:8.8.8.8", "64:ff9b::808:808"}) {
        EXPECT_TRUE(is_public(text)) << text;
    }
    for (const char* text : {"0.0.0.0",
                             "10.1.2.3",
                             "100.64.0.1",
                             "127.0.0.1",
                             "169.254.169.254",
                             "172.16.0.1",
                             "172.31.255.255",
                             "192.168.1.1",
                             "198.18.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "fd00::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "64:ff9b::7f00:1",
                             "2002:7f00:1::",
                             "2001:db8::1",
                             "2001::1"}) {
        EXPECT_FALSE(is_public(text)) << text;
    }
}

TEST(Webhooks, HmacIsTheStandards) {
    // RFC 4231, test case 2.
    EXPECT_EQ(hub::hmac_sha256("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace ditto::server
