#include "slides/scripts.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <sstream>
#include <vector>

#include "base/error.h"
#include "slides/text.h"

namespace ditto::slides {
namespace {

struct Section {
    /// Of its heading, from 1; 0: text before any heading.
    int line = 0;
    bool heading = false;
    /// That its heading names.
    std::optional<int> slide;
    std::string text;
};

/// The words of "## Heading", nothing for other lines.
std::optional<std::string_view> heading_of(std::string_view line) {
    const std::size_t marks = std::min(line.find_first_not_of('#'), line.size());
    if (marks == 0 || marks > 6) return {};
    if (marks < line.size() && line[marks] != ' ' && line[marks] != '\t') return {};
    return trimmed(line.substr(marks));
}

/// "3", "3. Rain", "Slide 3: Rain", "第 3 張", "投影片 3"; nothing where no slide is named.
std::optional<int> slide_of(std::string_view heading) {
    if (heading.size() > 300) return {};
    static const std::regex words(
        "^(?:(?:slide|page)\\s*#?\\s*|投影片\\s*|第\\s*)?([0-9]{1,3})\\s*(?:張|頁|页|张)?"
        // Then nothing, a blank or a mark; also as Chinese writes them.
        "(?:$|[\\s.:)\\-]|\xEF\xBC\x9A|\xE3\x80\x81|\xEF\xBC\x8E|\xE3\x80\x82|\xEF\xBC\x89|"
        "\xE2\x80\x94|\xE3\x80\x80).*$",
        std::regex::icase);
    std::cmatch found;
    if (!std::regex_match(heading.begin(), heading.end(), found, words)) return {};
    return std::stoi(found[1]);
}

bool is_separator(std::string_view line) {
    line = trimmed(line);
    return line.size() >= 3 && line.find_first_not_of('-') == std::string_view::npos;
}

/// Without what is not meant for an audience: "<!-- -->".
std::string without_comments(std::string_view text) {
    std::string result;
    while (true) {
        const std::size_t start = text.find("<!--");
        result += text.substr(0, start);
        if (start == std::string_view::npos) return result;
        // Lines keep their numbers.
        const std::size_t end = text.find("-->", start);
        const std::string_view comment = text.substr(start, end - start);
        result.append(static_cast<std::size_t>(std::count(comment.begin(), comment.end(), '\n')),
                      '\n');
        if (end == std::string_view::npos) return result;
        text.remove_prefix(end + 3);
    }
}

/// "[words](address)" and "![words](address)" become "words".
std::string without_links(std::string_view line) {
    std::string result;
    while (!line.empty()) {
        const std::size_t open = line.find('[');
        const std::size_t middle = line.find("](", open == std::string_view::npos ? 0 : open);
        const std::size_t close =
            middle == std::string_view::npos ? middle : line.find(')', middle);
        if (open == std::string_view::npos || close == std::string_view::npos) break;
        std::string_view before = line.substr(0, open);
        if (before.ends_with('!')) before.remove_suffix(1);
        result += before;
        result += line.substr(open + 1, middle - open - 1);
        line.remove_prefix(close + 1);
    }
    return result += line;
}

/// A line as it is spoken.
std::string spoken(std::string_view line) {
    line = trimmed(line);
    while (line.starts_with("> "))
        line = trimmed(line.substr(2));
    if (line.starts_with("- ") || line.starts_with("* ") || line.starts_with("+ ")) {
        line = trimmed(line.substr(2));
    }
    std::string text = without_links(line);
    std::erase(text, '*');
    std::erase(text, '`');
    return text;
}

std::vector<Section> sections_of(std::string_view text) {
    std::vector<Section> sections(1);
    std::istringstream lines{without_comments(text)};
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (const auto heading = heading_of(trimmed(line))) {
            sections.push_back({number, true, slide_of(*heading), {}});
        } else if (is_separator(line)) {
            sections.push_back({number, false, {}, {}});
        } else {
            sections.back().text += spoken(line) + '\n';
        }
    }
    for (Section& section : sections)
        section.text = trimmed(section.text);
    return sections;
}

/// A mark that begins no slide's script belongs to the section before it.
template <typename Begins>
std::vector<Section> joined(std::vector<Section> sections, const Begins& begins) {
    std::vector<Section> result;
    for (Section& section : sections) {
        if (result.empty() || begins(section)) {
            result.push_back(std::move(section));
        } else if (!section.text.empty()) {
            std::string& text = result.back().text;
            text += (text.empty() ? "" : "\n") + section.text;
        }
    }
    return result;
}

std::map<int, std::string> by_number(std::vector<Section> sections, const Deck& deck) {
    std::map<int, std::string> scripts;
    for (Section& section : joined(std::move(sections), [](const Section& s) { return s.slide; })) {
        if (!section.slide) {
            // Before the first slide: nobody says it where there is none.
            if (!section.text.empty()) scripts[0] = std::move(section.text);
            continue;
        }
        const bool shown =
            std::any_of(deck.slides.begin(), deck.slides.end(),
                        [&](const DeckSlide& slide) { return slide.number == *section.slide; });
        if (!shown || scripts.contains(*section.slide)) {
            throw Error(shown ? ErrorCode::scripts_twice : ErrorCode::scripts_slide,
                        {{"line", std::to_string(section.line)},
                         {"number", std::to_string(*section.slide)}});
        }
        scripts[*section.slide] = std::move(section.text);
    }
    // An introduction above the first heading is a title or a remark, not spoken.
    scripts.erase(0);
    return scripts;
}

std::map<int, std::string> in_order(std::vector<Section> sections, const Deck& deck) {
    if (sections.size() > deck.slides.size()) {
        throw Error(ErrorCode::scripts_too_many, {{"count", std::to_string(sections.size())},
                                                  {"slides", std::to_string(deck.slides.size())}});
    }
    std::map<int, std::string> scripts;
    for (std::size_t i = 0; i < sections.size(); ++i)
        scripts[deck.slides[i].number] = std::move(sections[i].text);
    return scripts;
}

}  // namespace

std::map<int, std::string> parse_scripts(std::string_view text, const Deck& deck) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<Section> sections = sections_of(text);
    const auto any = [&](auto what) { return std::any_of(sections.begin(), sections.end(), what); };
    std::map<int, std::string> scripts;
    if (any([](const Section& section) { return section.slide.has_value(); })) {
        scripts = by_number(std::move(sections), deck);
    } else if (any([](const Section& section) { return section.heading; })) {
        sections = joined(std::move(sections), [](const Section& s) { return s.heading; });
        // What stands above the first heading is no slide's.
        if (!sections.front().heading) sections.erase(sections.begin());
        scripts = in_order(std::move(sections), deck);
    } else {
        // Dashes at the end separate nothing.
        while (sections.size() > 1 && sections.back().text.empty())
            sections.pop_back();
        scripts = in_order(std::move(sections), deck);
    }
    std::erase_if(scripts, [](const auto& script) { return script.second.empty(); });
    return scripts;
}

std::map<int, std::string> read_scripts(const std::filesystem::path& file, const Deck& deck) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        throw Error(ErrorCode::scripts_missing, {{"path", file.string()}});
    }
    const auto text = read_text(file, largest_scripts);
    if (!text) {
        throw Error(ErrorCode::scripts_format, {{"path", file.string()}, {"limit", "1 MB"}});
    }
    return parse_scripts(*text, deck);
}

}  // namespace ditto::slides
