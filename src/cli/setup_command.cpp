#include <charconv>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/options.h"
#include "setup/run.h"

namespace ditto::cli {
namespace {

struct Written {
    setup::SetupRequest request;
    bool all = false;
    std::string checkpoints;
    std::string set;
    std::string from_dir;
    std::string mirror;
    std::string revision;
    std::string test_folder;
    std::string port;
};

void add_actions(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"What to do", "要做什麼"}.in(language);
    const auto flag = [&](const char* name, bool& value, Text text) {
        command.add_flag(name, value, text.in(language))->group(group);
    };
    setup::SetupRequest& request = written.request;
    flag("--diagnose", request.diagnose,
         {"look at everything and say what works now (default)",
          "完整診斷,並說明目前可用的功能(預設)"});
    flag("--check-gpu", request.check_gpu, {"only the GPU", "只檢查 GPU"});
    flag("--check-deps", request.check_deps,
         {"only ONNX Runtime, FFmpeg, fonts, and what reads slides and speaks scripts",
          "只檢查 ONNX Runtime、FFmpeg、字型,以及讀取簡報與朗讀講稿的程式"});
    flag("--download-models", request.download_models,
         {"fetch Ditto's official model files", "下載 Ditto 官方模型"});
    flag("--verify", request.verify,
         {"read every model file and compare its hash", "讀取每個模型檔案並比對雜湊值"});
    flag("--test", request.test,
         {"make two seconds of video with every engine", "以每個可用的引擎各生成兩秒影片"});
    flag("--all", written.all,
         {"--diagnose, --download-models, --verify and --test",
          "依序執行 --diagnose、--download-models、--verify、--test"});
    flag("--list-urls", request.list_urls,
         {"print every file's address as a script, for a machine without network",
          "列出每個檔案的網址(可直接執行的腳本),供無法連網的電腦使用"});
    flag("--json", request.json, {"the report as JSON on stdout", "以 JSON 輸出報告"});
}

void add_values(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Where from and where to", "來源與位置"}.in(language);
    const auto add = [&](const char* name, std::string& value, const char* type, Text text) {
        add_option(command, name, value, type, text.in(language), group);
    };
    add("--checkpoints", written.checkpoints, "FOLDER",
        {"the folder of the model files (default: checkpoints)",
         "模型檔案的資料夾(預設:checkpoints)"});
    add("--set", written.set, "minimal|onnx|pytorch|all",
        {"which files: minimal is the smallest set that runs, 2.3 GB (default)",
         "要哪些檔案:minimal 為可執行的最小組合,2.3 GB(預設)"});
    add("--from-dir", written.from_dir, "FOLDER",
        {"take the files from this folder instead of the network", "從資料夾取得檔案,不使用網路"});
    add("--mirror", written.mirror, "URL",
        {"another server laid out as the hub, or an address with {name} in it",
         "其他鏡像站,或含有 {name} 的網址"});
    add("--revision", written.revision, "NAME",
        {"another version than the one this program was made for", "改用其他版本"});
    add("--output", written.test_folder, "FOLDER",
        {"where --test puts its videos (default: out)", "--test 影片的資料夾(預設:out)"});
    add("--port", written.port, "NUMBER",
        {"the port that the service will use (default: 8080)", "服務要使用的埠(預設:8080)"});
}

int port_from(const std::string& text) {
    int port = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (problem != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) {
        throw Error(ErrorCode::option_value,
                    {{"option", "--port"}, {"value", text}, {"expected", "1-65535"}});
    }
    return port;
}

setup::SetupRequest request_from(const Written& written, const Console& console) {
    setup::SetupRequest request = written.request;
    request.language = console.language;
    if (written.all) {
        request.diagnose = request.download_models = request.verify = request.test = true;
    }
    if (!written.checkpoints.empty()) request.checkpoints = written.checkpoints;
    if (!written.set.empty()) {
        check_choice("--set", written.set, {"minimal", "onnx", "pytorch", "all"});
        request.set = written.set;
    }
    request.from_dir = written.from_dir;
    request.hub = hub::hub_settings_from_environment();
    request.hub.mirror = written.mirror;
    request.hub.revision = written.revision;
    if (!written.test_folder.empty()) request.test_folder = written.test_folder;
    if (!written.port.empty()) request.port = port_from(written.port);
    const bool watched = isatty(STDERR_FILENO) != 0;
    request.view = watched ? setup::ViewMode::bar : setup::ViewMode::lines;
    return request;
}

}  // namespace

Action declare_setup(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "setup", Text{"say what works here, fetch and verify Ditto's models",
                      "環境診斷、下載與驗證 Ditto 模型"}
                     .in(language));
    const auto written = std::make_shared<Written>();
    add_actions(command, *written, language);
    add_values(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        const setup::SetupRequest request = request_from(*written, around.console);
        const auto engines = built_in_engines();
        const bool good = setup::run_setup(request, *engines, std::cout, std::cerr, around.stop);
        return good ? 0 : exit_status(ErrorKind::model);
    };
}

}  // namespace ditto::cli
