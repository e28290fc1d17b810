#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "service_fixture.h"

// Many clients at once, slow clients, and hostile ones. The numbers are small here; the same tests
// with the numbers of a proof:
//   DITTO_STORM=100000 build/asan/tests/server_test --gtest_filter='Storm*'
namespace ditto::server {
namespace {

int storm_size(int otherwise) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* text = std::getenv("DITTO_STORM");
    return text != nullptr ? std::max(1, std::atoi(text)) : otherwise;
}

double resident_mb() {
    std::ifstream in("/proc/self/statm");
    double total = 0;
    double resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// Makes requests that no honest client sends.
class Hostile {
  public:
    explicit Hostile(unsigned seed) : random_(seed) {}

    std::string request() {
        switch (number(10)) {
            case 0:
                return head("GET", traversal(), "");
            case 1:
                return head("GET", "/outputs/a.mp4", "Range: " + range() + "\r\n");
            case 2:
                return multipart_bomb();
            case 3:
                return header_flood();
            case 4:
                return json(broken_json());
            case 5:
                return json(wrong_json());
            case 6:
                return head(noise(5), "/" + noise(30), noise(12) + ": " + noise(40) + "\r\n");
            case 7:
                return noise(400);
            case 8:
                return lengths();
            default:
                return mutated();
        }
    }

  private:
    int number(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
    template <std::size_t size>
    std::string one_of(const std::array<const char*, size>& choices) {
        return choices[static_cast<std::size_t>(number(size))];
    }
    std::string noise(int longest) {
        std::string text;
        for (int left = number(longest) + 1; left > 0; --left)
            text += static_cast<char>(number(256));
        return text;
    }
    static std::string head(const std::string& method, const std::string& target,
                            const std::string& more) {
        return method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
    }
    std::string traversal() {
        std::string path = one_of(std::array{"/outputs/", "/uploads/", "/assets/", "/docs/", "/"});
        for (int left = number(6); left >= 0; --left) {
            path += one_of(std::array{"../", "..%2f", "%2e%2e/", "..%5c", "%c0%ae%c0%ae/", "./",
                                      "//", "%00", "..;/", "%252e%252e/"});
        }
        return path + one_of(std::array{"etc/passwd", "jobs.db", "webhook.secret", "", "\xff"});
    }
    std::string range() {
        return one_of(std::array{"bytes=0-", "bytes=-0", "bytes=99999999999999999999-", "bytes=5-1",
                                 "bytes=0-0,1-1,2-2,3-3", "bytes=-9223372036854775808", "bytes=a-b",
                                 "bytes=", "lines=1-2", "bytes=0--1"});
    }
    std::string body_after(const std::string& target, const std::string& type,
                           const std::string& body) {
        return head("POST", target,
                    "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n") +
               body;
    }
    std::string multipart_bomb() {
        std::string body;
        for (int left = number(60); left >= 0; --left) {
            body += "--b\r\nContent-Disposition: form-data; name=\"" +
                    one_of(std::array{"file", "../x", "a\0b", "\xff"}) + "\"; filename=\"" +
                    noise(20) + "\"\r\n\r\n" + noise(50) + "\r\n";
        }
        if (number(2) == 0) body += "--b--\r\n";
        return body_after(
            one_of(std::array{"/api/avatar/upload-photo", "/api/avatar/upload-audio"}),
            one_of(std::array{"multipart/form-data; boundary=b", "multipart/form-data",
                              "multipart/form-data; boundary=", "text/plain"}),
            body);
    }
    std::string header_flood() {
        std::string more;
        for (int left = number(200); left > 0; --left)
            more += "X-" + std::to_string(left) + ": " + std::string(200, 'x') + "\r\n";
        return head("GET", "/health", more);
    }
    std::string json(const std::string& body) {
        return body_after(
            one_of(std::array{"/api/avatar/generate", "/api/avatar/validate",
                              "/api/avatar/generate-batch", "/api/session", "/api/setup/download"}),
            "application/json", body);
    }
    std::string broken_json() {
        return one_of(std::array{"{", "[", "{\"a\":}", "\"\xff\xfe\"", "nul", "1e999999", "{}{}",
                                 "", "\xef\xbb\xbf{}", "{\"photo_id\":\"\\ud800\"}"}) +
               std::string(static_cast<std::size_t>(number(2000)), '[');
    }
    std::string wrong_json() {
        const auto value = [this] {
            return one_of(std::array{"null", "true", "[]", "{}", "-1", "1e308", "1e400",
                                     "99999999999999999999999", "\"\"", "\"../../etc/passwd\"",
                                     "\"./outputs/../../jobs.db\"", "\"NaN\"", "[[[[]]]]",
                                     "\"\\u0000\""});
        };
        return "{\"photo_id\":" + value() + ",\"audio_path\":" + value() +
               ",\"emotion\":" + value() + ",\"crop_scale\":" + value() +
               ",\"sampling_steps\":" + value() + ",\"seed\":" + value() +
               ",\"webhook\":" + value() + ",\"engine\":" + value() + "}";
    }
    std::string lengths() {
        return head("POST", "/api/avatar/generate",
                    one_of(std::array{
                        "Content-Length: -1\r\n", "Content-Length: 18446744073709551616\r\n",
                        "Content-Length: 5\r\nContent-Length: 6\r\n",
                        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                        "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\n"})) +
               one_of(
                   std::array{"ffffffffffffffff\r\n", "-1\r\n", "5\r\nab", "0\r\n\r\n", "zz\r\n"});
    }
    /// An honest request with a few bytes changed.
    std::string mutated() {
        std::string text = json(R"({"photo_id": "x", "audio_path": "./outputs/a.wav"})");
        for (int left = number(8); left >= 0; --left)
            text[static_cast<std::size_t>(number(static_cast<int>(text.size())))] =
                static_cast<char>(number(256));
        return text;
    }

    std::mt19937 random_;
};

using Storm = ServiceFixture;

TEST_F(Storm, HostileRequestsNeverCrashItNorGetAFile) {
    const int count = storm_size(4000);
    Hostile hostile(17);
    const double before = resident_mb();
    int answered = 0;
    for (int i = 0; i < count; ++i) {
        Client client(port());
        client.send(hostile.request());
        client.end_sending();
        const Answer answer = client.answer();
        if (answer.status == 0) continue;
        ++answered;
        // 501 and 505 say what is wrong with the request; every other 5xx is ours.
        const bool honest = answer.status < 500 || answer.status == 501 || answer.status == 505;
        EXPECT_TRUE(honest) << answer.status << answer.body;
        EXPECT_EQ(answer.body.find("root:"), std::string::npos);
        EXPECT_EQ(answer.body.find("SQLite"), std::string::npos);
    }
    EXPECT_GT(answered, count / 2);
    EXPECT_EQ(get("/health").status, 200);
    std::cout << count << " hostile requests, " << answered << " answered, memory " << before
              << " -> " << resident_mb() << " MB\n";
}

TEST_F(Storm, ManyClientsPollAndUploadWhileFourJobsRun) {
    stop();
    workers_ = 4;
    start();
    hold();
    std::vector<std::string> jobs;
    for (int i = 0; i < workers_; ++i) {
        jobs.push_back(add_job());
        ASSERT_TRUE(wait_until_held(i + 1));
    }
    const std::string photo = picture();
    constexpr std::size_t clients = 200;
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(storm_size(0) > 0 ? 20 : 2);
    std::vector<std::vector<double>> times(clients);
    std::atomic<int> failed = 0;
    std::vector<std::thread> threads;
    const double before = resident_mb();
    for (std::size_t i = 0; i < clients; ++i) {
        threads.emplace_back([&, i] {
            while (std::chrono::steady_clock::now() < end) {
                const auto began = std::chrono::steady_clock::now();
                const Answer now = get("/api/avatar/job/" + jobs[i % jobs.size()] + "/status");
                const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
                times[i].push_back(took.count() * 1000);
                if (now.status != 200) ++failed;
                if (i % 20 == 0 && upload(photo).status != 200) ++failed;
                // As polling clients do it, but far more often.
                std::this_thread::sleep_for(std::chrono::milliseconds(500));
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    released_ = true;
    EXPECT_EQ(failed, 0);
    for (const std::string& job : jobs)
        EXPECT_EQ(wait_for_end(job).at("status"), "completed");
    std::vector<double> all;
    for (const auto& some : times)
        all.insert(all.end(), some.begin(), some.end());
    std::sort(all.begin(), all.end());
    ASSERT_GT(all.size(), 400U);
    std::cout << all.size() << " status requests of 200 clients: median " << all[all.size() / 2]
              << " ms, p99 " << all[all.size() * 99 / 100] << " ms; memory " << before << " -> "
              << resident_mb() << " MB\n";
}

TEST_F(Storm, SlowConnectionsKeepNobodyOut) {
    stop();
    server_settings_.head_timeout = std::chrono::milliseconds(1500);
    start();
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 500; ++i)
        slow.push_back(std::make_unique<Client>(port()));
    for (const char byte : std::string("GET /hea")) {
        for (const auto& client : slow)
            client->send({&byte, 1});
        EXPECT_EQ(get("/health").status, 200);
    }
    for (const auto& client : slow)
        EXPECT_TRUE(client->closed_by_server());
    EXPECT_EQ(get("/health").status, 200);
}

}  // namespace
}  // namespace ditto::server
