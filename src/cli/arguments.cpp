#include "cli/arguments.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace ditto::cli {
namespace {

constexpr std::array python_names{
    std::pair{std::string_view("--source-path"), std::string_view("--photo")},
    std::pair{std::string_view("--audio-path"), std::string_view("--audio")},
    std::pair{std::string_view("--output-path"), std::string_view("--output")},
};

std::string canonical(std::string argument) {
    const auto name_end = std::min(argument.find('='), argument.size());
    std::string name = argument.substr(0, name_end);
    std::replace(name.begin(), name.end(), '_', '-');
    for (const auto& [python, ours] : python_names) {
        if (name == python) name = ours;
    }
    return name + argument.substr(name_end);
}

/// Levenshtein's edit distance.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({substituted, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

std::string_view letters(std::string_view name) {
    name.remove_prefix(std::min(name.find_first_not_of('-'), name.size()));
    return name;
}

}  // namespace

std::vector<std::string> canonical_arguments(std::span<const char* const> arguments) {
    std::vector<std::string> result(arguments.begin(), arguments.end());
    for (std::string& argument : result) {
        if (argument == "--") break;
        if (argument.starts_with("--")) argument = canonical(std::move(argument));
    }
    return result;
}

std::string nearest(std::string_view word, std::span<const std::string> candidates) {
    const std::string_view meant = letters(word.substr(0, word.find('=')));
    if (meant.size() < 2) return {};
    std::string best;
    std::size_t best_distance = meant.size() / 3 + 1;
    for (const std::string& candidate : candidates) {
        const std::string_view name = letters(candidate);
        const std::size_t found = name.starts_with(meant) ? 0 : distance(meant, name);
        if (found < best_distance) {
            best_distance = found;
            best = candidate;
        }
    }
    return best;
}

}  // namespace ditto::cli
