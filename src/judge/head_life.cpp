#include "judge/head_life.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace ditto::judge {
namespace {

constexpr double closed_share = .5;
constexpr double begun_share = .15;

/// Where the opening crosses `level` between `frame` and the frame before or after it.
double crossing(const Curve& opening, std::size_t frame, int step, double level) {
    const auto next = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(frame) + step);
    const double rise = opening[next] - opening[frame];
    const double share = rise > 0 ? (level - opening[frame]) / rise : 0;
    return opening.time_s(frame) + step * std::clamp(share, 0., 1.) / opening.fps();
}

/// The last frame from `frame` on in the direction of `step` whose opening lies under `level`.
std::size_t edge(const Curve& opening, std::size_t frame, int step, double level) {
    for (;;) {
        const bool at_end = step < 0 ? frame == 0 : frame + 1 == opening.size();
        const auto next = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(frame) + step);
        if (at_end || opening[next] >= level) return frame;
        frame = next;
    }
}

}  // namespace

std::vector<Blink> find_blinks(const Curve& eye_opening) {
    constexpr double longest_s = 1;
    std::vector<Blink> blinks;
    const double usual = quantile(eye_opening.values(), .6);
    for (std::size_t i = 0; i < eye_opening.size(); ++i) {
        if (eye_opening[i] >= closed_share * usual) continue;
        const std::size_t end = edge(eye_opening, i, 1, closed_share * usual);
        const auto& values = eye_opening.values();
        const auto lowest = std::min_element(values.begin() + static_cast<std::ptrdiff_t>(i),
                                             values.begin() + static_cast<std::ptrdiff_t>(end) + 1);
        const double level = usual - begun_share * (usual - *lowest);
        const std::size_t first = edge(eye_opening, i, -1, level);
        const std::size_t last = edge(eye_opening, end, 1, level);
        i = last;
        if (first == 0 || last + 1 == eye_opening.size()) continue;
        const double from_s = crossing(eye_opening, first, -1, level);
        const double duration_s = crossing(eye_opening, last, 1, level) - from_s;
        if (duration_s < longest_s) blinks.push_back({from_s, duration_s});
    }
    return blinks;
}

double movement(const Curve& angle_deg) {
    constexpr double window_s = 10;
    const std::span<const double> all = angle_deg.values();
    const auto window = static_cast<std::size_t>(window_s * angle_deg.fps());
    if (all.size() <= window || window < 2) return standard_deviation(all);
    std::vector<double> deviations;
    for (std::size_t from = 0; from + window <= all.size(); from += window / 2)
        deviations.push_back(standard_deviation(all.subspan(from, window)));
    return mean(deviations);
}

}  // namespace ditto::judge
