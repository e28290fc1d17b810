#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api_description.h"
#include "pdfs.h"
#include "server/api_keys.h"
#include "service_fixture.h"

// Holds every documented path, status and field against what the server really answers.
namespace ditto::server {
namespace {

using Json = nlohmann::json;
using Operation = ApiDescription::Operation;

const std::string unknown_id = "00000000-0000-4000-8000-000000000000";

/// What many addresses answer alike, and the tests below ask of each of them.
const std::set<int> asked_of_all{401, 403, 413, 503, 507};

class OpenApi : public ServiceFixture {
  protected:
    OpenApi() : description_(get("/openapi.json").body) {}

    /// Asks `target` (else `path` itself), and compares the answer with the description of `path`.
    Answer ask(const std::string& method, const std::string& path, int status,
               const std::string& target = "", const std::string& body = "",
               const std::string& headers = "Content-Type: application/json\r\n") {
        Answer answer = request(port(), method, target.empty() ? path : target, headers, body);
        compare(description_.operation(method, path), status, answer);
        return answer;
    }

    void compare(const Operation& operation, int status, const Answer& answer) {
        const std::string name = operation.name() + " " + std::to_string(status);
        EXPECT_EQ(answer.status, status) << name << " " << answer.body;
        asked_.insert(name);
        const auto type = answer.headers.find("content-type");
        EXPECT_EQ(description_.fault(operation, answer.status,
                                     type == answer.headers.end() ? "" : type->second, answer.body),
                  "")
            << name;
    }

