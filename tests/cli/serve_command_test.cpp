#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <memory>
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

TEST_F(Serve, AKillLosesNoJobAndServesNoHalfVideo) {
    auto program = start();
    write_voice(folder_ / "data/outputs/voice.wav", 2);
    const std::string photo = upload_portrait();
    const std::string first = generate(photo);
    const std::string second = generate(photo);
    while (status(first).at("status") == "pending")
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (const int delay_ms : {10, 400}) {
        std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
        program->signal(SIGKILL);
        program->finish();
        program = start();
        for (const std::string& job : {first, second}) {
            const bool served =
                server::request(port_, "HEAD", "/outputs/avatar_" + job + ".mp4").status == 200;
            if (served) {
                EXPECT_EQ(status(job).at("status"), "completed");
            }
        }
    }
    EXPECT_EQ(wait_for_end(first).at("status"), "completed");
    EXPECT_EQ(wait_for_end(second).at("status"), "completed");
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
