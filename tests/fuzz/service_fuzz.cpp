// Whole requests through everything that answers them, without sockets, models and jobs that run:
//   route (a byte) and the rest of the address, headers (a letter, 'a' for the first of
//   `header_names`, and the value; a line each), an empty line, body.
// Each gets an answer that HTTP can carry, and no answer is a failure of ours.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include "core/image.h"
#include "engine_double.h"
#include "media/image_file.h"
#include "server/front.h"
#include "server/head_check.h"
#include "server/multipart.h"

namespace {

using namespace ditto;
using namespace ditto::server;

/// What is there to be named: the photo ./uploads/avatar_<id>.png, the voice
/// ./outputs/audio/slide_1.wav and the video ./outputs/clip.mp4.
constexpr std::string_view known_id = "11111111-1111-4111-8111-111111111111";

constexpr std::array<const char*, 18> header_names{"range",
                                                   "if-range",
                                                   "if-none-match",
                                                   "last-event-id",
                                                   "cookie",
                                                   "authorization",
                                                   "x-api-key",
                                                   "idempotency-key",
                                                   "accept-language",
                                                   "accept-encoding",
                                                   "content-type",
                                                   "origin",
                                                   "host",
                                                   "x-forwarded-for",
                                                   "x-forwarded-proto",
                                                   "x-request-id",
                                                   "sec-fetch-site",
                                                   "user-agent"};

/// Addresses that are no Service::routes(); "" takes the target from the first line.
constexpr std::array<std::pair<const char*, const char*>, 15> more_routes{{
    {"GET", ""},
    {"POST", ""},
    {"GET", "/outputs/clip.mp4"},
    {"GET", "/outputs/audio/slide_1.wav"},
    {"GET", "/uploads/avatar_11111111-1111-4111-8111-111111111111.png"},
    {"GET", "/api/session"},
    {"POST", "/api/session"},
    {"DELETE", "/api/session"},
    {"GET", "/health"},
    {"GET", "/ready"},
    {"GET", "/metrics"},
    {"GET", "/docs/"},
    {"GET", "/openapi.json"},
    {"OPTIONS", "/api/avatar/generate"},
    {"GET", "/api/avatar/jobs"},
}};

void check(bool condition, const char* what) {
    if (condition) return;
    std::fprintf(stderr, "broken: %s\n", what);
    __builtin_trap();
}

class FaceEverywhere final : public PhotoExaminer {
  public:
    PhotoReport examine(const std::filesystem::path& photo, int) override {
        const auto loaded = media::load_photo(photo);
        PhotoReport report;
        report.width = loaded.original_width;
        report.height = loaded.original_height;
        report.face_count = 1;
        return report;
    }
};

/// Half a second of silence, 8 kHz.
std::string silence() {
    const auto number = [](std::uint32_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(value >> (8U * static_cast<unsigned>(i)) & 255U);
        return text;
    };
    constexpr std::uint32_t size = 8000;
    return "RIFF" + number(36 + size, 4) + "WAVEfmt " + number(16, 4) + number(1, 2) +
           number(1, 2) + number(8000, 4) + number(16000, 4) + number(2, 2) + number(16, 2) +
           "data" + number(size, 4) + std::string(size, '\0');
}

/// The service, with a job that waits.
struct Whole {
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("service_fuzz_" + std::to_string(getpid()));
    EnginesDouble engines;
    SharedEngines shared{engines};
    DataFolder data{folder / "data"};
    jobs::JobStore store{folder / "data/jobs.db"};
    jobs::JobRunner runner{store, shared, {data.outputs(), data.previews()}};
    FaceEverywhere examiner;
    // A program that never speaks: what reads its requests is asked, not the program.
    speech::Speaker speaker{{{"/bin/false", "{output}"}, {{"mei", "Mei", "zh-TW"}}}};
    Service service{{"1.2.3", 40}, data, store, runner, examiner, shared, speaker};
    SetupRoutes setup{{data.root(), folder / "checkpoints", {}}, shared};
    Metrics metrics;
    RequestLog log{LogFormat::none};
    Front front{
        {"", "", "", {"https://slides.example.org"}, false, true}, service, setup, metrics, log};
    std::string job;

