#include "slides/voices_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

#include "base/error.h"

namespace ditto::slides {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_recording(const std::filesystem::path& path) {
    constexpr std::array<std::string_view, 12> endings{".wav",  ".mp3", ".m4a",  ".aac",
                                                       ".flac", ".ogg", ".opus", ".webm",
                                                       ".wma",  ".aif", ".aiff", ".mp4"};
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

/// All numbers in a file's name, without its ending.
std::vector<int> numbers_in(const std::string& name) {
    const std::string stem = std::filesystem::path(name).stem().string();
    std::vector<int> numbers;
    for (std::size_t i = 0; i < stem.size();) {
        if (!is_digit(stem[i])) {
            ++i;
            continue;
        }
        int number = 0;
        const auto [end, error] =
            std::from_chars(stem.data() + i, stem.data() + stem.size(), number);
        numbers.push_back(error == std::errc{} ? number : 0);
        i = static_cast<std::size_t>(end - stem.data());
    }
    return numbers;
}

/// What is wrong with a way to place the names, told when no other way is right.
using Placed = std::map<int, std::size_t>;
struct Attempt {
    Placed placed;
    std::optional<Error> wrong;
};

Error unplaced(const std::string& name) {
    return Error(ErrorCode::voices_unplaced, {{"name", name}});
}

template <typename Choose>
Attempt attempt(const std::vector<std::string>& names, const Deck& deck, const Choose& choose) {
    Attempt result;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::vector<int> numbers = numbers_in(names[i]);
        const int number = numbers.empty() ? 0 : choose(numbers);
        const bool shown =
            std::any_of(deck.slides.begin(), deck.slides.end(),
                        [&](const DeckSlide& slide) { return slide.number == number; });
        if (!shown) return {{}, unplaced(names[i])};
        const auto [before, added] = result.placed.emplace(number, i);
        if (!added) {
            return {{},
                    Error(ErrorCode::voices_twice, {{"number", std::to_string(number)},
                                                    {"first", names[before->second]},
                                                    {"second", names[i]}})};
        }
    }
    return result;
}

}  // namespace

std::map<int, std::size_t> place_voices(const std::vector<std::string>& names, const Deck& deck) {
    const bool numbered = std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return !numbers_in(name).empty();
    });
    if (!numbered) {
        Placed placed;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (i >= deck.slides.size()) throw unplaced(names[i]);
            placed.emplace(deck.slides[i].number, i);
        }
        return placed;
    }
    // "lesson7-03": where the first number does not tell them apart, the last may.
    Attempt first = attempt(names, deck, [](const std::vector<int>& all) { return all.front(); });
    if (!first.wrong) return std::move(first.placed);
    Attempt last = attempt(names, deck, [](const std::vector<int>& all) { return all.back(); });
    if (last.wrong) throw Error(*first.wrong);
    return std::move(last.placed);
}

std::map<int, std::filesystem::path> find_voices(const std::filesystem::path& folder,
                                                 const Deck& deck) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
        throw Error(ErrorCode::voices_missing, {{"path", folder.string()}});
    }
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        std::error_code gone;
        if (name.starts_with('.') || !entry.is_regular_file(gone)) continue;
        if (is_recording(entry.path())) names.push_back(name);
    }
    if (error) throw Error(ErrorCode::voices_missing, {{"path", folder.string()}}, error.message());
    std::sort(names.begin(), names.end());
    std::map<int, std::filesystem::path> voices;
    for (const auto& [number, index] : place_voices(names, deck))
        voices.emplace(number, folder / names[index]);
    return voices;
}

}  // namespace ditto::slides