    void photos(const std::string& photo_url) {
        const std::string path = "/api/avatar/photos";
        ask("GET", path, 200);
        ask("GET", path, 422, path + "?limit=0");
        ask("GET", "/uploads/{name}", 200, photo_url);
        ask("GET", "/uploads/{name}", 206, photo_url, "", "Range: bytes=0-9\r\n");
        ask("GET", "/uploads/{name}", 416, photo_url, "", "Range: bytes=99999999-\r\n");
        ask("GET", "/uploads/{name}", 404, "/uploads/none.jpg");
        ask("GET", "/uploads/{name}", 304, photo_url, "", "If-None-Match: *\r\n");
    }
    void uploads() {
        const std::string photo = "/api/avatar/upload-photo";
        ask("POST", photo, 200, "", form("file", picture()), form_header);
        ask("POST", photo, 400, "", form("file", picture(100, 80)), form_header);
        ask("POST", photo, 422, "", form("other", "x"), form_header);
        const std::string voice = "/api/avatar/upload-audio";
        ask("POST", voice, 200, "", form("file", get("/outputs/audio/slide_1.wav").body),
            form_header);
        ask("POST", voice, 400, "", form("file", "no sound"), form_header);
        ask("POST", voice, 422, "", form("other", "x"), form_header);
    }
    /// Bodies that generate, generate-batch and validate refuse alike. `end`: what names the voice.
    void wrong_bodies(const std::string& path, const std::string& photo, const std::string& right,
                      const std::string& outside) {
        const std::string start = R"({"photo_id": ")";
        ask("POST", path, 400, "", start + photo + outside);
        ask("POST", path, 404, "", start + unknown_id + right);
        ask("POST", path, 422, "", "{}");
    }
    /// A running job, and all that can be asked of it until it is removed.
    void one_job(const std::string& photo) {
        const std::string job = "/api/avatar/job/{job_id}";
        const std::string id = add_job();
        const std::string at = "/api/avatar/job/" + id;
        ASSERT_TRUE(wait_until_held());
        ask("GET", job, 200, at);
        ask("GET", job + "/status", 200, at + "/status");
        ask("GET", job + "/preview", 200, at + "/preview");
        released_ = true;
        ask("GET", job + "/events", 200, at + "/events");
        const std::string video = wait_for_end(id).at("video_url");
        ask("GET", "/outputs/{name}", 200, video);
        ask("GET", "/outputs/{name}", 206, video, "", "Range: bytes=0-9\r\n");
        ask("GET", "/outputs/{name}", 416, video, "", "Range: bytes=99999999-\r\n");
        ask("GET", "/outputs/{name}", 304, video, "", "If-None-Match: *\r\n");
        ask("GET", job, 200, at);
        ask("DELETE", job, 200, at);
        for (const char* below : {"", "/status", "/preview", "/events"})
            ask("GET", job + below, 404, at + below);
        ask("DELETE", job, 404, at);
        ask("GET", "/outputs/{name}", 404, video);
        ask("DELETE", "/api/avatar/photo/{photo_id}", 200, "/api/avatar/photo/" + photo);
        ask("DELETE", "/api/avatar/photo/{photo_id}", 404, "/api/avatar/photo/" + photo);
    }
    /// Fills the queue, with keys, batches and lists on the way.
    void many_jobs(const std::string& photo) {
        const std::string one = "/api/avatar/generate";
        const std::string body = generate_body(photo);
        const std::string key = "Content-Type: application/json\r\nIdempotency-Key: k\r\n";
        const std::string voice = R"("./outputs/audio/slide_1.wav")";
        const std::string some =
            R"({"photo_id": ")" + photo + R"(", "audio_paths": [)" + voice + "]}";
        ask("POST", one, 200, "", body, key);
        ASSERT_TRUE(wait_until_held());
        ask("POST", one, 409, "", body + " ", key);
        wrong_bodies(one, photo, "\", \"audio_path\": " + voice + "}",
                     R"(", "audio_path": "/etc/passwd"})");
        wrong_bodies("/api/avatar/validate", photo, "\", \"audio_path\": " + voice + "}",
                     R"(", "audio_path": "/etc/passwd"})");
        ask("POST", "/api/avatar/validate", 200, "", body);
        const std::string batch = "/api/avatar/generate-batch";
        ask("POST", batch, 200, "", some);
        ask("POST", batch, 409, "", some, key);
        wrong_bodies(batch, photo, "\", \"audio_paths\": [" + voice + "]}",
                     R"(", "audio_paths": ["/etc/passwd"]})");
        ask("GET", "/api/avatar/system-info", 200);
        ask("GET", "/api/avatar/jobs", 200);
        ask("GET", "/api/avatar/jobs", 422, "/api/avatar/jobs?status=done");
        ask("DELETE", "/api/avatar/photo/{photo_id}", 409, "/api/avatar/photo/" + photo);
        while (request(port(), "POST", one, "", body).status == 200)
            continue;
        ask("POST", one, 429, "", body);
        ask("POST", batch, 429, "", some);
        ask("POST", "/api/presentation", 429, "",
            R"({"photo_id": ")" + photo + R"(", "deck_id": ")" + deck_ +
                R"(", "slides": [{"number": 1}]})");
        released_ = true;
    }
    void setup() {
        const std::string path = "/api/setup/download";
        ask("GET", "/api/setup/diagnosis", 200);
        ask("GET", "/api/setup/disk", 200);
        ask("DELETE", path, 404);
        ask("POST", path, 422, "", "{}");
        ask("POST", path, 200, "", R"({"set": "minimal"})");
        ask("POST", path, 409, "", R"({"set": "minimal"})");
        ask("GET", "/api/setup/models", 200);
        ask("DELETE", path, 200);
        ask("GET", path + "/events", 200);
    }

    void speech() {
        ask("GET", "/api/speech/voices", 200);
        const std::string path = "/api/speech";
        ask("POST", path, 200, "", R"({"text": "各位好", "voice": "mei", "speed": 1.2})");
        ask("POST", path, 400, "", R"({"text": "..."})");
        ask("POST", path, 422, "", "{}");
    }

    void decks() {
        const std::string path = "/api/presentation/deck";
        const std::string deck = slides::make_pdf({{.lines = {"Welcome"}}});
        deck_ = ask("POST", path, 200, "", form("file", deck), form_header).json().at("deck_id");
        ask("POST", path, 400, "", form("file", "no slides"), form_header);
        ask("POST", path, 422, "", form("other", "x"), form_header);
    }

    /// A video of the deck whose only slide fails at first.
    void presentation(const std::string& photo) {
        const std::string path = "/api/presentation";
        const std::string start = R"({"photo_id": ")" + photo + R"(", "deck_id": ")" + deck_ +
                                  R"(", "slides": [{"number": 1, "script": )";
        const std::string key = "Content-Type: application/json\r\nIdempotency-Key: talk\r\n";
        const std::string body = start + R"("Hello.", "voice": "nobody"}]})";
        const std::string id = ask("POST", path, 200, "", body, key).json().at("job_id");
        ask("POST", path, 409, "", body + " ", key);
        ask("POST", path, 400, "", start + R"("", "audio_path": "/etc/passwd"}]})");
        ask("POST", path, 404, "",
            R"({"photo_id": "p", "slides": [], "deck_id": ")" + unknown_id + "\"}");
        ask("POST", path, 422, "", "{}");
        EXPECT_EQ(wait_for_end(id).at("error_code"), "slides_failed");
        const std::string retry = path + "/{job_id}/slides/{number}/retry";
        const std::string at = path + "/" + id + "/slides/";
        ask("POST", retry, 400, at + "1/retry", R"({"audio_path": "/etc/passwd"})");
        ask("POST", retry, 404, at + "2/retry", "{}");
        ask("POST", retry, 422, at + "1/retry", R"({"voice": 1})");
        ask("POST", retry, 200, at + "1/retry", R"({"voice": "al"})");
        const Json done = wait_for_end(id);
        EXPECT_EQ(done.at("status"), "completed") << done;
        EXPECT_EQ(done.at("chapters").size(), 1U) << done;
        ask("POST", retry, 409, at + "1/retry", "{}");
        ask("GET", "/api/avatar/job/{job_id}", 200, "/api/avatar/job/" + id);
        ask("GET", "/api/avatar/job/{job_id}/status", 200, "/api/avatar/job/" + id + "/status");
        EXPECT_EQ(get(done.at("vtt_url")).headers.at("content-type"), "text/vtt");
        EXPECT_NE(get(done.at("subtitles_url")).body.find("Hello."), std::string::npos);
    }

    ApiDescription description_;
    std::set<std::string> asked_;
    std::string deck_;
};

