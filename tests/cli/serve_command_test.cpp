#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "files.h"
#include "inputs.h"
#include "program.h"

namespace ditto::cli {
namespace {

using testing::HasSubstr;

/// A port that was free a moment ago.
unsigned short free_port() {
    const int probe = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(probe, reinterpret_cast<const sockaddr*>(&address), size);
    getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size);
    close(probe);
    return ntohs(address.sin_port);
}

class Serve : public testing::Test {
  protected:
    std::unique_ptr<Program> start(const std::vector<std::string>& options = {}) {
        std::vector<std::string> arguments{"serve", "--port", std::to_string(port_), "--data",
                                           folder_ / "data"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        auto program = std::make_unique<Program>(arguments);
        EXPECT_TRUE(program->wait_for("INFO:     Avatar service running on http://127.0.0.1:" +
                                      std::to_string(port_) + "\n"));
        return program;
    }
    std::string upload_portrait() const {
        std::ifstream file(portrait(), std::ios::binary);
        const std::string picture{std::istreambuf_iterator<char>(file), {}};
        const server::Answer answer =
            server::request(port_, "POST", "/api/avatar/upload-photo", server::form_header,
                            server::form("file", picture));
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json().at("photo_id");
    }
    std::string generate(const std::string& photo) const {
        const server::Answer answer =
            server::request(port_, "POST", "/api/avatar/generate", "",
                            R"({"photo_id": ")" + photo +
                                R"(", "audio_path": "./outputs/voice.wav", "engine": "mesh"})");
        EXPECT_EQ(answer.status, 200) << answer.body;
        return answer.json().at("job_id");
    }
    nlohmann::json status(const std::string& job) const {
        return server::request(port_, "GET", "/api/avatar/job/" + job + "/status").json();
    }
    void wait_until_drawing(const std::string& job) const {
        while (status(job).at("progress") < 10)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    nlohmann::json wait_for_end(const std::string& job) const {
        for (;;) {
            nlohmann::json now = status(job);
            if (now.at("status") == "completed" || now.at("status") == "failed") return now;
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    }

    media::TempFolder folder_;
    unsigned short port_ = free_port();
};

TEST_F(Serve, MakesAVideoAndEndsOnSigterm) {
    const auto program = start();
    write_voice(folder_ / "data/outputs/voice.wav", 1);
    const auto end = wait_for_end(generate(upload_portrait()));
    EXPECT_EQ(end.at("status"), "completed") << end;
    EXPECT_EQ(end.at("engine"), "mesh");
    const auto video = server::request(port_, "GET", end.at("video_url"));
    EXPECT_GT(video.body.size(), 10000U);
    program->signal(SIGTERM);
    const Outcome outcome = program->finish();
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out,
                HasSubstr("[Init] Avatar service initialized (models will load on first use)\n"));
}

/// DITTO_KILLS=50 makes a proof of the short test.
int kills() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* text = std::getenv("DITTO_KILLS");
    return text != nullptr ? std::max(1, std::atoi(text)) : 8;
}

