#include <algorithm>
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
    std::unique_ptr<Program> start() {
        auto program = std::make_unique<Program>(std::vector<std::string>{
            "serve", "--port", std::to_string(port_), "--data", folder_ / "data"});
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
