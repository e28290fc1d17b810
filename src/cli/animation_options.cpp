#include "cli/animation_options.h"

#include <utility>
#include <variant>

#include <CLI/CLI.hpp>

#include "base/error.h"

namespace ditto::cli {
namespace {

std::string option_name(std::string_view control) {
    std::string name = "--" + std::string(control);
    for (char& c : name)
        c = c == '_' ? '-' : c;
    return name;
}

}  // namespace

void AnimationOptions::add_engine(CLI::App& command, Language language) {
    const std::string group = Text{"Engine", "引擎"}.in(language);
    add_option(
        command, "--engine", engine_, "auto|mesh|ditto",
        Text{"auto: ditto where its checkpoints and a usable GPU are there, else mesh (default)",
             "auto:有 Ditto 模型檔與可用的 GPU 時用 ditto,否則用 mesh(預設)"}
            .in(language),
        group);
    add_device(command, device_, language, group);
    add_face_finder(command, face_finder_, language, group);
    add_option(command, "--checkpoints", checkpoints_, "FOLDER",
               Text{"Ditto's official checkpoints (default: checkpoints)",
                    "Ditto 官方模型檔的資料夾(預設:checkpoints)"}
                   .in(language),
               group);
}

void AnimationOptions::add_controls(CLI::App& command, Language language) {
    const std::string group = Text{"Controls", "控制參數"}.in(language);
    const Controls defaults;
    for (const ControlSpec& spec : control_specs()) {
        const bool named = std::holds_alternative<EmotionTimeline Controls::*>(spec.member);
        // The text of a control with names lists them.
        std::string range = named ? "" : control_range(spec);
        if (!spec.unit.empty()) range += " " + std::string(spec.unit);
        if (!range.empty()) range += "; ";
        add_option(command, option_name(spec.name), controls_[spec.name], "VALUE",
                   Text{spec.english, spec.chinese}.in(language) + " (" + range +
                       Text{"default: ", "預設:"}.in(language) + control_text(defaults, spec) + ")",
                   group);
    }
}

EngineWish AnimationOptions::engine() const {
    check_choice("--engine", engine_, {"auto", "mesh", "ditto"});
    if (engine_ == "mesh") return EngineWish::mesh;
    return engine_ == "ditto" ? EngineWish::ditto : EngineWish::automatic;
}

Controls AnimationOptions::controls() const {
    Controls controls;
    for (const auto& [name, value] : controls_) {
        if (value.empty()) continue;
        try {
            set_control(controls, name, value);
        } catch (const Error& error) {
            MessageValues values = error.values();
            for (auto& [key, text] : values) {
                if (key == "option") text = option_name(name);
            }
            throw Error(error.code(), std::move(values));
        }
    }
    return controls;
}

}  // namespace ditto::cli