TEST_F(OpenApi, DescribesEveryRouteOfTheTableAndNoOther) {
    std::set<std::string> in_table;
    for (const Route& route : service_->routes()) {
        in_table.insert(std::string(route.method) + " " + without_names(std::string(route.path)));
    }
    // The others are not in the table: files, and what Front and SetupRoutes answer.
    std::set<std::string> described;
    for (const Operation& operation : description_.operations()) {
        const std::string& path = operation.path;
        if (!path.starts_with("/api/") || path.starts_with("/api/setup/")) continue;
        if (path == "/api/session") continue;
        described.insert(operation.method + " " + without_names(path));
    }
    EXPECT_EQ(described, in_table);
}

TEST_F(OpenApi, WhatItSaysIsWhatTheServerDoes) {
    add_voice();
    ask("GET", "/api/avatar/options", 200);
    uploads();
    const Json photo = upload(picture()).json();
    photos(photo.at("photo_url"));
    speech();
    decks();
    presentation(photo.at("photo_id"));
    hold();
    one_job(photo.at("photo_id"));
    held_ = 0;
    hold();
    many_jobs(photo_id());
    ask("GET", "/api/session", 200);
    ask("POST", "/api/session", 200, "", "{}");
    ask("DELETE", "/api/session", 200);
    setup();
    for (const char* path : {"/health", "/ready", "/metrics", "/openapi.json"})
        ask("GET", path, 200);

    // Asked for elsewhere: with keys, and when two ask at the same moment.
    asked_.insert({"POST /api/session 429", "GET /api/setup/diagnosis 429"});
    for (const Operation& operation : description_.operations()) {
        for (const auto& [status, response] : operation.details.at("responses").items()) {
            if (asked_of_all.count(std::stoi(status)) == 1) continue;
            EXPECT_EQ(asked_.count(operation.name() + " " + status), 1U)
                << operation.name() << " " << status << " is described but not asked for";
        }
    }
}

