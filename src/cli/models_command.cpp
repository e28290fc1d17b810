#include <charconv>
#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "checkpoints/config.h"
#include "checkpoints/convert.h"
#include "checkpoints/manifest.h"
#include "checkpoints/synthesize.h"
#include "cli/commands.h"
#include "cli/json_line.h"
#include "cli/options.h"
#include "setup/finding.h"

namespace ditto::cli {
namespace {

namespace fs = std::filesystem;

/// The options as they were written.
struct Written {
    std::string from;
    std::string to;
    std::string size = "tiny";
    std::string seed = "0";
    std::string file;
    std::string checkpoints = "checkpoints";
    bool json = false;
};

void require(std::string_view option, const std::string& value) {
    if (value.empty()) throw Error(ErrorCode::option_missing, {{"option", std::string(option)}});
}

std::uint64_t seed_of(const std::string& text) {
    std::uint64_t seed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
    if (error != std::errc() || end != text.data() + text.size()) {
        throw Error(ErrorCode::option_value,
                    {{"option", "--seed"}, {"value", text}, {"expected", "0, 1, 2, ..."}});
    }
    return seed;
}

int run_convert(const Written& written) {
    require("--from", written.from);
    require("--to", written.to);
    checkpoints::convert(written.from, written.to, [](const checkpoints::ConvertedNetwork& done) {
        std::error_code ignored;
        const auto bytes = static_cast<std::int64_t>(fs::file_size(done.to, ignored));
        std::cout << done.from.string() << " -> " << done.to.string() << " ("
                  << setup::size_text(bytes) << ")" << std::endl;
    });
    return 0;
}

int run_config(const Written& written) {
    require("FILE", written.file);
    std::cout << checkpoints::Config::load(written.file).to_json();
    return 0;
}

int run_synthesize(const Written& written) {
    check_choice("--size", written.size, {"full", "tiny"});
    require("--to", written.to);
    const auto size = written.size == "full" ? checkpoints::SyntheticSize::full
                                             : checkpoints::SyntheticSize::tiny;
    checkpoints::synthesize(size, seed_of(written.seed), written.to);
    std::int64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(written.to)) {
        if (entry.is_regular_file()) bytes += static_cast<std::int64_t>(entry.file_size());
    }
    std::cout << written.to << " (" << setup::size_text(bytes) << ")\n";
    return 0;
}

/// Only looks at names and sizes, which takes no time.
std::string state_of(const checkpoints::ModelFile& file, const fs::path& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return "missing";
    const std::uintmax_t bytes = fs::file_size(path, error);
    const bool other = error || (file.bytes && static_cast<std::uintmax_t>(*file.bytes) != bytes);
    return other ? "other-size" : "present";
}

int run_list(const Written& written) {
    const auto manifest = checkpoints::Manifest::built_in();
    for (const checkpoints::ModelFile& file : manifest.files()) {
        const std::string state = state_of(file, fs::path(written.checkpoints) / file.name);
        const std::int64_t bytes = file.expected_bytes();
        if (written.json) {
            JsonLine line("model");
            line.add("name", file.name);
            line.add("state", state);
            line.add("bytes", bytes);
            line.add("sha256", file.sha256);
            line.add("licence", file.licence);
            line.add("role", file.role);
            std::cout << line.text();
        } else {
            std::cout << state << '\t' << setup::size_text(bytes) << '\t' << file.name << '\t'
                      << file.licence << '\t' << file.role << '\n';
        }
    }
    return 0;
}

}  // namespace

Action declare_models(CLI::App& program, Language language) {
    const auto written = std::make_shared<Written>();
    CLI::App* models = program.add_subcommand(
        "models", Text{"Ditto's model files: list, convert, show the configuration, make synthetic "
                       "ones",
                       "Ditto 模型檔:列出、轉換、顯示設定、產生合成模型"}
                      .in(language));
    const std::string group = Text{"Files", "檔案"}.in(language);
    models->fallthrough();
    const auto command = [&](const char* name, Text description) {
        CLI::App* added = models->add_subcommand(name, description.in(language));
        // --lang belongs to the program.
        return added->fallthrough();
    };
    const auto option = [&](CLI::App* to, const char* name, std::string& value, const char* type,
                            Text description) {
        add_option(*to, name, value, type, description.in(language), group);
    };
    const Text folder_written{"the folder that is written", "輸出資料夾"};

    CLI::App* list = command(
        "list", {"every official file, and whether it is there", "列出所有官方檔案及是否存在"});
    option(list, "--checkpoints", written->checkpoints, "FOLDER",
           {"where they are looked for (default: checkpoints)", "尋找的資料夾(預設:checkpoints)"});
    list->add_flag("--json", written->json,
                   Text{"one JSON object a line", "每行一個 JSON 物件"}.in(language))
        ->group(group);

    CLI::App* convert = command(
        "convert", {"PyTorch checkpoints (.pth) to ONNX", "將 PyTorch 模型檔(.pth)轉為 ONNX"});
    option(convert, "--from", written->from, "FOLDER",
           {"with ditto_pytorch/models in it", "內含 ditto_pytorch/models 的資料夾"});
    option(convert, "--to", written->to, "FOLDER", folder_written);

    CLI::App* config = command("config", {"a configuration (ditto_cfg/*.pkl) as JSON",
                                          "以 JSON 顯示設定檔(ditto_cfg/*.pkl)"});
    config->add_option("FILE", written->file, Text{"the configuration", "設定檔"}.in(language))
        ->group(group);

    CLI::App* synthesize = command(
        "synthesize", {"a folder of checkpoints with random weights, for tests and measurements",
                       "產生隨機權重的模型檔資料夾,供測試與效能量測"});
    option(synthesize, "--size", written->size, "full|tiny",
           {"full: the official sizes, 2 GB; tiny: a few MB (default)",
            "full:官方大小,2 GB;tiny:數 MB(預設)"});
    option(synthesize, "--seed", written->seed, "NUMBER",
           {"the same seed gives the same files (default: 0)", "相同種子產生相同檔案(預設:0)"});
    option(synthesize, "--to", written->to, "FOLDER", folder_written);

    return [=](const Surroundings&) {
        if (convert->parsed()) return run_convert(*written);
        if (config->parsed()) return run_config(*written);
        if (synthesize->parsed()) return run_synthesize(*written);
        if (list->parsed()) return run_list(*written);
        throw Error(ErrorCode::option_missing, {{"option", "list, convert, config, synthesize"}});
    };
}

}  // namespace ditto::cli
