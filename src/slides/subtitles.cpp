#include "slides/subtitles.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace ditto::slides {
namespace {

/// One character of a text. `bytes` views into the text.
struct Character {
    char32_t code = 0;
    std::string_view bytes;
};

/// Length of the UTF-8 sequence that starts with `lead`; 0 where none does.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead < 0xE0) return 2;
    if (lead >= 0xE0 && lead < 0xF0) return 3;
    return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

/// The first character of `text`; with empty `bytes` where it is not well-formed.
Character first_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = sequence_length(lead);
    if (length == 0 || length > text.size()) return {};
    char32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xC0U) != 0x80) return {};
        code = code << 6 | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
    return {code, text.substr(0, length)};
}

std::vector<Character> characters_of(std::string_view text) {
    std::vector<Character> characters;
    while (!text.empty()) {
        const Character character = first_of(text);
        if (character.bytes.empty()) break;
        characters.push_back(character);
        text.remove_prefix(character.bytes.size());
    }
    return characters;
}

bool one_of(char32_t code, std::u32string_view set) {
    return set.find(code) != std::u32string_view::npos;
}

bool is_space(char32_t code) {
    return one_of(code, U" \t\r\n\u00A0\u3000\uFEFF");
}
bool ends_sentence(char32_t code) {
    return one_of(code, U".!?;。！？；…");
}
bool closes(char32_t code) {
    return one_of(code, U"\"')]”’」』）》】");
}
bool ends_clause(char32_t code) {
    return one_of(code, U",:，、：—");
}

bool is_wide(char32_t code) {
    return (code >= 0x1100 && code < 0x1160) || (code >= 0x2E80 && code < 0xA4D0) ||
           (code >= 0xAC00 && code < 0xD7A4) || (code >= 0xF900 && code < 0xFB00) ||
           (code >= 0xFE30 && code < 0xFE70) || (code >= 0xFF00 && code < 0xFF61) ||
           (code >= 0x20000 && code < 0x40000);
}

bool is_punctuation(char32_t code) {
    return ends_sentence(code) || ends_clause(code) || closes(code) || is_space(code) ||
           (code < 0x80 && !((code >= '0' && code <= '9') || (code >= 'A' && code <= 'Z') ||
                             (code >= 'a' && code <= 'z'))) ||
           one_of(code, U"“‘「『（《【");
}

using Line = std::vector<Character>;

int width_of(const Character& character) {
    return is_wide(character.code) ? 2 : 1;
}

/// How long a text takes to say, in units of a Latin letter.
double weight_of(std::string_view text) {
    double weight = 0;
    for (const Character& character : characters_of(text)) {
        if (is_punctuation(character.code)) continue;
        weight += is_wide(character.code) ? 3 : 1;
    }
    return weight;
}

/// Whether a sentence is over after character `i`. Marks in a row and closing ones belong to their
/// sentence; "3.5" and "e.g.x" go on.
bool ends_here(const Line& all, std::size_t i) {
    const char32_t next = i + 1 < all.size() ? all[i + 1].code : U'\n';
    if (ends_sentence(next) || closes(next)) return false;
    std::size_t mark = i;
    while (mark > 0 && closes(all[mark].code))
        --mark;
    if (!ends_sentence(all[mark].code)) return false;
    return next == U'\n' || is_space(next) || all[mark].code >= 0x80;
}

/// Sentences with single spaces inside and none around.
std::vector<Line> sentences_of(std::string_view script) {
    const Line all = characters_of(script);
    std::vector<Line> sentences(1);
    for (std::size_t i = 0; i < all.size(); ++i) {
        Line& sentence = sentences.back();
        if (all[i].code == '\n') {
            sentences.emplace_back();
        } else if (is_space(all[i].code)) {
            if (!sentence.empty() && sentence.back().code != ' ') sentence.push_back({' ', " "});
        } else {
            sentence.push_back(all[i]);
            if (ends_here(all, i)) sentences.emplace_back();
        }
    }
    return sentences;
}

/// Where to cut a line that is too wide: after the last comma in its second half, else after the
/// last space or before a Chinese character, else where the width ends.
std::size_t cut_of(const Line& line, int widest) {
    int width = 0;
    std::size_t comma = 0;
    std::size_t word = 0;
    std::size_t i = 0;
    for (; i < line.size() && width + width_of(line[i]) <= widest; ++i) {
        width += width_of(line[i]);
        if (ends_clause(line[i].code) && width * 2 > widest) comma = i + 1;
        const bool next_free = i + 1 < line.size() && !is_punctuation(line[i + 1].code);
        if (line[i].code == ' ' || (next_free && is_wide(line[i].code))) word = i + 1;
    }
    if (comma > 0) return comma;
    return word > 0 ? word : std::max<std::size_t>(i, 1);
}