TEST_F(OpenApi, BothLanguagesDocumentEveryAddressWithTheSameExamples) {
    std::array<std::string, 2> examples;
    for (std::size_t i = 0; i < examples.size(); ++i) {
        const std::string name = i == 0 ? "/docs/api.md" : "/docs/api.zh-TW.md";
        std::ifstream file(DITTO_SOURCE_DIR + name);
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        for (const Operation& operation : description_.operations()) {
            const std::string& path = operation.path;
            if (!path.starts_with("/api/") || path.starts_with("/api/setup/")) continue;
            if (path == "/api/session") continue;
            EXPECT_NE(text.find(operation.name()), std::string::npos)
                << name << " lacks " << operation.name();
        }
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            // What people read is in the document's language.
            const bool said = line.find("\"msg\":") != std::string::npos;
            if (line.starts_with("    ") && !said) examples[i] += line + "\n";
        }
    }
    EXPECT_EQ(examples[0], examples[1]);
}

TEST_F(OpenApi, OtherMethodsAreRefusedWithThoseThatAreTaken) {
    std::map<std::string, std::set<std::string>> taken;
    for (const Operation& operation : description_.operations()) {
        taken[operation.target()].insert(operation.method);
        if (operation.method == "GET") taken[operation.target()].insert("HEAD");
    }
    taken["/"] = taken["/docs"] = {"GET", "HEAD"};
    for (const auto& [target, methods] : taken) {
        for (const char* method : {"PUT", "OPTIONS", "BREW"}) {
            const Answer answer = request(port(), method, target);
            EXPECT_EQ(answer.status, 405) << method << " " << target;
            std::istringstream allowed(answer.headers.at("allow"));
            std::set<std::string> found;
            for (std::string name; std::getline(allowed >> std::ws, name, ',');)
                found.insert(name);
            EXPECT_EQ(found, methods) << target;
            EXPECT_NE(answer.detail().find(answer.headers.at("allow")), std::string::npos);
        }
    }
}

TEST_F(OpenApi, ChangesAreRefusedToForeignPages) {
    for (const Operation& operation : description_.operations()) {
        EXPECT_EQ(operation.documents(403), operation.method != "GET") << operation.name();
        if (operation.method == "GET") continue;
        compare(operation, 403,
                request(port(), operation.method, operation.target(),
                        "Origin: https://evil.example.org\r\n", "{}"));
    }
}

TEST_F(OpenApi, BodiesHaveALimit) {
    for (const Operation& operation : description_.operations()) {
        EXPECT_EQ(operation.documents(413), operation.details.count("requestBody") == 1)
            << operation.name();
        if (!operation.documents(413)) continue;
        Client client(port());
        client.send(operation.method + " " + operation.target() +
                    " HTTP/1.1\r\nHost: localhost\r\n" + form_header +
                    "Content-Length: 9000000000\r\n\r\n");
        const Answer answer = client.answer();
        compare(operation, 413, answer);
        EXPECT_NE(answer.detail().find("B)"), std::string::npos)
            << "says how much: " << answer.detail();
    }
}