TEST_F(Serve, KillsAtRandomMomentsLoseNoJobAndServeNoHalfVideo) {
    auto program = start();
    write_voice(folder_ / "data/outputs/voice.wav", 1);
    const std::string photo = upload_portrait();
    std::vector<std::string> jobs;
    std::map<std::string, std::string> tags;
    std::mt19937 random(5);
    const auto check = [&] {
        int waiting = 0;
        for (const std::string& job : jobs) {
            const nlohmann::json now = status(job);
            ASSERT_EQ(now.count("status"), 1U) << "lost: " << job << now;
            const std::string state = now.at("status");
            if (state == "pending" || state == "processing") ++waiting;
            if (state == "failed") {
                EXPECT_EQ(now.at("error_code"), "interrupted");
            }
            const auto video = server::request(port_, "GET", "/outputs/avatar_" + job + ".mp4");
            if (video.status != 200) {
                EXPECT_NE(state, "completed") << job;
                continue;
            }
            // Its name appears an instant before its state does.
            EXPECT_TRUE(status(job).at("status") == "completed" || state == "processing");
            EXPECT_NE(video.body.find("moov"), std::string::npos) << "half: " << job;
            const std::string tag = video.headers.at("etag");
            const auto [known, fresh] = tags.emplace(job, tag);
            EXPECT_TRUE(fresh || known->second == tag) << "made twice: " << job;
        }
        for (; waiting < 3; ++waiting)
            jobs.push_back(generate(photo));
    };
    for (int round = 0; round < kills(); ++round) {
        check();
        const int delay_ms = std::uniform_int_distribution<int>(0, 1500)(random);
        std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
        program->signal(SIGKILL);
        program->finish();
        program = start();
    }
    int completed = 0;
    int interrupted = 0;
    for (const std::string& job : jobs) {
        const auto end = wait_for_end(job);
        const bool good = end.at("status") == "completed";
        good ? ++completed : ++interrupted;
        // Three times in the middle of the same job, and the reason says so.
        EXPECT_TRUE(good || end.at("error_code") == "interrupted") << end;
    }
    std::cout << kills() << " kills, " << jobs.size() << " jobs: " << completed << " completed, "
              << interrupted << " gave up after three attempts\n";
    EXPECT_GT(completed, 0);
    program->signal(SIGTERM);
    EXPECT_EQ(program->finish().status, 0);
}

TEST_F(Serve, JobsAtOnceAreNumbersForEachEngine) {
    for (const char* jobs : {"0", "65", "x", "mesh", "mesh=", "mesh=0", "turbo=1", "2,,3", "1.5"}) {
        const Outcome outcome =
            run({"serve", "--port", "0", "--data", folder_ / "data", "--jobs", jobs});
        EXPECT_EQ(outcome.status, 2) << jobs;
        EXPECT_NE(outcome.err.find("--jobs"), std::string::npos) << outcome.err;
    }
}

TEST_F(Serve, DrainingFinishesWhatRunsAndKeepsWhatWaits) {
    auto program = start({"--jobs", "1", "--drain", "300"});
    write_voice(folder_ / "data/outputs/voice.wav", 30);
    const std::string photo = upload_portrait();
    const std::string running = generate(photo);
    const std::string waiting = generate(photo);
    wait_until_drawing(running);
    program->signal(SIGTERM);
    server::Answer ready;
    do {
        ready = server::request(port_, "GET", "/ready");
    } while (ready.status == 200);
    EXPECT_EQ(ready.status, 503);
    EXPECT_EQ(ready.json().at("status"), "draining");
    const auto refused = server::request(port_, "POST", "/api/avatar/generate", "", "{}");
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(server::request(port_, "GET", "/health").status, 200);
    EXPECT_EQ(status(running).at("status"), "processing");
    EXPECT_EQ(status(waiting).at("status"), "pending");
    EXPECT_EQ(program->finish().status, 0);

    program = start();
    EXPECT_EQ(status(running).at("status"), "completed");
    EXPECT_EQ(wait_for_end(waiting).at("status"), "completed");
    program->signal(SIGTERM);
    EXPECT_EQ(program->finish().status, 0);
}

TEST_F(Serve, AfterTheLimitOfDrainingWhatRunsGoesBackToTheQueue) {
    auto program = start({"--drain", "0"});
    write_voice(folder_ / "data/outputs/voice.wav", 30);
    const std::string job = generate(upload_portrait());
    // More often than a job that crashes is tried: a stop is not the job's fault.
    for (int round = 0; round < 4; ++round) {
        wait_until_drawing(job);
        program->signal(SIGTERM);
        EXPECT_EQ(program->finish().status, 0);
        EXPECT_FALSE(std::filesystem::exists(folder_ / ("data/outputs/avatar_" + job + ".mp4")));
        program = start({"--drain", "0"});
        ASSERT_NE(status(job).at("status"), "failed") << status(job);
    }
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
    program->signal(SIGTERM);
    EXPECT_EQ(program->finish().status, 0);
}

