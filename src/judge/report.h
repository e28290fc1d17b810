#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ditto::judge {

/// One figure of the report.
struct Measure {
    static constexpr double no_limit = std::numeric_limits<double>::infinity();

    /// Stable; ends in the unit where there is one: _s, _d (distances of the eyes), _deg,
    /// _levels (of 255), _per_min. Without: a share, a ratio, a correlation or a number.
    std::string key;
    /// Nothing where it cannot be measured.
    std::optional<double> value;
    /// What is wanted; both infinite: told, not judged.
    double at_least = -no_limit;
    double at_most = no_limit;
    /// One short English phrase: how it was measured, or why not.
    std::string note;

    bool has_bar() const { return at_least != -no_limit || at_most != no_limit; }
    /// Nothing without bar or value.
    std::optional<bool> passes() const;
};

struct Report {
    std::vector<Measure> measures;

    /// Throws Error{internal} for an unknown key.
    const Measure& operator[](std::string_view key) const;
};

/// A table: key, value, bar, verdict, note.
std::string to_text(const Report& report);
/// {"key": value or null, ..., "passes": {"key": true, ...}, "notes": {"key": "...", ...}}
std::string to_json(const Report& report);

}  // namespace ditto::judge
