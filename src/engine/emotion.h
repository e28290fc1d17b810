#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ditto {

/// In the order of Ditto's training labels; the index is what clients send.
enum class Emotion { angry, disgust, fear, happy, neutral, sad, surprise, contempt };

inline constexpr std::array<std::string_view, 8> emotion_names{
    "angry", "disgust", "fear", "happy", "neutral", "sad", "surprise", "contempt"};

/// How much of each Emotion, in their order; only relative to each other. At least one is above 0.
using EmotionShares = std::array<double, emotion_names.size()>;

/// Which emotions are shown when, as a user writes it:
///
///     time line = section {"," section}       at most 1000
///     section   = seconds ":" blend           0 - 86400, rising; lasts until the next begins
///     blend     = part {"+" part}             each emotion once
///     part      = emotion ["=" weight]        0.01 - 100; 1 where it is left out
///     emotion   = index 0-7 or name
///
/// or a blend alone: "happy", "3", "happy+surprise", "happy=0.6+neutral=0.4",
/// "0:neutral,2.5:happy,6:sad+surprise". Spaces around each part are allowed. Before the first
/// section of a time line the face is neutral.
class EmotionTimeline {
  public:
    /// Of a text, and of what text() gives.
    static constexpr std::size_t longest_text = 16384;

    struct Section {
        double start_s;
        EmotionShares shares;
        bool operator==(const Section&) const = default;
    };

    /// One emotion throughout; a plain Emotion stands for it wherever a time line is wanted.
    EmotionTimeline(Emotion emotion = Emotion::neutral);
    /// Throws Error{option_value} for the option `emotion`.
    static EmotionTimeline parse(std::string_view text);

    /// One spelling for all that mean the same sections, without spaces; parse() takes it.
    std::string text() const;
    /// At least one; the first begins at 0.
    std::span<const Section> sections() const { return sections_; }
    bool operator==(const EmotionTimeline&) const = default;

  private:
    std::vector<Section> sections_;
};

}  // namespace ditto
