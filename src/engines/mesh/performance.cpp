#include "engines/mesh/performance.h"

#include <algorithm>
#include <cmath>

#include "engines/mesh/expression.h"
#include "engines/mesh/vec.h"

namespace ditto::mesh {
namespace {

constexpr float widest_gap = .19F;  // D, an [a]
constexpr float least_vowel_gap = .032F;
constexpr float counted_share = .8F;  // of the photo's own gap

/// 0 at the first frame of a fade, 1 where it is over.
float fade(std::int64_t frames_from_end, int length) {
    if (frames_from_end >= length) return 1;
    return smoothstep(0, 1, static_cast<float>(frames_from_end) / static_cast<float>(length));
}

}  // namespace

FaceState mouth_state(const ArticulationFrame& voice, float photo_gap, float amount) {
    FaceState s;
    const float closed = std::clamp(voice.lip_close, 0.F, 1.F);
    const float apart = 1 - smoothstep(.25F, .85F, closed);
    // The lips part less than the jaw in half-open sounds.
    float gap = widest_gap * amount * std::pow(std::max(voice.jaw, 0.F), 1.25F);
    gap += .022F * voice.teeth;
    // Rounding draws the lips together, more than the jaw lets them part, but a vowel leaves them
    // apart: as people's lips on video move (docs/articulation.md).
    const float drawn = (1 - .5F * voice.round) * gap - .25F * widest_gap * amount * voice.round;
    gap = std::max(drawn, std::min(gap, least_vowel_gap * amount));
    gap = lerp(gap, .012F, .85F * voice.labiodental);
    gap *= apart;

    const float counted = counted_share * photo_gap;
    const float change = gap - counted;
    if (change >= 0) {
        s.open = change;
    } else {
        s.close = std::min(-change / counted, 1.F);
    }
    s.press = .8F * smoothstep(.6F, 1, closed) * voice.voice + .15F * smoothstep(.6F, 1, closed);
    s.pucker = std::min(1.3F * amount * voice.round, 1.2F);
    s.spread = amount * voice.spread;
    s.upper_raise = (.022F * voice.upper_lip_raise + .02F * voice.labiodental) * apart;
    s.lower_drop = .042F * voice.lower_lip_drop * apart - .042F * voice.labiodental;
    s.tongue = voice.tongue;
    s.teeth = voice.teeth;
    return s;
}

Performance::Performance(const PerformanceSubject& subject, const Controls& controls)
    : subject_(subject),
      controls_(controls),
      expression_(controls.emotion),
      head_(controls, subject.yaw_deg),
      eyes_(controls) {}

FaceState Performance::whole_face(const ArticulationFrame& voice) {
    FaceState state =
        mouth_state(voice, subject_.mouth_gap, static_cast<float>(controls_.mouth_amount));
    head_.next(voice, state);
    // Lips that must meet do so whatever the expression wants.
    FaceState expression = expression_.at(static_cast<double>(made_) / controls_.fps);
    const float apart = 1 - smoothstep(.3F, .9F, voice.lip_close);
    expression.open *= apart;
    expression.upper_raise *= apart;
    expression.lower_drop *= apart;
    state = added(state, expression, 1);
    // A smile and a rounded mouth share the corners.
    const float rounded = 1 - .6F * std::min(state.pucker, 1.F);
    state.smile_left *= rounded;
    state.smile_right *= rounded;

    const float follow = std::min(static_cast<float>(1 / (controls_.fps * .12)), 1.F);
    brow_ += (voice.emphasis - brow_) * follow;
    const float raised = .028F * std::max(brow_ - .25F, 0.F);
    state.brow_inner += raised;
    state.brow_outer += raised;
    eyes_.next(voice, state);
    return state;
}

std::vector<FaceState> Performance::push(const ArticulationFrame& voice) {
    held_.push_back(scaled(whole_face(voice), fade(made_, controls_.fade_in)));
    ++made_;
    std::vector<FaceState> ready;
    while (held_.size() > static_cast<std::size_t>(controls_.fade_out)) {
        ready.push_back(held_.front());
        held_.pop_front();
    }
    return ready;
}

std::vector<FaceState> Performance::finish() {
    std::vector<FaceState> rest;
    while (!held_.empty()) {
        const auto from_end = static_cast<std::int64_t>(held_.size()) - 1;
        rest.push_back(scaled(held_.front(), fade(from_end, controls_.fade_out)));
        held_.pop_front();
    }
    return rest;
}

}  // namespace ditto::mesh
