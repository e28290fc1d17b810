#include "cli/options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include <CLI/CLI.hpp>

#include "base/error.h"
#include "cli/display_width.h"

namespace ditto::cli {
namespace {

/// Columns for the text beside an option's name: together with it 100.
constexpr int text_columns = 66;

/// With line breaks at spaces, so that no line is wider than text_columns where that is possible.
std::string wrapped(const std::string& text) {
    std::string result;
    int column = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        const int width = display_width(word);
        if (column > 0) {
            const bool fits = column + 1 + width <= text_columns;
            result += fits ? " " : "\n";
            column = fits ? column + 1 : 0;
        }
        result += word;
        column += width;
        begin = end + 1;
    }
    return result;
}

}  // namespace

void add_option(CLI::App& command, const std::string& names, std::string& value,
                const std::string& type, const std::string& description, const std::string& group) {
    command.add_option(names, value, wrapped(description))
        ->type_name(type)
        ->group(group)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

ConsoleOptions::ConsoleOptions(CLI::App& command, Language language, bool progress) {
    const std::string group = Text{"Messages", "訊息"}.in(language);
    add_option(command, "--lang", lang_, "zh-TW|en",
               Text{"language (default: from the locale)", "語言(預設依系統語系)"}.in(language),
               group);
    if (!progress) return;
    add_option(command, "--progress", progress_, "auto|json|none",
               Text{"auto: a bar on a terminal, JSON lines on stderr elsewhere (default)",
                    "auto:終端機顯示進度列,其他情況輸出 JSON 行到 stderr(預設)"}
                   .in(language),
               group);
    command.add_flag("--quiet", quiet_, Text{"say nothing but errors", "只顯示錯誤"}.in(language))
        ->group(group);
}

void ConsoleOptions::check() const {
    check_choice("--lang", lang_, {"zh-TW", "en"});
    check_choice("--progress", progress_, {"auto", "json", "none"});
}

void check_choice(std::string_view option, const std::string& value,
                  const std::vector<std::string>& choices) {
    // Empty: the option was not given.
    if (value.empty() || std::find(choices.begin(), choices.end(), value) != choices.end()) return;
    std::string expected;
    for (const std::string& choice : choices)
        expected += (expected.empty() ? "" : ", ") + choice;
    throw Error(ErrorCode::option_value,
                {{"option", std::string(option)}, {"value", value}, {"expected", expected}});
}

void add_device(CLI::App& command, std::string& value, Language language,
                const std::string& group) {
    add_option(command, "--device", value, "auto|cpu|cuda|tensorrt",
               Text{"what Ditto's networks run on; auto: a GPU where it can be used (default)",
                    "Ditto 模型的執行裝置;auto:可用時使用 GPU(預設)"}
                   .in(language),
               group);
}

nn::Device device_from(const std::string& value) {
    check_choice("--device", value, {"auto", "cpu", "cuda", "tensorrt"});
    return nn::device_from_name(value).value_or(nn::Device::automatic);
}

void add_face_finder(CLI::App& command, std::string& value, Language language,
                     const std::string& group) {
    add_option(command, "--face-finder", value, "mediapipe|insightface",
               Text{"what finds the face for Ditto; insightface: by its own models in "
                    "--checkpoints, whose licence is non-commercial (default: mediapipe)",
                    "Ditto 偵測人臉的方式;insightface:使用 --checkpoints 中 InsightFace 的模型,"
                    "其授權僅限非商業用途(預設:mediapipe)"}
                   .in(language),
               group);
}

FaceFinder face_finder_from(const std::string& value) {
    check_choice("--face-finder", value, {"mediapipe", "insightface"});
    return value == "insightface" ? FaceFinder::insightface : FaceFinder::mediapipe;
}

Precision precision_from(const std::string& value) {
    check_choice("--precision", value, {"exact", "fast"});
    if (value.empty()) return Precision::automatic;
    return value == "fast" ? Precision::fast : Precision::exact;
}

template <typename Number>
Number number_option(const std::string& option, const std::string& text, Number least, Number most,
                     Number otherwise) {
    if (text.empty()) return otherwise;
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (whole && value >= least && value <= most) return value;
    const auto bound = [](Number number) {
        return std::to_string(static_cast<std::int64_t>(number));
    };
    throw Error(
        ErrorCode::option_value,
        {{"option", option}, {"value", text}, {"expected", bound(least) + " - " + bound(most)}});
}

template int number_option(const std::string&, const std::string&, int, int, int);
template double number_option(const std::string&, const std::string&, double, double, double);

}  // namespace ditto::cli
