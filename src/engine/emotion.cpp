#include "engine/emotion.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.h"

namespace ditto {
namespace {

constexpr std::size_t most_sections = 1000;
constexpr double latest_start_s = 24 * 3600;
constexpr double smallest_weight = .01;
constexpr double largest_weight = 100;

[[noreturn]] void refuse(std::string_view text) {
    constexpr std::size_t shown = 80;
    std::string value(text);
    if (value.size() > shown) {
        std::size_t end = shown;
        // Not within a character of UTF-8.
        while (end > 0 && (static_cast<unsigned char>(value[end]) & 0xC0U) == 0x80U)
            --end;
        value.replace(end, std::string::npos, "...");
    }
    throw Error(ErrorCode::option_value,
                {{"option", "emotion"}, {"value", value}, {"expected", "emotion_text"}});
}

std::string_view trimmed(std::string_view text) {
    const auto first = std::min(text.find_first_not_of(' '), text.size());
    text.remove_prefix(first);
    return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// The parts between separators, trimmed; also empty ones.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// Decimal digits with or without a point.
std::optional<double> number(std::string_view text, double least, double most) {
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.begin(), text.end(), value, std::chars_format::fixed);
    const bool whole = error == std::errc{} && end == text.end() && !text.starts_with('-');
    if (!whole || !(value >= least && value <= most)) return std::nullopt;
    return value;
}

std::string number_text(double value) {
    std::array<char, 400> buffer{};
    const auto end = std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed);
    return {buffer.begin(), end.ptr};
}

std::optional<std::size_t> emotion_index(std::string_view text) {
    const auto name = std::find(emotion_names.begin(), emotion_names.end(), text);
    if (name != emotion_names.end()) return name - emotion_names.begin();
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), index);
    if (error != std::errc{} || end != text.end() || index >= emotion_names.size()) {
        return std::nullopt;
    }
    return index;
}

std::optional<EmotionShares> read_blend(std::string_view text) {
    EmotionShares shares{};
    const auto parts = split(text, '+');
    for (const std::string_view part : parts) {
        const auto equals = part.find('=');
        const auto index = emotion_index(trimmed(part.substr(0, equals)));
        std::optional<double> weight = 1;
        if (equals != std::string_view::npos) {
            weight = number(trimmed(part.substr(equals + 1)), smallest_weight, largest_weight);
        }
        if (!index || !weight || shares[*index] != 0) return std::nullopt;
        // Alone it has nothing to be weighed against.
        shares[*index] = parts.size() == 1 ? 1 : *weight;
    }
    return shares;
}

std::string blend_text(const EmotionShares& shares) {
    std::string text;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i] == 0) continue;
        if (!text.empty()) text += '+';
        text += emotion_names[i];
        if (shares[i] != 1) text += '=' + number_text(shares[i]);
    }
    return text;
}

EmotionShares only(Emotion emotion) {
    EmotionShares shares{};
    shares[static_cast<std::size_t>(emotion)] = 1;
    return shares;
}

}  // namespace

EmotionTimeline::EmotionTimeline(Emotion emotion) : sections_{{0, only(emotion)}} {}

EmotionTimeline EmotionTimeline::parse(std::string_view text) {
    if (text.size() > longest_text) refuse(text);
    EmotionTimeline timeline;
    if (text.find(':') == std::string_view::npos) {
        const auto shares = read_blend(text);
        if (!shares) refuse(text);
        timeline.sections_.front().shares = *shares;
        return timeline;
    }
    std::vector<Section> sections;
    for (const std::string_view part : split(text, ',')) {
        const auto colon = part.find(':');
        if (colon == std::string_view::npos) refuse(text);
        const auto start_s = number(trimmed(part.substr(0, colon)), 0, latest_start_s);
        const auto shares = read_blend(part.substr(colon + 1));
        if (!start_s || !shares) refuse(text);
        if (!sections.empty() && *start_s <= sections.back().start_s) refuse(text);
        sections.push_back({*start_s, *shares});
    }
    if (sections.front().start_s == 0) timeline.sections_.clear();
    timeline.sections_.insert(timeline.sections_.end(), sections.begin(), sections.end());
    // Names are longer than indices.
    if (timeline.sections_.size() > most_sections || timeline.text().size() > longest_text) {
        refuse(text);
    }
    return timeline;
}

std::string EmotionTimeline::text() const {
    if (sections_.size() == 1) return blend_text(sections_.front().shares);
    std::string text;
    for (const Section& section : sections_) {
        if (!text.empty()) text += ',';
        text += number_text(section.start_s) + ':' + blend_text(section.shares);
    }
    return text;
}

}  // namespace ditto
