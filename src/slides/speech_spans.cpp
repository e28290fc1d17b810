#include "slides/speech_spans.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/error.h"
#include "media/audio_file.h"

namespace ditto::slides {
namespace {

constexpr double step_s = .02;
constexpr std::size_t samples_per_step = 320;  // of 16 kHz
constexpr double shortest_gap_s = .25;
constexpr double shortest_sound_s = .06;
constexpr double below_loud = .0316;  // -30 dB

/// Root mean square of each 20 ms.
std::vector<float> levels_of(const std::filesystem::path& voice, const std::stop_token& stop) {
    media::AudioFile file(voice);
    std::vector<float> levels;
    std::array<float, samples_per_step> samples{};
    while (const std::size_t count = file.read(samples)) {
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i)
            sum += double{samples[i]} * samples[i];
        levels.push_back(static_cast<float>(std::sqrt(sum / static_cast<double>(count))));
    }
    return levels;
}

/// The level that a tenth of the recording exceeds.
float loud_level(std::vector<float> levels) {
    const auto at = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() * 9 / 10);
    std::nth_element(levels.begin(), at, levels.end());
    return *at;
}

}  // namespace

std::vector<SpeechSpan> find_speech(const std::filesystem::path& voice, std::stop_token stop) {
    const std::vector<float> levels = levels_of(voice, stop);
    std::vector<SpeechSpan> spans;
    if (levels.empty()) return spans;
    const double threshold = loud_level(levels) * below_loud;
    for (std::size_t i = 0; i < levels.size(); ++i) {
        if (levels[i] <= threshold) continue;
        const double start = static_cast<double>(i) * step_s;
        if (spans.empty() || start - spans.back().end_s >= shortest_gap_s) {
            spans.push_back({start, start});
        }
        spans.back().end_s = start + step_s;
    }
    std::erase_if(spans, [](const SpeechSpan& span) {
        return span.end_s - span.start_s < shortest_sound_s - step_s / 2;
    });
    return spans;
}

}  // namespace ditto::slides
