#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "server/metrics.h"
#include "server/request_log.h"
#include "server/static_files.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

using testing::HasSubstr;

void write_text(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

class Studio : public ServiceFixture {
  protected:
    Studio() {
        stop();
        const std::filesystem::path web = folder_ / "web";
        write_text(web / "index.html", "<!DOCTYPE html>");
        write_text(web / "assets/index-4f2a9c1b.js", "run()");
        write_text(web / "assets/index-4f2a9c1b.js.br", "brotli");
        write_text(web / "assets/index-4f2a9c1b.js.gz", "gzip");
        write_text(web / "secret.key", "x");
        write_text(web / ".hidden.html", "x");
        front_settings_.web = web;
        start();
    }
};

TEST_F(Studio, PagesComeWithTypePolicyAndTag) {
    const Answer page = get("/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.body, "<!DOCTYPE html>");
    EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.headers.at("cache-control"), "no-cache");
    EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("default-src 'self'"));
    EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
    const Answer again = get("/", "If-None-Match: " + page.headers.at("etag") + "\r\n");
    EXPECT_EQ(again.status, 304);
    EXPECT_EQ(again.body, "");
}

TEST_F(Studio, HashedAssetsAreKeptForeverAndComePacked) {
    const Answer plain = get("/assets/index-4f2a9c1b.js");
    EXPECT_EQ(plain.body, "run()");
    EXPECT_THAT(plain.headers.at("cache-control"), HasSubstr("immutable"));
    const Answer packed = get("/assets/index-4f2a9c1b.js", "Accept-Encoding: gzip, br\r\n");
    EXPECT_EQ(packed.body, "brotli");
    EXPECT_EQ(packed.headers.at("content-encoding"), "br");
    EXPECT_EQ(packed.headers.at("content-type"), "text/javascript; charset=utf-8");
    EXPECT_NE(packed.headers.at("etag"), plain.headers.at("etag"));
    const Answer gzip = get("/assets/index-4f2a9c1b.js", "Accept-Encoding: br;q=0, gzip\r\n");
    EXPECT_EQ(gzip.body, "gzip");
}

