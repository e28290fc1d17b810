#include "engines/mesh/expression_track.h"

#include <algorithm>
#include <iterator>
#include <numeric>

#include "engines/mesh/expression.h"
#include "engines/mesh/vec.h"

namespace ditto::mesh {
namespace {

FaceState blended(const EmotionShares& shares) {
    const double sum = std::accumulate(shares.begin(), shares.end(), 0.);
    FaceState face;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const FaceState one = expression_of(static_cast<Emotion>(i));
        face = added(face, one, static_cast<float>(shares[i] / sum));
    }
    return face;
}

}  // namespace

ExpressionTrack::ExpressionTrack(const EmotionTimeline& timeline) {
    for (const EmotionTimeline::Section& section : timeline.sections())
        sections_.push_back({section.start_s, blended(section.shares)});
}

FaceState ExpressionTrack::at(double time_s) const {
    // A step at each border, smoothed: each section counts by how far it has come in less how far
    // the next one has. Only what began within the last transition is on its way.
    const auto later = [](double time, const Section& section) { return time < section.start_s; };
    const auto end = std::upper_bound(sections_.begin() + 1, sections_.end(), time_s, later);
    auto section = std::upper_bound(sections_.begin() + 1, end, time_s - transition_s, later) - 1;
    FaceState face = section->face;
    for (++section; section != end; ++section) {
        const double since_s = time_s - section->start_s;
        const float come = smoothstep(0, 1, static_cast<float>(since_s / transition_s));
        face = added(face, section->face, come);
        face = added(face, std::prev(section)->face, -come);
    }
    return face;
}

}  // namespace ditto::mesh
