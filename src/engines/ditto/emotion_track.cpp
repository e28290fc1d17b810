#include "engines/ditto/emotion_track.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "base/error.h"
#include "engines/ditto/motion.h"

namespace ditto::reenact {
namespace {

/// Longer time lines are a mistake or an attack.
constexpr std::size_t longest_text = 4096;
constexpr double latest_start_s = 24 * 3600;

[[noreturn]] void refuse(std::string_view text) {
    throw Error(ErrorCode::option_value,
                {{"option", "emotion"},
                 {"value", std::string(text.substr(0, 80))},
                 {"expected", "happy, happy+surprise or 0:neutral,2.5:happy"}});
}

/// Takes what stands before `separator` off the front of `text`; all of it where there is none.
std::string_view take(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

EmotionWeights parse_blend(std::string_view text) {
    std::vector<Emotion> emotions;
    if (text.empty() || text.back() == '+') refuse(text);
    while (!text.empty()) {
        Controls one;
        set_control(one, "emotion", take(text, '+'));
        emotions.push_back(one.emotion);
    }
    return blend(emotions);
}

std::int64_t parse_start(std::string_view text) {
    double seconds = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), seconds);
    if (error != std::errc{} || end != text.end() || !(seconds >= 0 && seconds <= latest_start_s)) {
        refuse(text);
    }
    return std::llround(seconds * motion_fps);
}

}  // namespace

EmotionWeights blend(std::span<const Emotion> emotions) {
    EmotionWeights weights;
    weights.fill(1);
    for (const Emotion emotion : emotions)
        weights[static_cast<std::size_t>(emotion)] = std::exp(8.F);
    float sum = 0;
    for (const float weight : weights)
        sum += weight;
    for (float& weight : weights)
        weight /= sum;
    return weights;
}

EmotionTrack EmotionTrack::repeating(std::vector<EmotionWeights> rows) {
    if (rows.empty()) throw Error(ErrorCode::internal, {}, "an emotion track without rows");
    EmotionTrack track(rows.front());
    track.rows_ = std::move(rows);
    return track;
}

EmotionTrack EmotionTrack::parse(std::string_view text) {
    if (text.empty() || text.size() > longest_text || text.back() == ',') refuse(text);
    if (text.find(':') == std::string_view::npos) return EmotionTrack(parse_blend(text));
    EmotionTrack track{EmotionWeights{}};
    track.sections_.clear();
    for (std::string_view rest = text; !rest.empty();) {
        std::string_view section = take(rest, ',');
        if (section.find(':') == std::string_view::npos) refuse(text);
        const std::int64_t start = parse_start(take(section, ':'));
        if (!track.sections_.empty() && start <= track.sections_.back().first_frame) refuse(text);
        track.sections_.push_back({start, parse_blend(section)});
    }
    return track;
}

const EmotionWeights& EmotionTrack::at(std::int64_t frame) const {
    frame = std::max<std::int64_t>(frame, 0);
    if (!rows_.empty()) return rows_[static_cast<std::size_t>(frame) % rows_.size()];
    const auto after = std::upper_bound(
        sections_.begin() + 1, sections_.end(), frame,
        [](std::int64_t value, const Section& section) { return value < section.first_frame; });
    return std::prev(after)->weights;
}

}  // namespace ditto::reenact