    Whole() {
        media::save_png(Image(64, 48),
                        data.uploads() / ("avatar_" + std::string(known_id) + ".png"));
        std::filesystem::create_directories(data.outputs() / "audio");
        std::ofstream(data.outputs() / "audio/slide_1.wav", std::ios::binary) << silence();
        std::ofstream(data.outputs() / "clip.mp4", std::ios::binary) << std::string(1000, 'v');
        jobs::JobRequest wanted;
        wanted.photo = *data.photo(std::string(known_id));
        wanted.audio = data.outputs() / "audio/slide_1.wav";
        job = store.add(wanted, 40).id;
    }
    ~Whole() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    Whole(const Whole&) = delete;
    Whole& operator=(const Whole&) = delete;
};

std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

/// Nothing where the server refuses it before anybody is asked.
std::optional<Request> read(const Whole& whole, std::string_view text) {
    const auto& routes = whole.service.routes();
    const std::size_t chosen =
        static_cast<unsigned char>(text.front()) % (routes.size() + more_routes.size());
    text.remove_prefix(1);
    Request request;
    std::string target;
    if (chosen < more_routes.size()) {
        request.method = more_routes[chosen].first;
        target = more_routes[chosen].second;
    } else {
        const Route& route = routes[chosen - more_routes.size()];
        request.method = route.method;
        target = route.path;
        if (const auto at = target.find("{id}"); at != std::string::npos) {
            const bool photo = target.find("/photo/") != std::string::npos;
            target.replace(at, 4, photo ? std::string(known_id) : whole.job);
        }
    }
    // What follows the address: its query, or all of it.
    target += take_line(text);
    const auto parsed = parse_target(target);
    if (!parsed || parsed->path.starts_with("/api/setup/")) return std::nullopt;
    request.path = parsed->path;
    request.query = parsed->query;
    std::string head = "GET / HTTP/1.1\r\nhost: localhost\r\n";
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) break;
        const auto letter = static_cast<unsigned char>(line.front() - 'a');
        const char* const name = header_names[letter % header_names.size()];
        request.headers[name] = line.substr(1);
        if (std::string_view(name) != "host")
            head.append(name).append(": ").append(line.substr(1)).append("\r\n");
    }
    if (check_head(head + "\r\n").refused != 0) return std::nullopt;
    request.peer = "127.0.0.1";
    request.body = text;
    return request;
}

/// As the server's connection does it.
Response answer(Whole& whole, Request& request) {
    whole.front.begin(request);
    try {
        const BodyPlan plan = whole.front.plan(request);
        if (request.body.size() > static_cast<std::size_t>(plan.max_bytes)) {
            return whole.front.refuse(413, request);
        }
        request.max_body_bytes = plan.max_bytes;
        request.upload = plan.upload;
    } catch (const Refusal& refusal) {
        return refusal.response;
    }
    if (request.upload) {
        if (!request.upload->push(request.body)) return whole.front.refuse(400, request);
        request.body.clear();
    }
    return whole.front.handle(request);
}

void look_at(const Response& response) {
    check(response.status >= 200 && response.status < 600, "the status is one of HTTP's");
    check(status_text(response.status) != "Unknown", "the status has a name");
    if (response.status == 500) std::fprintf(stderr, "%s\n", response.body.c_str());
    check(response.status != 500, "nothing fails");
    for (const auto& [name, value] : response.headers) {
        check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
              "a header is one line");
        if (name == "Content-Type" && value.starts_with("application/json"))
            check(valid_utf8(response.body), "JSON is UTF-8");
    }
    if (response.file) {
        check(response.file->offset >= 0 && response.file->length >= 0 &&
                  response.file->offset + response.file->length <= 1'000'000,
              "a range lies in its file");
    }
    if (response.events) {
        for (int i = 0; i < 2; ++i)
            check(valid_utf8(response.events().text), "events are UTF-8");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static std::unique_ptr<Whole> whole;
    static int asked = 0;
    // From time to time a new one: what was uploaded and queued goes.
    if (!whole || ++asked % 500 == 0) {
        whole.reset();
        whole = std::make_unique<Whole>();
    }
    auto request = read(*whole, {reinterpret_cast<const char*>(data), size});
    if (!request) return 0;
    Response response = answer(*whole, *request);
    request->upload.reset();
    whole->front.dress(*request, response);
    look_at(response);
    whole->front.done({*request, response.status, response.job_id, response.batch_id, 0, {}});
    return 0;
}