TEST_F(OpenApi, NewWorkIsRefusedWhileTheServiceStops) {
    front_->drain();
    for (const Operation& operation : description_.operations()) {
        // Judging is no work; there, 503 says that an engine is missing.
        if (!operation.documents(503) || operation.path.ends_with("/validate")) continue;
        const Answer answer =
            request(port(), operation.method, operation.target(), form_header, "");
        compare(operation, 503, answer);
        EXPECT_EQ(answer.headers.count("retry-after"), operation.method == "POST" ? 1U : 0U)
            << operation.name();
    }
}

TEST_F(OpenApi, NewWorkIsRefusedWhileTheDiskIsFull) {
    stop();
    front_settings_.disk_floor_bytes = std::int64_t{1} << 60;
    start();
    for (const Operation& operation : description_.operations()) {
        if (!operation.documents(507)) continue;
        compare(operation, 507,
                request(port(), operation.method, operation.target(), form_header, ""));
    }
}

TEST_F(OpenApi, KeysAreWantedWhereItSaysSo) {
    stop();
    front_settings_.api_keys = (folder_ / "keys").string();
    ApiKeys::add(front_settings_.api_keys, "studio");
    start();
    for (const Operation& operation : description_.operations()) {
        const bool open = operation.details.count("security") == 1;
        const bool refuses = !open || operation.name() == "POST /api/session";
        EXPECT_EQ(operation.documents(401), refuses) << operation.name();
        const Answer answer = request(port(), operation.method, operation.target());
        EXPECT_EQ(answer.status == 401, refuses) << operation.name();
        if (refuses) compare(operation, 401, answer);
    }
    const Operation sign_in = description_.operation("POST", "/api/session");
    for (int i = 0; i < 12; ++i) {
        const Answer answer = request(port(), "POST", "/api/session", "", R"({"key": "wrong"})");
        compare(sign_in, answer.status == 401 ? 401 : 429, answer);
        EXPECT_EQ(answer.headers.count("retry-after"), answer.status == 429 ? 1U : 0U);
    }
    EXPECT_EQ(asked_.count("POST /api/session 429"), 1U);
}

TEST_F(OpenApi, TheControlsOfAVideoComeFromTheirTable) {
    const Json properties = description_.schema("Controls").at("properties");
    const Json options = get("/api/avatar/options").json();
    EXPECT_EQ(properties.size(), options.at("controls").size());
    for (const Json& control : options.at("controls")) {
        const Json& property = properties.at(control.at("name").get<std::string>());
        EXPECT_EQ(property.at("default"), control.at("default")) << control;
        const Json& numbers = property.count("oneOf") == 1 ? property.at("oneOf")[0] : property;
        for (const char* field : {"minimum", "maximum"})
            EXPECT_EQ(numbers.at(field), control.at(field)) << control;
    }
    const std::string body = generate_body(photo_id());
    EXPECT_EQ(description_.fault(Json::parse(body), description_.schema("Generate"), "body"), "");
    const auto fault = [&](const char* controls) {
        return description_.fault(Json::parse(controls), description_.schema("Controls"), "body");
    };
    EXPECT_NE(fault(R"({"emotion": 9})"), "");
    EXPECT_NE(fault(R"({"emotion": ["happy"]})"), "");
    EXPECT_EQ(fault(R"({"emotion": 3})"), "");
    EXPECT_EQ(fault(R"({"emotion": "0:neutral,2.5:happy"})"), "");
}

TEST_F(OpenApi, TheDocumentsPageNeedsNothingFromElsewhere) {
    EXPECT_EQ(get("/docs").headers.at("location"), "/docs/");
    const Answer page = get("/docs/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body.find("https://"), std::string::npos);
    EXPECT_EQ(page.body.find("<script>"), std::string::npos);
    EXPECT_EQ(get("/docs/start.js").status, 200);
    EXPECT_EQ(get("/docs/none.js").status, 404);
    EXPECT_NE(page.headers.at("content-security-policy").find("default-src 'self'"),
              std::string::npos);
}

}  // namespace
}  // namespace ditto::server
