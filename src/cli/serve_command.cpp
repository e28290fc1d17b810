#include <charconv>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/photo_examiner.h"
#include "app/shared_engines.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "jobs/job_runner.h"
#include "server/http_server.h"
#include "server/service.h"

namespace ditto::cli {
namespace {

/// How long a stop waits for the job that runs before it goes back to the queue.
constexpr double patience_s = 10;

/// The options as they were written.
struct Written {
    std::string host;
    std::string port;
    std::string data;
    std::string checkpoints;
    std::string jobs;
    std::string queue;
    std::string keep_hours;
    bool insecure = false;
};

/// Only this computer can reach such an address.
bool is_loopback(const std::string& host) {
    return host.rfind("127.", 0) == 0 || host == "::1" || host == "localhost";
}

int number(const char* option, const std::string& text, int minimum, int maximum, int otherwise) {
    if (text.empty()) return otherwise;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || value < minimum || value > maximum) {
        throw Error(ErrorCode::option_value,
                    {{"option", option},
                     {"value", text},
                     {"expected", std::to_string(minimum) + " - " + std::to_string(maximum)}});
    }
    return value;
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
                  Text{"allows an address that others can reach; there is no access control yet",
                       "允許他人可連線的位址;目前尚無存取控制"}
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
}

void add_limits(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Limits", "限制"}.in(language);
    add_option(command, "--jobs", written.jobs, "NUMBER",
               Text{"videos made at once (default: 1)", "同時生成的影片數(預設:1)"}.in(language),
               group);
    add_option(command, "--queue", written.queue, "NUMBER",
               Text{"jobs that may wait (default: 32)", "可等待的工作數(預設:32)"}.in(language),
               group);
    add_option(command, "--keep-hours", written.keep_hours, "HOURS",
               Text{"removes finished jobs and their videos after this time; 0 keeps them "
                    "(default: 0)",
                    "完成的工作與影片保留的時數,0 為永久保留(預設:0)"}
                   .in(language),
               group);
}

int serve(const Written& written, const std::stop_token& stop) {
    server::ServerSettings address;
    if (!written.host.empty()) address.host = written.host;
    if (!is_loopback(address.host) && !written.insecure) {
        throw Error(ErrorCode::option_value, {{"option", "--host"},
                                              {"value", address.host},
                                              {"expected", "127.0.0.1, ::1, --insecure"}});
    }
    address.port = static_cast<unsigned short>(number("--port", written.port, 0, 65535, 8080));
    server::DataFolder data(written.data.empty() ? "data" : written.data);
    jobs::RunnerSettings settings;
    settings.outputs = data.outputs();
    if (!written.checkpoints.empty()) settings.checkpoints = written.checkpoints;
    settings.workers = number("--jobs", written.jobs, 1, 64, 1);
    settings.keep_finished_s = 3600. * number("--keep-hours", written.keep_hours, 0, 100000, 0);

    const auto built_in = built_in_engines();
    const auto examiner = built_in_photo_examiner();
    SharedEngines engines(*built_in);
    jobs::JobStore store(data.root() / "jobs.db");
    jobs::JobRunner runner(store, engines, settings);
    const int queue = number("--queue", written.queue, 1, 100000, 32);
    server::Service service({DITTO_VERSION, queue}, data, store, runner, *examiner, engines);
    server::HttpServer http(service, address);
    runner.start();
    std::cout << "[Init] Avatar service initialized (models will load on first use)\n"
              << "INFO:     Avatar service running on http://" << address.host << ":" << http.port()
              << std::endl;
    http.run(stop);
    runner.stop(patience_s);
    return 0;
}

}  // namespace

Action declare_serve(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "serve", Text{"serve the HTTP API", "啟動 HTTP API 服務"}.in(language));
    const auto written = std::make_shared<Written>();
    add_address(command, *written, language);
    add_limits(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        return serve(*written, around.stop);
    };
}

}  // namespace ditto::cli