/// From /metrics.
double resident_mb(unsigned short port) {
    const std::string text = server::request(port, "GET", "/metrics").body;
    const std::string name = "\nprocess_resident_memory_bytes ";
    const auto at = text.find(name);
    return at == std::string::npos ? 0 : std::atof(text.c_str() + at + name.size()) / 1e6;
}

// The figures of a minute: DITTO_LOAD=60.
TEST_F(Serve, TwoHundredClientsPollAndUploadWhileFourJobsRun) {
    using Clock = std::chrono::steady_clock;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment.
    const char* text = std::getenv("DITTO_LOAD");
    const int seconds = text != nullptr ? std::max(3, std::atoi(text)) : 3;
    const auto program = start({"--jobs", "4"});
    // Long enough for any machine: the jobs are cancelled at the end.
    write_voice(folder_ / "data/outputs/voice.wav", 60 * (10 + seconds));
    const std::string photo = upload_portrait();
    std::vector<std::string> jobs;
    for (int i = 0; i < 4; ++i)
        jobs.push_back(generate(photo));
    for (const std::string& job : jobs)
        wait_until_drawing(job);

    const auto end = Clock::now() + std::chrono::seconds(seconds);
    const auto settled = end - std::chrono::seconds(seconds * 2 / 3);
    constexpr std::size_t clients = 200;
    std::atomic<int> failed = 0;
    std::vector<std::vector<double>> times(clients);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < clients; ++i) {
        threads.emplace_back([&, i] {
            while (Clock::now() < end) {
                const auto began = Clock::now();
                const auto now = server::request(
                    port_, "GET", "/api/avatar/job/" + jobs[i % jobs.size()] + "/status");
                const std::chrono::duration<double> took = Clock::now() - began;
                times[i].push_back(took.count() * 1000);
                if (now.status != 200) ++failed;
                if (i % 20 == 0) upload_portrait();
                // Half as long as polling clients wait.
                std::this_thread::sleep_for(std::chrono::milliseconds(1000));
            }
        });
    }
    std::this_thread::sleep_until(settled);
    const double before = resident_mb(port_);
    for (std::thread& thread : threads)
        thread.join();
    const double after = resident_mb(port_);
    EXPECT_EQ(failed, 0);
    for (const std::string& job : jobs) {
        EXPECT_EQ(status(job).at("status"), "processing");
        server::request(port_, "DELETE", "/api/avatar/job/" + job);
        EXPECT_EQ(wait_for_end(job).at("cancelled"), true);
    }
    EXPECT_LT(after, 1.3 * before) << "it grows with the requests";
    std::vector<double> all;
    for (const auto& some : times)
        all.insert(all.end(), some.begin(), some.end());
    std::sort(all.begin(), all.end());
    std::cout << all.size() << " status requests of 200 clients in " << seconds << " s: median "
              << all[all.size() / 2] << " ms, p99 " << all[all.size() * 99 / 100] << " ms; memory "
              << before << " -> " << after << " MB\n";
    program->signal(SIGTERM);
    EXPECT_EQ(program->finish().status, 0);
}

TEST_F(Serve, SaysWhyItCannotStart) {
    const auto program = start();
    const Outcome taken =
        run({"serve", "--port", std::to_string(port_), "--data", folder_ / "other"});
    EXPECT_EQ(taken.status, 2);
    EXPECT_THAT(taken.err, HasSubstr(std::to_string(port_)));
    const Outcome same = run({"serve", "--port", "0", "--data", folder_ / "data"});
    EXPECT_EQ(same.status, 5);
    EXPECT_EQ(run({"serve", "--port", "70000"}).status, 2);
    EXPECT_EQ(run({"serve", "--host", "nowhere", "--data", folder_ / "other"}).status, 2);
    const Outcome open = run({"serve", "--host", "0.0.0.0", "--data", folder_ / "other"});
    EXPECT_EQ(open.status, 2);
    EXPECT_THAT(open.err, HasSubstr("--insecure"));
    program->signal(SIGTERM);
    EXPECT_EQ(program->finish().status, 0);
}

}  // namespace
}  // namespace ditto::cli
