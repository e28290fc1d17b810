#include "cli/command_line.h"

#include <iostream>
#include <map>
#include <new>

#include <CLI/CLI.hpp>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/options.h"

namespace ditto::cli {
namespace {

/// The program's options and commands, and what runs for each.
class Program {
  public:
    explicit Program(Language language)
        : app_(Text{"Ditto Avatar makes a talking video from a photo and a voice.",
                    "Ditto Avatar:由一張照片與一段語音生成說話影片。"}
                   .in(language),
               "ditto-avatar"),
          language_(language) {
        console_options_ = std::make_unique<ConsoleOptions>(app_, language, false);
        app_.add_flag("--version", version_wanted_,
                      Text{"version of the program; setup --check-deps shows its libraries'",
                           "程式的版本;函式庫的版本見 setup --check-deps"}
                          .in(language))
            ->group(Text{"Messages", "訊息"}.in(language));
        add_command(declare_generate);
        add_command(declare_present);
        add_command(declare_judge);
        add_command(declare_subtitles);
        add_command(declare_speak);
        add_command(declare_bench);
        add_command(declare_serve);
        add_command(declare_models);
        add_command(declare_setup);
        app_.footer(
            Text{"Option names may be written with '_' instead of '-'; --source_path, "
                 "--audio_path and\n--output_path stand for --photo, --audio and --output."
                 "\n\nExit status: 0 done, 1 internal, 2 usage, 3 photo, 4 audio, 5 "
                 "output, 6 model,\n7 not enough memory, 8 slides, 130 cancelled.",
                 "選項名稱的 '-' 可寫成 '_';--source_path、--audio_path、--output_path "
                 "等同 --photo、--audio、--output。\n\n結束狀態:0 完成、1 內部錯誤、"
                 "2 用法、3 照片、4 語音、5 輸出、6 模型、7 記憶體不足、8 投影片、130 取消。"}
                .in(language));
        dress(app_);
    }

    /// Throws Error of kind usage; true where the help was asked for.
    bool parse(const std::vector<std::string>& arguments) {
        refuse_missing_values(arguments);
        try {
            // CLI11 takes them in reverse.
            app_.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
        } catch (const CLI::CallForHelp&) {
            return true;
        } catch (const CLI::ParseError& error) {
            // What is left: a flag that was given a value.
            throw Error(ErrorCode::option_unknown, {{"option", flag_with_value(arguments)}},
                        error.what());
        }
        refuse_unknown();
        return false;
    }

    int run(const Surroundings& around) {
        console_options_->check();
        if (version_wanted_) {
            std::cout << "ditto-avatar " DITTO_VERSION "\n";
            return 0;
        }
        for (const CLI::App* command : app_.get_subcommands())
            return actions_.at(command)(around);
        std::cerr << help();
        return exit_status(ErrorKind::usage);
    }

    std::string help() const { return app_.help(); }

  private:
    void add_command(Action (*declare)(CLI::App&, Language)) {
        Action action = declare(app_, language_);
        CLI::App* command = app_.get_subcommands({}).back();
        actions_[command] = std::move(action);
    }

    void dress(CLI::App& app) {
        app.allow_extras();
        app.set_help_flag("--help,-h", Text{"this help", "顯示說明"}.in(language_))
            ->group(Text{"Messages", "訊息"}.in(language_));
        const auto formatter = std::make_shared<CLI::Formatter>();
        formatter->column_width(34);
        const auto label = [&](const char* name, Text text) {
            formatter->label(name, text.in(language_));
        };
        label("Usage", {"Usage", "用法"});
        label("OPTIONS", {"OPTIONS", "選項"});
        label("SUBCOMMAND", {"COMMAND", "指令"});
        label("SUBCOMMANDS", {"COMMAND", "指令"});
        app.formatter(formatter);
        for (CLI::App* command : app.get_subcommands({})) {
            command->group(Text{"Commands", "指令"}.in(language_));
            dress(*command);
        }
    }

    /// Before CLI11 sees them: it would take "--photo --audio x" for a photo named "--audio".
    void refuse_missing_values(const std::vector<std::string>& arguments) const {
        for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
            const std::size_t equals = arguments[i].find('=');
            const std::string name = arguments[i].substr(0, equals);
            if (!takes_value(name)) continue;
            const bool joined = equals != std::string::npos;
            const bool missing =
                joined ? equals + 1 == arguments[i].size()
                       : i + 1 == arguments.size() || arguments[i + 1].starts_with("--");
            if (missing) throw Error(ErrorCode::option_value_missing, {{"option", name}});
            if (!joined) ++i;
        }
    }

    bool takes_value(const std::string& name) const {
        if (!name.starts_with("--")) return false;
        return takes_value(app_, name);
    }

    static bool takes_value(const CLI::App& app, const std::string& name) {
        const CLI::Option* option = app.get_option_no_throw(name);
        if (option != nullptr && option->get_items_expected_min() > 0) return true;
        for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
            if (takes_value(*command, name)) return true;
        }
        return false;
    }

    std::string flag_with_value(const std::vector<std::string>& arguments) const {
        for (const std::string& argument : arguments) {
            const std::size_t equals = argument.find('=');
            const bool option = argument.starts_with("--") && equals != std::string::npos;
            if (option && !takes_value(argument.substr(0, equals))) return argument;
        }
        return {};
    }

    void refuse_unknown() {
        const CLI::App* asked = &app_;
        while (!asked->get_subcommands().empty())
            asked = asked->get_subcommands().front();
        const std::vector<std::string> unknown = app_.remaining(true);
        if (unknown.empty()) return;
        std::vector<std::string> known;
        for (const CLI::Option* option : asked->get_options()) {
            for (const std::string& name : option->get_lnames())
                known.push_back("--" + name);
        }
        const auto commands = asked->get_subcommands([](const CLI::App*) { return true; });
        if (!commands.empty() && !unknown.front().starts_with('-')) {
            known.clear();
            for (const CLI::App* command : commands)
                known.push_back(command->get_name());
        }
        const std::string word = unknown.front();
        MessageValues values{{"option", word}};
        if (const std::string near = nearest(word, known); !near.empty()) {
            values.insert(values.end(), {{"hint", "did_you_mean"}, {"nearest", near}});
        }
        throw Error(ErrorCode::option_unknown, std::move(values));
    }

    CLI::App app_;
    Language language_;
    bool version_wanted_ = false;
    std::unique_ptr<ConsoleOptions> console_options_;
    std::map<const CLI::App*, Action> actions_;
};

}  // namespace

int run_command_line(std::span<const char* const> arguments, std::stop_token stop) {
    const std::vector<std::string> canonical = canonical_arguments(arguments);
    const Console console = console_for(canonical);
    try {
        Program program(console.language);
        if (program.parse(canonical)) {
            std::cout << program.help();
            return 0;
        }
        return program.run({console, std::move(stop)});
    } catch (const Error& error) {
        return report(error, console);
    } catch (const std::bad_alloc&) {
        return report(Error(ErrorCode::memory), console);
    } catch (const std::exception& error) {
        return report(Error(ErrorCode::internal, {}, error.what()), console);
    }
}

}  // namespace ditto::cli
