#include "judge/report.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/error.h"

namespace ditto::judge {
namespace {

/// No measure means anything below a millionth: what a sum leaves of 0 is 0.
std::string number(double value) {
    if (std::abs(value) < 1e-6) return "0";
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.4g", value);
    return text.data();
}

std::string bar_text(const Measure& measure) {
    const bool low = measure.at_least != -Measure::no_limit;
    const bool high = measure.at_most != Measure::no_limit;
    if (low && high) return number(measure.at_least) + " to " + number(measure.at_most);
    if (low) return ">= " + number(measure.at_least);
    return high ? "<= " + number(measure.at_most) : "";
}

std::string verdict(const Measure& measure) {
    if (!measure.value) return measure.has_bar() ? "not measured" : "";
    const auto passes = measure.passes();
    if (!passes) return "";
    return *passes ? "pass" : "FAIL";
}

/// Keys and notes are the judge's own: letters, digits and punctuation without quotes.
std::string member(const std::string& key, const std::string& value) {
    return "\"" + key + "\":" + value;
}

std::string object(const std::vector<std::string>& members) {
    std::string text = "{";
    for (const std::string& each : members)
        text += (text.size() > 1 ? "," : "") + each;
    return text + "}";
}

}  // namespace

std::optional<bool> Measure::passes() const {
    if (!value || !has_bar()) return std::nullopt;
    // A bar of 0.04 is not missed by a last binary digit.
    constexpr double rounding = 1e-9;
    return *value >= at_least - rounding && *value <= at_most + rounding;
}

const Measure& Report::operator[](std::string_view key) const {
    const auto found = std::find_if(measures.begin(), measures.end(),
                                    [&](const Measure& m) { return m.key == key; });
    if (found == measures.end()) {
        throw Error(ErrorCode::internal, {}, "no measure " + std::string(key));
    }
    return *found;
}

std::string to_text(const Report& report) {
    std::string text;
    for (const Measure& measure : report.measures) {
        std::array<char, 200> line{};
        std::snprintf(line.data(), line.size(), "%-26s %10s  %-14s %-12s  ", measure.key.c_str(),
                      measure.value ? number(*measure.value).c_str() : "-",
                      bar_text(measure).c_str(), verdict(measure).c_str());
        std::string row = line.data() + measure.note;
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + "\n";
    }
    return text;
}

std::string to_json(const Report& report) {
    std::vector<std::string> members, passes, notes;
    for (const Measure& measure : report.measures) {
        const bool finite = measure.value && std::isfinite(*measure.value);
        members.push_back(member(measure.key, finite ? number(*measure.value) : "null"));
        if (const auto passed = measure.passes()) {
            passes.push_back(member(measure.key, *passed ? "true" : "false"));
        }
        if (!measure.note.empty()) notes.push_back(member(measure.key, "\"" + measure.note + "\""));
    }
    members.push_back(member("passes", object(passes)));
    members.push_back(member("notes", object(notes)));
    return object(members) + "\n";
}

}  // namespace ditto::judge
