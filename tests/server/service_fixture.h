#pragma once

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "client.h"
#include "engine_double.h"
#include "files.h"
#include "jobs/app_presenter.h"
#include "jobs/presentation_work.h"
#include "media/image_file.h"
#include "server/front.h"
#include "server/http_server.h"
#include "server/job_watch.h"
#include "sounds.h"

namespace ditto::server {

/// Finds one face in every picture that can be read, with a mouth that is open, and none in
/// pictures 100 pixels wide.
class ExaminerDouble final : public PhotoExaminer {
  public:
    PhotoReport examine(const std::filesystem::path& photo, int) override {
        ++calls;
        const auto loaded = media::load_photo(photo);
        if (loaded.original_width == 100) throw Error(ErrorCode::face_none);
        PhotoReport report;
        report.width = loaded.original_width;
        report.height = loaded.original_height;
        report.face_count = 1;
        report.face_box = {12, 8, 30, 31};
        report.notices = {{NoticeCode::mouth_open}};
        return report;
    }
    std::atomic<int> calls = 0;
};

/// "Speaks" a recording of a second; silent for the text "silence", after a while for "slowly".
inline speech::SpeechProgram speaking_double() {
    const char* const script =
        R"(case $(cat) in slowly) sleep 2; n=1;; silence) n=200;; *) n=1;; esac
           { printf 'RIFF\044\175\0\0WAVEfmt \020\0\0\0\001\0\001\0'
             printf '\200\076\0\0\0\175\0\0\002\0\020\0data\0\175\0\0'
             if [ $n = 200 ]; then head -c 32000 /dev/zero
             else yes '....~~~~' | head -c 32000; fi; } > "$0")";
    return {{"/bin/sh", "-c", script, "{output}"}, {{"mei", "Mei", "zh-TW"}, {"al", "Al", "en"}}};
}

/// The whole service on a free port, with an engine and a face finder that need no models.
class ServiceFixture : public testing::Test {
  protected:
    /// `log` is a file that stays open; by default nothing is logged.
    explicit ServiceFixture(LogFormat format = LogFormat::none, int log = 2)
        : shared_(engines_), log_(format, log) {
        start();
    }
    ~ServiceFixture() override { stop(); }

    void start() {
        data_ = std::make_unique<DataFolder>(folder_ / "data");
        store_ = std::make_unique<jobs::JobStore>(data_->root() / "jobs.db");
        jobs::RunnerSettings settings;
        settings.outputs = data_->outputs();
        settings.previews = data_->previews();
        settings.observer = &watch_;
        settings.workers = workers_;
        slide_store_ = std::make_unique<jobs::SlideStore>(data_->root() / "jobs.db");
        presentations_ = std::make_unique<jobs::PresentationWork>(*slide_store_, presenter_,
                                                                  data_->root() / "presentations");
        settings.presentations = presentations_.get();
        runner_ = std::make_unique<jobs::JobRunner>(*store_, shared_, settings);
        service_ = std::make_unique<Service>(ServiceSettings{"1.2.3", 3}, *data_, *store_, *runner_,
                                             examiner_, shared_, speaker_);
        server_settings_.port = 0;
        server_settings_.stop_timeout = std::chrono::milliseconds(50);
        SetupSettings setup{data_->root(), folder_ / "checkpoints", {}};
        setup.hub.endpoint = "http://127.0.0.1:9";
        setup_ = std::make_unique<SetupRoutes>(setup, shared_);
        front_ = std::make_unique<Front>(front_settings_, *service_, *setup_, metrics_, log_);
        server_ = std::make_unique<HttpServer>(*front_, server_settings_);
        runner_->start();
        stop_ = std::stop_source();
        thread_ = std::thread([this] { server_->run(stop_.get_token()); });
    }
    void stop() {
        stop_.request_stop();
        if (thread_.joinable()) thread_.join();
        released_ = true;
        runner_->stop(0);
        server_.reset();
        front_.reset();
        setup_.reset();
        service_.reset();
        runner_.reset();
        presentations_.reset();
        slide_store_.reset();
        store_.reset();
    }
    unsigned short port() const { return server_->port(); }

    Answer get(const std::string& target, const std::string& headers = "") const {
        return request(port(), "GET", target, headers);
    }
    Answer post_json(const std::string& target, const std::string& body,
                     const std::string& headers = "") const {
        return request(port(), "POST", target, "Content-Type: application/json\r\n" + headers,
                       body);
    }
    std::string picture(int width = 64, int height = 48) {
        media::save_png(Image(width, height), folder_ / "picture.png");
        std::ifstream file(folder_ / "picture.png", std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    Answer upload(const std::string& content, const std::string& headers = "") const {
        return request(port(), "POST", "/api/avatar/upload-photo", form_header + headers,
                       form("file", content));
    }
    std::string photo_id() { return upload(picture()).json().at("photo_id"); }
    /// Puts a voice where a client names it as `./outputs/audio/slide_1.wav`.
    void add_voice() {
        std::filesystem::create_directories(data_->outputs() / "audio");
        media::write_wav(data_->outputs() / "audio" / "slide_1.wav", media::tone(1, 16000));
    }
    std::string generate_body(const std::string& photo) const {
        return R"({"photo_id": ")" + photo +
               R"(", "audio_path": "./outputs/audio/slide_1.wav", "emotion": 4})";
    }
    std::string add_job() {
        add_voice();
        return post_json("/api/avatar/generate", generate_body(photo_id())).json().at("job_id");
    }
    nlohmann::json status(const std::string& job, const std::string& headers = "") const {
        return get("/api/avatar/job/" + job + "/status", headers).json();
    }
    /// Polls as clients do, until completed or failed.
    nlohmann::json wait_for_end(const std::string& job) const {
        int progress = 0;
        for (int i = 0; i < 3000; ++i) {
            nlohmann::json now = status(job);
            EXPECT_GE(now.at("progress"), progress);
            progress = now.at("progress");
            if (now.at("status") == "completed" || now.at("status") == "failed") return now;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return {};
    }
    /// Holds every job at its third frame.
    void hold() {
        released_ = false;
        engines_.engine->before_frame = [this](std::int64_t index) {
            if (index != 3) return;
            ++held_;
            while (!released_)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        };
    }
    bool wait_until_held(int jobs = 1) const {
        for (int i = 0; i < 3000 && held_ < jobs; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return held_ >= jobs;
    }

    media::TempFolder folder_;
    EnginesDouble engines_;
    SharedEngines shared_;
    ExaminerDouble examiner_;
    speech::Speaker speaker_{speaking_double()};
    /// Jobs at once, from the next start().
    int workers_ = 1;
    std::atomic<int> held_ = 0;
    std::atomic<bool> released_ = false;
    ServerSettings server_settings_;
    std::unique_ptr<DataFolder> data_;
    std::unique_ptr<jobs::JobStore> store_;
    std::unique_ptr<jobs::SlideStore> slide_store_;
    jobs::AppPresenter presenter_{shared_, speaker_, "checkpoints"};
    std::unique_ptr<jobs::PresentationWork> presentations_;
    std::unique_ptr<jobs::JobRunner> runner_;
    std::unique_ptr<Service> service_;
    FrontSettings front_settings_;
    Metrics metrics_;
    RequestLog log_;
    JobWatch watch_{metrics_, log_};
    std::unique_ptr<SetupRoutes> setup_;
    std::unique_ptr<Front> front_;
    std::unique_ptr<HttpServer> server_;
    std::stop_source stop_;
    std::thread thread_;
};

}  // namespace ditto::server