TEST_F(Studio, NothingElseOfTheFolderIsServed) {
    for (const char* path : {"/secret.key", "/.hidden.html", "/assets", "/assets/", "/none.html",
                             "/assets//index-4f2a9c1b.js", "/index.html/"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
    EXPECT_EQ(get("/..%2fjobs.db").status, 400);
}

TEST(StaticFiles, NamesWithAHash) {
    EXPECT_TRUE(is_hashed_name("assets/index-4f2a9c1b.js"));
    EXPECT_TRUE(is_hashed_name("assets/a-DiwrgTda.css"));
    EXPECT_FALSE(is_hashed_name("assets/index.js"));
    EXPECT_FALSE(is_hashed_name("assets/mesh-renderer.js"));
    EXPECT_FALSE(is_hashed_name("4f2a9c1b.js"));
}

using Operator = ServiceFixture;

TEST_F(Operator, TheMissingStudioSaysHowToMakeIt) {
    EXPECT_THAT(get("/", "Accept-Language: en\r\n").body, HasSubstr("--target studio"));
    EXPECT_THAT(get("/").body, HasSubstr("尚未建置"));
}

TEST_F(Operator, HealthReadyAndDraining) {
    EXPECT_EQ(get("/health").json().at("status"), "ok");
    EXPECT_EQ(get("/ready").json().at("status"), "ready");
    const std::string job = add_job();
    front_->drain();
    EXPECT_EQ(get("/ready").status, 503);
    EXPECT_EQ(get("/ready").json().at("status"), "draining");
    EXPECT_EQ(get("/health").status, 200);
    EXPECT_EQ(post_json("/api/avatar/generate", "{}").status, 503);
    EXPECT_EQ(upload(picture()).status, 503);
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
}

TEST_F(Operator, IsNotReadyWhileModelsLoad) {
    std::atomic<bool> loading = false;
    engines_.on_load = [&] {
        loading = true;
        while (!released_)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    const std::string job = add_job();
    while (!loading)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const Answer answer = get("/ready", "Accept-Language: en\r\n");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.json().at("status"), "loading");
    EXPECT_EQ(answer.detail(), "The models are being loaded.");
    EXPECT_THAT(get("/metrics").body, HasSubstr("ditto_ready 0\n"));
    EXPECT_EQ(get("/api/avatar/system-info").json().at("model_loaded"), false);
    released_ = true;
    EXPECT_EQ(wait_for_end(job).at("status"), "completed");
    EXPECT_EQ(get("/ready").status, 200);
}

TEST_F(Operator, MetricsCountWhatHappened) {
    wait_for_end(add_job());
    get("/none/at/all");
    std::string text = get("/metrics").body;
    // The store knows of a job's end a moment before the metrics do.
    while (text.find("ditto_jobs_ended_total{") == std::string::npos)
        text = get("/metrics").body;
    EXPECT_THAT(text, HasSubstr("# TYPE ditto_jobs gauge\n"));
    EXPECT_THAT(text, HasSubstr("ditto_jobs{state=\"completed\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("ditto_http_requests_total{method=\"POST\",route=\"/api/avatar/"
                                "generate\",status=\"200\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("route=\"/api/avatar/job/{id}/status\""));
    EXPECT_THAT(text, HasSubstr("route=\"unmatched\",status=\"404\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("ditto_http_request_seconds_bucket{route=\"/api/avatar/generate\","
                                "le=\"+Inf\"} 1\n"));
    EXPECT_THAT(text,
                HasSubstr("ditto_jobs_ended_total{engine=\"double\",state=\"completed\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("ditto_stage_seconds_count{stage=\"render\"} 1\n"));
    EXPECT_THAT(text, testing::ContainsRegex("ditto_frames_total [1-9]"));
    EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes "));
}

TEST(Metrics, SeriesAreBoundedAndLabelsEscaped) {
    Metrics metrics;
    metrics.add("a", {{"b", "x\"\\\n"}});
    for (std::size_t i = 0; i < 2 * Metrics::most_series; ++i)
        metrics.add("c", {{"d", std::to_string(i)}});
    const std::string text = metrics.text();
    EXPECT_THAT(text, HasSubstr("a{b=\"x\\\"\\\\\\n\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("c{d=\"other\"} 300\n"));
}

TEST_F(Operator, EveryAnswerHasADate) {
    for (const char* path : {"/health", "/none", "/api/avatar/jobs"}) {
        EXPECT_THAT(get(path).headers.at("date"),
                    testing::MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} 20[0-9]{2} "
                                          "[0-9]{2}:[0-9]{2}:[0-9]{2} GMT"));
    }
}

TEST_F(Operator, EveryAnswerHasAnId) {
    const Answer own = get("/health");
    EXPECT_EQ(own.headers.at("x-request-id").size(), 16U);
    EXPECT_EQ(get("/health", "X-Request-Id: order-17\r\n").headers.at("x-request-id"), "order-17");
    EXPECT_NE(get("/health", "X-Request-Id: a b\r\n").headers.at("x-request-id"), "a b");
    EXPECT_EQ(get("/none").headers.at("x-request-id").size(), 16U);
}

TEST_F(Operator, AFullDiskTakesNothingNew) {
    const std::string photo = photo_id();
    stop();
    front_settings_.disk_floor_bytes = std::int64_t{1} << 60;
    start();
    add_voice();
    const Answer refused = post_json("/api/avatar/generate", generate_body(photo));
    EXPECT_EQ(refused.status, 507);
    EXPECT_THAT(refused.detail(), HasSubstr("磁碟"));
    EXPECT_EQ(upload(picture()).status, 507);
    EXPECT_EQ(get("/api/avatar/system-info").status, 200);
}

std::string logged(LogFormat format, const RequestLog::Values& values) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) return {};
    {
        RequestLog log(format, ends[1]);
        log.write(LogLevel::info, "request", values);
    }
    close(ends[1]);
    std::string text(4096, '\0');
    text.resize(
        static_cast<std::size_t>(std::max<ssize_t>(0, read(ends[0], text.data(), text.size()))));
    close(ends[0]);
    return text;
}

TEST(RequestLog, LinesForPeopleAndForPrograms) {
    const RequestLog::Values values{{"path", "/a b\n\"c"}, {"status", "200"}, {"key", ""}};
    const std::string text = logged(LogFormat::text, values);
    EXPECT_THAT(text, HasSubstr(" info request path=\"/a b\\n\\\"c\" status=200\n"));
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
    const auto json = nlohmann::json::parse(logged(LogFormat::json, values));
    EXPECT_EQ(json.at("path"), "/a b\n\"c");
    EXPECT_EQ(json.at("status"), 200);
    EXPECT_EQ(json.count("key"), 0U);
    EXPECT_EQ(logged(LogFormat::none, values), "");
}

struct LogFile {
    LogFile() = default;
    ~LogFile() { close(descriptor); }
    LogFile(const LogFile&) = delete;
    LogFile& operator=(const LogFile&) = delete;

    const int descriptor = memfd_create("log", MFD_CLOEXEC);
};

class Logged : public LogFile, public ServiceFixture {
  protected:
    using Json = nlohmann::json;

    Logged() : ServiceFixture(LogFormat::json, descriptor) {}

    /// The whole log, once it has this many lines of the event.
    std::vector<Json> lines(const std::string& event, int count) const {
        std::vector<Json> all;
        for (int i = 0, found = 0; i < 3000 && found < count; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            std::string text(1 << 20, '\0');
            const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
            std::istringstream in(
                text.substr(0, static_cast<std::size_t>(std::max<ssize_t>(0, size))));
            all.clear();
            found = 0;
            for (std::string line; std::getline(in, line) && !in.eof();) {
                all.push_back(Json::parse(line));
                found += all.back().at("event") == event ? 1 : 0;
            }
        }
        return all;
    }
    /// Those that have this value.
    static std::vector<Json> with(const std::vector<Json>& lines, const std::string& name,
                                  const Json& value) {
        std::vector<Json> found;
        std::copy_if(lines.begin(), lines.end(), std::back_inserter(found),
                     [&](const Json& line) { return line.value(name, Json()) == value; });
        return found;
    }
};

TEST_F(Logged, EveryLineNamesItsRequestOrItsJob) {
    add_voice();
    const Answer batch = post_json(
        "/api/avatar/generate-batch",
        R"({"photo_id": ")" + photo_id() + R"(", "audio_paths": ["./outputs/audio/slide_1.wav"]})");
    const std::string batch_id = batch.json().at("batch_id");
    const std::string done = batch.json().at("jobs")[0].at("job_id");
    const std::string video = wait_for_end(done).at("video_url");
    const std::string video_request = get(video).headers.at("x-request-id");
    engines_.engine->before_frame = [](std::int64_t) { throw Error(ErrorCode::memory); };
    const std::string failed = add_job();
    wait_for_end(failed);
    get("/none", "X-Request-Id: order-17\r\n");
    const std::vector<Json> log = lines("job_ended", 2);

    for (const Json& line : log) {
        EXPECT_THAT(line.at("time").get<std::string>(), HasSubstr("Z")) << line;
        EXPECT_EQ(line.at("level"), line.value("state", "") == "failed" ? "error" : "info") << line;
        if (line.at("event") == "request") {
            for (const char* name : {"request_id", "client", "method", "path"})
                EXPECT_FALSE(line.at(name).get<std::string>().empty()) << line;
            for (const char* name : {"status", "bytes", "duration_ms"})
                EXPECT_TRUE(line.at(name).is_number()) << line;
        } else {
            EXPECT_EQ(line.at("job_id").get<std::string>().size(), 36U) << line;
        }
    }
    EXPECT_EQ(with(log, "request_id", batch.headers.at("x-request-id"))[0].at("batch_id"),
              batch_id);
    EXPECT_EQ(with(log, "request_id", video_request)[0].at("job_id"), done);
    EXPECT_EQ(with(log, "request_id", "order-17")[0].at("status"), 404);
    const std::vector<Json> of_failed = with(log, "job_id", failed);
    // A job may start before its client has the whole answer.
    EXPECT_EQ(with(of_failed, "event", "request").at(0).at("path"), "/api/avatar/generate");
    EXPECT_EQ(with(of_failed, "event", "job_started")[0].at("attempt"), 1);
    const Json end = with(of_failed, "event", "job_ended").at(0);
    EXPECT_EQ(end.at("error"), "memory");
    EXPECT_EQ(end.at("engine"), "double");
    EXPECT_EQ(end.at("frames"), 0);
    for (const char* event : {"job_started", "job_ended"})
        EXPECT_EQ(with(with(log, "event", event), "batch_id", batch_id).at(0).at("job_id"), done);
}

TEST(RequestLog, AReaderThatSleepsStopsNobody) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    {
        RequestLog log(LogFormat::text, ends[1]);
        for (std::size_t i = 0; i < 2 * RequestLog::most_waiting; ++i)
            log.write(LogLevel::info, "request", {{"path", std::string(200, 'x')}});
        EXPECT_GT(log.dropped(), 0U);
    }
    close(ends[0]);
    close(ends[1]);
}

}  // namespace
}  // namespace ditto::server
