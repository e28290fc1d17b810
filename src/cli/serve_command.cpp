#include <algorithm>
#include <condition_variable>
#include <iostream>
#include <memory>
#include <mutex>
#include <sstream>
#include <thread>

#include <CLI/CLI.hpp>

#include "app/installed_files.h"
#include "app/photo_examiner.h"
#include "app/shared_engines.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/finished_judge.h"
#include "cli/options.h"
#include "cli/speak_command.h"
#include "jobs/app_presenter.h"
#include "jobs/job_runner.h"
#include "jobs/presentation_work.h"
#include "server/client_origin.h"
#include "server/front.h"
#include "server/http_server.h"
#include "server/job_watch.h"
#include "server/service.h"
#include "server/unused_uploads.h"
#include "server/webhooks.h"

namespace ditto::cli {
namespace {

/// The options as they were written.
struct Written {
    std::string host;
    std::string port;
    std::string data;
    std::string checkpoints;
    std::string device;
    std::string face_finder;
    std::string jobs;
    std::string judge;
    std::string queue;
    std::string keep_hours;
    std::string drain;
    std::string api_key_file;
    std::string new_api_key;
    std::vector<std::string> allow_origins;
    std::string log_format;
    std::string disk_floor;
    std::string webhook_secret_file;
    std::string speech;
    bool webhook_allow_private = false;
    bool behind_proxy = false;
    bool insecure = false;
};

/// Only this computer can reach such an address.
bool is_loopback(const std::string& host) {
    return host.rfind("127.", 0) == 0 || host == "::1" || host == "localhost";
}

void add_address(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Service", "服務"}.in(language);
    add_option(
        command, "--host", written.host, "ADDRESS",
        Text{"address to listen on (default: 127.0.0.1)", "監聽位址(預設:127.0.0.1)"}.in(language),
        group);
    add_option(
        command, "--port", written.port, "NUMBER",
        Text{"port; 0 takes a free one (default: 8080)", "連接埠,0 為任一可用埠(預設:8080)"}.in(
            language),
        group);
    command
        .add_flag("--insecure", written.insecure,
                  Text{"allows an address that others can reach without API keys",
                       "允許在沒有 API 金鑰的情況下使用他人可連線的位址"}
                      .in(language))
        ->group(group);
    add_option(command, "--data", written.data, "FOLDER",
               Text{"photos, voices, videos and jobs (default: data)",
                    "照片、語音、影片與工作的資料夾(預設:data)"}
                   .in(language),
               group);
    add_option(command, "--checkpoints", written.checkpoints, "FOLDER",
               Text{"Ditto's official checkpoints (default: checkpoints)",
                    "Ditto 官方模型檔的資料夾(預設:checkpoints)"}
                   .in(language),
               group);
    add_device(command, written.device, language, group);
    add_face_finder(command, written.face_finder, language, group);
    add_option(command, "--speech", written.speech, "FILE",
               Text{"a JSON file that names the program that speaks scripts (default: espeak-ng)",
                    "指定朗讀講稿程式的 JSON 檔(預設:espeak-ng)"}
                   .in(language),
               group);
}

void add_access(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Access", "存取"}.in(language);
    add_option(command, "--api-key-file", written.api_key_file, "FILE",
               Text{"only who has a key of this file may use the API",
                    "只有持有此檔案中金鑰的人可使用 API"}
                   .in(language),
               group);
    add_option(command, "--new-api-key", written.new_api_key, "NAME",
               Text{"adds a key of this name to --api-key-file, prints it once and ends",
                    "在 --api-key-file 中新增此名稱的金鑰,顯示一次後結束"}
                   .in(language),
               group);
    command
        .add_option("--allow-origin", written.allow_origins,
                    Text{"pages of this origin may use the API, such as https://example.org; can "
                         "be repeated",
                         "允許此來源的網頁使用 API,例如 https://example.org;可重複指定"}
                        .in(language))
        ->type_name("ORIGIN")
        ->group(group);
    command
        .add_flag("--behind-proxy", written.behind_proxy,
                  Text{"believes X-Forwarded-For and X-Forwarded-Proto of the proxy in front",
                       "採信前端代理伺服器的 X-Forwarded-For 與 X-Forwarded-Proto"}
                      .in(language))
        ->group(group);
    add_option(
        command, "--webhook-secret-file", written.webhook_secret_file, "FILE",
        Text{"what webhooks are signed with (default: webhook.secret in --data, made when it "
             "is missing)",
             "Webhook 簽章用的密鑰檔(預設:--data 中的 webhook.secret,不存在時自動建立)"}
            .in(language),
        group);
    command
        .add_flag("--webhook-allow-private", written.webhook_allow_private,
                  Text{"webhooks may go to this computer and the local network",
                       "允許 Webhook 連線至本機與區域網路"}
                      .in(language))
        ->group(group);
    add_option(command, "--log-format", written.log_format, "FORMAT",
               Text{"text, json or none, on stderr (default: text)",
                    "text、json 或 none,寫至 stderr(預設:text)"}
                   .in(language),
               group);
}

void add_limits(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Limits", "限制"}.in(language);
    add_option(command, "--jobs", written.jobs, "NUMBERS",
               Text{"videos made at once, and of them by each engine, such as 4,ditto=1 (default: "
                    "one for each four processor cores, at most 4; ditto=1)",
                    "同時生成的影片數,並可限制各引擎,例如 4,ditto=1(預設:每四個處理器核心一支,"
                    "最多 4;ditto=1)"}
                   .in(language),
               group);
    add_option(command, "--judge", written.judge, "on|off",
               Text{"measures each finished video, for its job's field judge (default: on)",
                    "評測每支完成的影片,結果見工作的 judge 欄位(預設:on)"}
                   .in(language),
               group);
    add_option(command, "--queue", written.queue, "NUMBER",
               Text{"jobs that may wait (default: 32)", "可等待的工作數(預設:32)"}.in(language),
               group);
    add_option(
        command, "--keep-hours", written.keep_hours, "HOURS",
        Text{"removes finished jobs and their videos after this time, and uploads that no job "
             "uses; 0 keeps them (default: 0)",
             "完成的工作與影片、未被使用的上傳檔案保留的時數,0 為永久保留(預設:0)"}
            .in(language),
        group);
    add_option(command, "--drain", written.drain, "SECONDS",
               Text{"how long a stop waits for jobs that run before they go back to the queue "
                    "(default: 10)",
                    "停止時等待進行中工作的秒數,逾時放回佇列(預設:10)"}
                   .in(language),
               group);
    add_option(command, "--disk-floor", written.disk_floor, "MB",
               Text{"refuses new work while less is free for the data; 0: never (default: 1000)",
                    "資料磁碟剩餘空間低於此值時不接受新工作,0 為不限制(預設:1000)"}
                   .in(language),
               group);
}

/// Throws Error{option_value}.
server::LogFormat log_format(const std::string& text) {
    if (text.empty() || text == "text") return server::LogFormat::text;
    if (text == "json") return server::LogFormat::json;
    if (text == "none") return server::LogFormat::none;
    throw Error(ErrorCode::option_value,
                {{"option", "--log-format"}, {"value", text}, {"expected", "text, json, none"}});
}

/// Throws Error{option_value}.
server::FrontSettings front_settings(const Written& written, const std::string& host) {
    server::FrontSettings front;
    front.web = find_shared_folder("web");
    front.api_docs = find_shared_folder("api_docs");
    front.api_keys = written.api_key_file;
    front.loopback_only = is_loopback(host);
    front.behind_proxy = written.behind_proxy;
    front.disk_floor_bytes = std::int64_t{1'000'000} *
                             number_option("--disk-floor", written.disk_floor, 0, 1'000'000, 1000);
    for (const std::string& text : written.allow_origins) {
        const auto origin = server::normalized_origin(text);
        if (!origin) {
            throw Error(ErrorCode::option_value, {{"option", "--allow-origin"},
                                                  {"value", text},
                                                  {"expected", "https://example.org"}});
        }
        front.allowed_origins.push_back(*origin);
    }
    return front;
}

/// "4", "mesh=4,ditto=1" or "4,ditto=1". Without a number of all, it is the sum of the engines'.
/// Throws Error{option_value}.
void set_jobs(const std::string& text, jobs::RunnerSettings& settings) {
    constexpr int most = 64;
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    settings.workers = std::clamp(cores / 4, 1, 4);
    settings.engine_limits["ditto"] = 1;
    if (text.empty()) return;
    int all = 0;
    int sum = 0;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
        const std::size_t equals = part.find('=');
        const std::string engine = equals == std::string::npos ? "" : part.substr(0, equals);
        const std::string number = part.substr(equals == std::string::npos ? 0 : equals + 1);
        const bool known = engine.empty() || engine == "mesh" || engine == "ditto";
        if (!known || number.empty()) {
            throw Error(ErrorCode::option_value, {{"option", "--jobs"},
                                                  {"value", text},
                                                  {"expected", "1 - 64, mesh=..., ditto=..."}});
        }
        const int count = number_option("--jobs", number, 1, most, 1);
        if (engine.empty()) {
            all = count;
        } else {
            settings.engine_limits[engine] = count;
            sum += count;
        }
    }
    settings.workers = all > 0 ? all : std::min(sum, most);
}

int new_api_key(const Written& written) {
    if (written.api_key_file.empty()) {
        throw Error(
            ErrorCode::option_value,
            {{"option", "--api-key-file"}, {"value", ""}, {"expected", "FILE (--new-api-key)"}});
    }
    std::cout << server::ApiKeys::add(written.api_key_file, written.new_api_key) << std::endl;
    return 0;
}

/// Serves until a stop is requested. From then on nothing new is taken; what runs may finish for
/// `patience_s` and can be asked for, before the connections end as well.
void serve_until(const std::stop_token& stop, server::HttpServer& http, server::Front& front,
                 jobs::JobRunner& runner, double patience_s) {
    std::stop_source end;
    std::thread drain([&] {
        std::mutex mutex;
        std::condition_variable_any changed;
        std::unique_lock lock(mutex);
        changed.wait(lock, stop, [] { return false; });
        front.drain();
        runner.stop(patience_s);
        end.request_stop();
    });
    http.run(end.get_token());
    drain.join();
}

int serve(const Written& written, const std::stop_token& stop) {
    server::ServerSettings address;
    if (!written.host.empty()) address.host = written.host;
    if (!is_loopback(address.host) && !written.insecure && written.api_key_file.empty()) {
        throw Error(ErrorCode::option_value,
                    {{"option", "--host"},
                     {"value", address.host},
                     {"expected", "127.0.0.1, ::1, --api-key-file, --insecure"}});
    }
    const server::FrontSettings front_options = front_settings(written, address.host);
    server::RequestLog log(log_format(written.log_format));
    server::Metrics metrics;
    server::JobWatch watch(metrics, log);
    address.port =
        static_cast<unsigned short>(number_option("--port", written.port, 0, 65535, 8080));
    server::DataFolder data(written.data.empty() ? "data" : written.data);
    jobs::RunnerSettings settings;
    settings.outputs = data.outputs();
    settings.previews = data.previews();
    settings.observer = &watch;
    if (!written.checkpoints.empty()) settings.checkpoints = written.checkpoints;
    check_choice("--judge", written.judge, {"on", "off"});
    if (written.judge != "off") settings.judge = finished_judge();
    set_jobs(written.jobs, settings);
    settings.keep_finished_s =
        3600. * number_option("--keep-hours", written.keep_hours, 0, 100000, 0);
    const double patience_s = number_option("--drain", written.drain, 0., 86400., 10.);

    const auto built_in =
        built_in_engines({device_from(written.device), face_finder_from(written.face_finder)});
    const auto examiner = built_in_photo_examiner();
    SharedEngines engines(*built_in);
    jobs::JobStore store(data.root() / "jobs.db");
    const speech::Speaker speaker = speaker_from(written.speech);
    jobs::SlideStore slide_store(data.root() / "jobs.db");
    jobs::AppPresenter presenter(engines, speaker, settings.checkpoints);
    jobs::PresentationWork presentations(slide_store, presenter, data.root() / "presentations");
    settings.presentations = &presentations;
    settings.remove_uploads = [&](double before_s) {
        server::remove_unused_uploads(data, store, before_s);
    };
    jobs::JobRunner runner(store, engines, settings);
    const int queue = number_option("--queue", written.queue, 1, 100000, 32);
    server::Service service({DITTO_VERSION, queue, settings.checkpoints}, data, store, runner,
                            *examiner, engines, speaker);
    jobs::WebhookStore webhook_store(data.root() / "jobs.db");
    server::WebhookSettings webhook_settings;
    webhook_settings.secret = server::webhook_secret(
        written.webhook_secret_file.empty() ? data.root() / "webhook.secret"
                                            : std::filesystem::path(written.webhook_secret_file));
    webhook_settings.allow_private = written.webhook_allow_private;
    const server::Webhooks webhooks(webhook_settings, webhook_store, store, metrics, log);
    server::SetupRoutes setup(
        {data.root(), settings.checkpoints, hub::hub_settings_from_environment()}, engines);
    server::Front front(front_options, service, setup, metrics, log);
    server::HttpServer http(front, address);
    runner.start();
    std::cout << "[Init] Avatar service initialized (models will load on first use)\n"
              << "INFO:     Avatar service running on http://" << address.host << ":" << http.port()
              << std::endl;
    serve_until(stop, http, front, runner, patience_s);
    return 0;
}

}  // namespace

Action declare_serve(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "serve", Text{"serve the HTTP API", "啟動 HTTP API 服務"}.in(language));
    const auto written = std::make_shared<Written>();
    add_address(command, *written, language);
    add_access(command, *written, language);
    add_limits(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        return written->new_api_key.empty() ? serve(*written, around.stop) : new_api_key(*written);
    };
}

}  // namespace ditto::cli
