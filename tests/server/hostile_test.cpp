#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service_fixture.h"

// Requests that are wrong on purpose.
namespace ditto::server {
namespace {

class Hostile : public ServiceFixture {
  protected:
    Hostile() {
        stop();
        server_settings_.head_timeout = std::chrono::milliseconds(1500);
        server_settings_.max_connections_per_address = 8;
        start();
    }

    int status_of(const std::string& bytes) const {
        Client client(port());
        client.send(bytes);
        return client.answer().status;
    }
    void expect_alive() const { EXPECT_EQ(get("/api/avatar/system-info").status, 200); }
};

const std::string line = "GET /api/avatar/system-info HTTP/1.1\r\n";
const std::string post = "POST /api/avatar/generate HTTP/1.1\r\nHost: x\r\n";

TEST_F(Hostile, MalformedHeadsAreRefused) {
    EXPECT_EQ(status_of(line + "\r\n"), 400);
    EXPECT_EQ(status_of(line + "Host: a\r\nHost: b\r\n\r\n"), 400);
    EXPECT_EQ(status_of(line + "Host: x\nA: b\r\n\r\n"), 400);
    EXPECT_EQ(status_of(line + "Host : x\r\n\r\n"), 400);
    EXPECT_EQ(status_of(line + "Host: x\r\n folded\r\n\r\n"), 400);
    EXPECT_EQ(status_of(line + "Host: x\r\nCont\xff"
                               "ent: 1\r\n\r\n"),
              400);
    EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: x\r\n\r\n"), 505);
    EXPECT_EQ(status_of("nonsense\r\n\r\n"), 400);
    std::string many = line + "Host: x\r\n";
    for (int i = 0; i < 200; ++i)
        many += "A: b\r\n";
    EXPECT_EQ(status_of(many + "\r\n"), 431);
    EXPECT_EQ(status_of(line + "Host: x\r\nA: " + std::string(20000, 'a') + "\r\n\r\n"), 431);
    EXPECT_EQ(status_of("GET /" + std::string(20000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n"), 431);
    expect_alive();
}

TEST_F(Hostile, MalformedLengthsAreRefused) {
    for (const char* length : {"-1", "+5", "abc", "99999999999999999999999", "", "5, 5"})
        EXPECT_EQ(status_of(post + "Content-Length: " + length + "\r\n\r\n{}"), 400) << length;
    EXPECT_EQ(status_of(post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), 400);
    EXPECT_EQ(status_of(post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"), 400);
    EXPECT_EQ(status_of(post + "Transfer-Encoding: gzip\r\n\r\n"), 501);
    EXPECT_EQ(status_of(post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n"), 400);
    EXPECT_EQ(status_of(post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"), 400);
    EXPECT_EQ(status_of(post + "Content-Length: 100000\r\n\r\n"), 413);
    EXPECT_EQ(status_of(post + "Transfer-Encoding: chunked\r\n\r\n20000\r\n" +
                        std::string(0x20000, ' ') + "\r\n0\r\n\r\n"),
              413);
    expect_alive();
}

TEST_F(Hostile, AChunkedBodyIsReadAndACutOneIsNot) {
    EXPECT_EQ(status_of(post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), 422);
    {
        Client client(port());
        client.send(post + "Content-Length: 50\r\n\r\n{");
    }
    expect_alive();
}

TEST_F(Hostile, ABodyNobodyWantsIsNeverTheNextRequest) {
    Client client(port());
    const std::string hidden = line + "Host: x\r\n\r\n";
    client.send("POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                std::to_string(hidden.size()) + "\r\n\r\n" + hidden);
    const Answer answer = client.answer();
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.headers.at("connection"), "close");
    EXPECT_EQ(client.answer().status, 0);
}

TEST_F(Hostile, ContinueIsSaidOnlyForBodiesThatAreWanted) {
    Client refused(port());
    refused.send(post + "Expect: 100-continue\r\nContent-Length: 100000\r\n\r\n");
    EXPECT_EQ(refused.answer().status, 413);
    Client wanted(port());
    wanted.send(post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(wanted.answer(true).status, 100);
    wanted.send("{}");
    EXPECT_EQ(wanted.answer().status, 422);
}

TEST_F(Hostile, PathsLeadNowhere) {
    std::ofstream(data_->root() / "secret.mp4") << "secret";
    std::ofstream(data_->outputs() / ".hidden.mp4") << "half";
    std::ofstream(data_->outputs() / "notes.txt") << "text";
    std::filesystem::create_symlink(data_->root() / "secret.mp4", data_->outputs() / "l.mp4");
    for (const char* target :
         {"/outputs/../secret.mp4", "/outputs/%2e%2e/secret.mp4", "/outputs/..%2fsecret.mp4",
          "/outputs/%00.mp4", "/outputs/.hidden.mp4", "/outputs/notes.txt", "/outputs/l.mp4",
          "/outputs/", "/outputs//../secret.mp4", "/uploads/%5c..%5csecret.mp4", "/jobs.db",
          "/outputs/%ff.mp4", "/outputs/%zz.mp4", "/outputs/%"}) {
        const Answer answer = get(target);
        EXPECT_TRUE(answer.status == 404 || answer.status == 400) << target << answer.status;
        EXPECT_EQ(answer.body.find("secret"), std::string::npos) << target;
    }
}

TEST_F(Hostile, BrokenForms) {
    const auto send = [&](const std::string& header, const std::string& body) {
        return request(port(), "POST", "/api/avatar/upload-photo", header, body).status;
    };
    EXPECT_EQ(send("Content-Type: multipart/form-data\r\n", "x"), 422);
    EXPECT_EQ(send("Content-Type: multipart/form-data; boundary=\r\n", "x"), 422);
    EXPECT_EQ(send(form_header, "no form at all"), 400);
    const std::string good = form("file", picture());
    EXPECT_EQ(send(form_header, good.substr(0, good.size() - 6)), 400);
    std::string many;
    for (int i = 0; i < 10000; ++i)
        many += "--xYzZY\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
    EXPECT_EQ(send(form_header, many + "--xYzZY--\r\n"), 400);
    EXPECT_EQ(send(form_header, "--xYzZY\r\nA: " + std::string(100'000, 'a')), 400);
    EXPECT_EQ(send(form_header, form("text", std::string(5'000'000, 'x'))), 422);
    EXPECT_TRUE(std::filesystem::is_empty(data_->root() / "tmp"));
    EXPECT_TRUE(std::filesystem::is_empty(data_->uploads()));
    expect_alive();
}

TEST_F(Hostile, BrokenJson) {
    for (const std::string& body : {std::string("[]"), std::string("nul"), std::string("\"\xff\""),
                                    std::string("{\"a\":1e999}"), std::string(60'000, '['),
                                    std::string("{\"photo_id\":\"\\ud800\"}")}) {
        EXPECT_EQ(post_json("/api/avatar/generate", body).status, 422) << body.substr(0, 30);
    }
    const Answer huge = post_json("/api/avatar/generate",
                                  R"({"photo_id":"a","audio_path":"b","seed":1e300,"fps":-1e308})");
    EXPECT_EQ(huge.json().at("detail").size(), 2U);
}

TEST_F(Hostile, TricklingClientsAreCutWhileOthersAreServed) {
    std::vector<std::unique_ptr<Client>> slow;
    for (int i = 0; i < 6; ++i) {
        slow.push_back(std::make_unique<Client>(port()));
        slow.back()->send("GET / HT");
    }
    expect_alive();
    for (const auto& client : slow)
        EXPECT_TRUE(client->closed_by_server());
}

TEST_F(Hostile, OneAddressHasSoManyConnections) {
    std::vector<std::unique_ptr<Client>> crowd;
    for (int i = 0; i < 8; ++i) {
        crowd.push_back(std::make_unique<Client>(port()));
        crowd.back()->send(line + "Host: x\r\n\r\n");
        EXPECT_EQ(crowd.back()->answer().status, 200);
    }
    Client late(port());
    EXPECT_TRUE(late.closed_by_server());
    crowd.clear();
    for (int i = 0; i < 100 && get("/api/avatar/system-info").status != 200; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    expect_alive();
}

TEST_F(Hostile, ARandomlyBrokenRequestNeverStopsTheService) {
    std::mt19937 random(7);
    const std::string upload = "POST /api/avatar/upload-photo HTTP/1.1\r\nHost: x\r\n" +
                               form_header + "Content-Length: 150\r\n\r\n" + form("file", "abc");
    const std::string json =
        post + "Content-Length: 36\r\n\r\n{\"photo_id\":\"a\",\"audio_path\":\"b\"}   ";
    for (int i = 0; i < 300; ++i) {
        std::string bytes = i % 2 == 0 ? upload : json;
        for (int k = 0; k < 4; ++k)
            bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
        Client client(port());
        client.send(bytes.substr(0, random() % (bytes.size() + 1)));
    }
    for (int i = 0; i < 100 && get("/api/avatar/system-info").status != 200; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    expect_alive();
}

}  // namespace
}  // namespace ditto::server