std::string text_of(Line::const_iterator first, Line::const_iterator last) {
    while (first != last && first->code == ' ')
        ++first;
    while (first != last && (last - 1)->code == ' ')
        --last;
    std::string text;
    for (; first != last; ++first)
        text += first->bytes;
    return text;
}

std::string stamp(double seconds, char separator) {
    const auto ms = static_cast<long long>(std::llround(seconds * 1000));
    char text[40];
    std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld%c%03lld", ms / 3600000, ms / 60000 % 60,
                  ms / 1000 % 60, separator, ms % 1000);
    return text;
}

/// A border between two cues: where one ends and the next begins.
struct Border {
    double end_s = 0;
    double start_s = 0;
};

/// The border after `spoken_s` seconds of speech, in a pause that is at most `reach_s` away.
Border border_at(double spoken_s, double reach_s, const std::vector<SpeechSpan>& spans) {
    double before = 0;
    Border border{spans.back().end_s, spans.back().end_s};
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < spans.size(); ++i) {
        const double length = spans[i].end_s - spans[i].start_s;
        const bool inside = spoken_s >= before && spoken_s <= before + length;
        if (inside && nearest > reach_s) {
            const double at = spans[i].start_s + spoken_s - before;
            border = {at, at};
        }
        before += length;
        const double away = std::abs(before - spoken_s);
        if (i + 1 < spans.size() && away <= reach_s && away < nearest) {
            nearest = away;
            border = {spans[i].end_s, spans[i + 1].start_s};
        }
    }
    return border;
}

}  // namespace

bool is_text(std::string_view bytes) {
    while (!bytes.empty()) {
        const Character character = first_of(bytes);
        if (character.bytes.empty() || character.code == 0) return false;
        bytes.remove_prefix(character.bytes.size());
    }
    return true;
}

std::vector<std::string> split_script(std::string_view script, int widest) {
    std::vector<std::string> pieces;
    for (Line& line : sentences_of(script)) {
        while (!line.empty()) {
            int width = 0;
            for (const Character& character : line)
                width += width_of(character);
            const std::size_t cut = width <= widest ? line.size() : cut_of(line, widest);
            const auto end = line.begin() + static_cast<std::ptrdiff_t>(cut);
            std::string piece = text_of(line.begin(), end);
            if (weight_of(piece) > 0) pieces.push_back(std::move(piece));
            line.erase(line.begin(), end);
        }
    }
    return pieces;
}

std::vector<Cue> time_pieces(const std::vector<std::string>& pieces,
                             const std::vector<SpeechSpan>& spans) {
    if (pieces.empty() || spans.empty()) return {};
    double spoken = 0;
    for (const SpeechSpan& span : spans)
        spoken += span.end_s - span.start_s;
    std::vector<double> weights;
    double all = 0;
    for (const std::string& piece : pieces)
        all += weights.emplace_back(std::max(1., weight_of(piece)));
    std::vector<Cue> cues;
    double start = spans.front().start_s;
    double said = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        said += weights[i];
        Border border{spans.back().end_s, spans.back().end_s};
        if (i + 1 < pieces.size()) {
            // Under half of either neighbour, so that no two borders meet in one pause.
            const double reach = .4 * std::min(weights[i], weights[i + 1]) / all * spoken;
            border = border_at(said / all * spoken, reach, spans);
        }
        cues.push_back({start, border.end_s, pieces[i]});
        start = border.start_s;
    }
    return cues;
}

std::string to_srt(const std::vector<Cue>& cues) {
    std::string text;
    for (std::size_t i = 0; i < cues.size(); ++i) {
        text += std::to_string(i + 1) + "\n" + stamp(cues[i].start_s, ',') + " --> " +
                stamp(cues[i].end_s, ',') + "\n" + cues[i].text + "\n\n";
    }
    return text;
}

std::string to_vtt(const std::vector<Cue>& cues) {
    std::string text = "WEBVTT\n\n";
    for (const Cue& cue : cues) {
        text += stamp(cue.start_s, '.') + " --> " + stamp(cue.end_s, '.') + "\n";
        for (const char c : cue.text) {
            if (c == '&') {
                text += "&amp;";
            } else if (c == '<') {
                text += "&lt;";
            } else if (c == '>') {
                text += "&gt;";
            } else {
                text += c;
            }
        }
        text += "\n\n";
    }
    return text;
}

}  // namespace ditto::slides
