#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "setup/finding.h"

namespace ditto::setup {

std::string_view mark_of(Level level) {
    switch (level) {
        case Level::good:
            return "✅";
        case Level::note:
            return "ℹ️ ";
        case Level::warning:
            return "⚠️ ";
        case Level::bad:
            break;
    }
    return "❌";
}

std::string_view name_of(Level level) {
    switch (level) {
        case Level::good:
            return "good";
        case Level::note:
            return "note";
        case Level::warning:
            return "warning";
        case Level::bad:
            break;
    }
    return "bad";
}

std::string title_frame(Say title, Language language) {
    const std::string line(50, '=');
    return line + "\n" + text_of(title, {}, language) + "\n" + line + "\n";
}

std::string line_of(const Finding& finding, Language language) {
    std::string result = std::string(mark_of(finding.level)) + " " +
                         text_of(finding.say, finding.values, language) + "\n";
    if (!finding.command.empty()) result += "   → " + finding.command + "\n";
    return result;
}

std::string framed(const Section& section, Language language) {
    std::string result = title_frame(section.title, language);
    for (const Finding& finding : section.findings)
        result += line_of(finding, language);
    return result + "\n";
}

bool has_bad(const Section& section) {
    return std::any_of(section.findings.begin(), section.findings.end(),
                       [](const Finding& finding) { return finding.level == Level::bad; });
}

std::string json_of(const std::vector<Section>& sections, bool ok, Language language) {
    using Json = nlohmann::ordered_json;
    Json list = Json::array();
    for (const Section& section : sections) {
        Json findings = Json::array();
        for (const Finding& finding : section.findings) {
            Json values = Json::object();
            for (const auto& [name, value] : finding.values)
                values[name] = value;
            Json entry = {{"level", name_of(finding.level)},
                          {"name", name_of(finding.say)},
                          {"text", text_of(finding.say, finding.values, language)},
                          {"values", std::move(values)}};
            if (!finding.command.empty()) entry["command"] = finding.command;
            findings.push_back(std::move(entry));
        }
        list.push_back({{"name", name_of(section.title)}, {"findings", std::move(findings)}});
    }
    const Json report = {{"ok", ok}, {"sections", std::move(list)}};
    // File names may hold any bytes: they must not end the report.
    return report.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string size_text(std::int64_t bytes) {
    constexpr std::array<const char*, 4> units{"B", "kB", "MB", "GB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    std::array<char, 40> text{};
    const char* form = unit == 0 ? "%.0f %s" : unit == 3 ? "%.2f %s" : "%.1f %s";
    std::snprintf(text.data(), text.size(), form, value, units[unit]);
    return text.data();
}

}  // namespace ditto::setup
