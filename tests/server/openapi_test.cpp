#include <algorithm>
#include <cctype>
#include <set>

#include <gtest/gtest.h>

#include "service_fixture.h"

// Holds every documented path, status and field against what the server really answers.
namespace ditto::server {
namespace {

using Json = nlohmann::json;

class OpenApi : public ServiceFixture {
  protected:
    OpenApi() : document_(Json::parse(get("/openapi.json").body)) {}

    const Json& resolved(const Json& schema) const {
        const auto link = schema.find("$ref");
        if (link == schema.end()) return schema;
        return document_.at(Json::json_pointer(link->get<std::string>().substr(1)));
    }

    /// What of `value` is not as `written` says; "" where all is.
    std::string fault(const Json& value, const Json& written, const std::string& place) const {
        if (value.is_null()) return written.value("nullable", false) ? "" : place + " is null";
        const Json& schema = resolved(written);
        const std::string type = schema.value("type", "");
        const bool fits =
            type.empty() || (type == "string" && value.is_string()) ||
            (type == "integer" && value.is_number_integer()) ||
            (type == "number" && value.is_number()) || (type == "boolean" && value.is_boolean()) ||
            (type == "array" && value.is_array()) || (type == "object" && value.is_object());
        if (!fits) return place + " is no " + type + ": " + value.dump();
        const auto choices = schema.find("enum");
        if (choices != schema.end() &&
            std::find(choices->begin(), choices->end(), value) == choices->end()) {
            return place + " is none of its values: " + value.dump();
        }
        return type == "array" ? fault_in_items(value, schema, place)
                               : fault_in_fields(value, schema, place);
    }

    /// Asks, and compares the answer with the description of `path`.
    Answer ask(const std::string& method, const std::string& path, int status,
               const std::string& target = "", const std::string& body = "",
               const std::string& headers = "Content-Type: application/json\r\n") {
        const std::string at = target.empty() ? path : target;
        Answer answer = request(port(), method, at, headers, body);
        compare(method, path, status, answer);
        return answer;
    }

    void compare(std::string method, const std::string& path, int status, const Answer& answer) {
        const std::string name = method + " " + path + " " + std::to_string(answer.status);
        EXPECT_EQ(answer.status, status) << name << answer.body;
        std::transform(method.begin(), method.end(), method.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        asked_.insert(method + " " + path);
        const Json responses = document_.at("paths").at(path).at(method).at("responses");
        ASSERT_EQ(responses.count(std::to_string(answer.status)), 1U) << name;
        const Json content = responses.at(std::to_string(answer.status)).value("content", Json());
        const std::string sent = answer.headers.at("content-type");
        const std::string type = sent.substr(0, sent.find(';'));
        ASSERT_EQ(content.count(type), 1U) << name << " " << type;
        if (type != "application/json") return;
        EXPECT_EQ(fault(answer.json(), content.at(type).at("schema"), "answer"), "") << name;
    }

    Json document_;
    std::set<std::string> asked_;

  private:
    std::string fault_in_items(const Json& value, const Json& schema,
                               const std::string& place) const {
        for (const Json& item : value) {
            const std::string found = fault(item, schema.at("items"), place + "[]");
            if (!found.empty()) return found;
        }
        return {};
    }
    std::string fault_in_fields(const Json& value, const Json& schema,
                                const std::string& place) const {
        for (const Json& name : schema.value("required", Json::array())) {
            if (value.count(name.get<std::string>()) == 0) return place + " lacks " + name.dump();
        }
        const Json properties = schema.value("properties", Json::object());
        for (const auto& [name, property] : properties.items()) {
            if (value.count(name) == 0) continue;
            const std::string found = fault(value.at(name), property, place + "." + name);
            if (!found.empty()) return found;
        }
        return {};
    }
};

TEST_F(OpenApi, WhatItSaysIsWhatTheServerDoes) {
    add_voice();
    ask("GET", "/api/avatar/system-info", 200);
    const std::string photos = "/api/avatar/upload-photo";
    const Json photo = ask("POST", photos, 200, "", form("file", picture()), form_header).json();
    ask("POST", photos, 400, "", form("file", picture(100, 80)), form_header);
    ask("POST", photos, 422, "", form("other", "x"), form_header);
    ask("GET", "/uploads/{name}", 200, photo.at("photo_url"));
    ask("GET", "/uploads/{name}", 404, "/uploads/none.jpg");

    const std::string generate = "/api/avatar/generate";
    const std::string body = generate_body(photo.at("photo_id"));
    const Json job = ask("POST", generate, 200, "", body).json();
    ask("POST", generate, 422, "", "{}");
    ask("POST", generate, 404, "", generate_body("00000000-0000-4000-8000-000000000000"));
    ask("POST", generate, 403, "", body, "Origin: https://evil.example.org\r\n");
    const std::string status = "/api/avatar/job/{job_id}/status";
    const std::string id = job.at("job_id");
    ask("GET", status, 200, "/api/avatar/job/" + id + "/status");
    const Json end = wait_for_end(id);
    ask("GET", status, 200, "/api/avatar/job/" + id + "/status");
    ask("GET", status, 404, "/api/avatar/job/00000000-0000-4000-8000-000000000000/status");
    ask("GET", "/outputs/{name}", 200, end.at("video_url"));

    ask("GET", "/api/session", 200);
    ask("POST", "/api/session", 200, "", "{}");
    ask("DELETE", "/api/session", 200);
    ask("GET", "/api/setup/diagnosis", 200);
    ask("GET", "/api/setup/disk", 200);
    ask("DELETE", "/api/setup/download", 404);
    ask("POST", "/api/setup/download", 422, "", "{}");
    ask("POST", "/api/setup/download", 200, "", R"({"set": "minimal"})");
    ask("POST", "/api/setup/download", 409, "", R"({"set": "minimal"})");
    ask("GET", "/api/setup/models", 200);
    ask("DELETE", "/api/setup/download", 200);
    ask("GET", "/api/setup/download/events", 200);
    for (const char* path : {"/health", "/ready", "/metrics", "/openapi.json"})
        ask("GET", path, 200);
    front_->drain();
    ask("GET", "/ready", 503);
    ask("POST", generate, 503, "", body);

    for (const auto& [path, methods] : document_.at("paths").items()) {
        for (const auto& [method, operation] : methods.items())
            EXPECT_EQ(asked_.count(method + " " + path), 1U) << method << " " << path;
    }
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
