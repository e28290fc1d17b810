#include "engines/mesh/expression.h"

#include <array>

namespace ditto::mesh {
namespace {

using Field = float FaceState::*;

constexpr std::array fields{
    &FaceState::open,        &FaceState::close,       &FaceState::press,
    &FaceState::pucker,      &FaceState::spread,      &FaceState::upper_raise,
    &FaceState::lower_drop,  &FaceState::tongue,      &FaceState::teeth,
    &FaceState::smile_left,  &FaceState::smile_right, &FaceState::corner_in,
    &FaceState::brow_inner,  &FaceState::brow_outer,  &FaceState::brow_squeeze,
    &FaceState::cheek,       &FaceState::nose,        &FaceState::blink_left,
    &FaceState::blink_right, &FaceState::squint,      &FaceState::gaze_x,
    &FaceState::gaze_y,      &FaceState::yaw_deg,     &FaceState::pitch_deg,
    &FaceState::roll_deg,    &FaceState::shift_x,     &FaceState::shift_y,
};
static_assert(sizeof(FaceState) == fields.size() * sizeof(float), "a field is missing above");

}  // namespace

FaceState expression_of(Emotion emotion) {
    FaceState s;
    const auto smile = [&](float left, float right) {
        s.smile_left = left;
        s.smile_right = right;
    };
    const auto lids = [&](float closed) { s.blink_left = s.blink_right = closed; };
    switch (emotion) {
        case Emotion::angry:  // 4 + 5 + 7 + 23
            s.brow_inner = -.05F;
            s.brow_outer = .012F;
            s.brow_squeeze = .03F;
            s.squint = .22F;
            lids(-.08F);
            smile(-.025F, -.025F);
            s.press = .25F;
            break;
        case Emotion::disgust:  // 9 + 10 + 17
            s.nose = .045F;
            s.brow_inner = -.03F;
            s.brow_squeeze = .015F;
            s.cheek = .035F;
            s.squint = .25F;
            lids(.12F);
            s.upper_raise = .014F;
            smile(-.035F, -.035F);
            break;
        case Emotion::fear:  // 1 + 2 + 4 + 5 + 20
            s.brow_inner = .062F;
            s.brow_outer = .02F;
            s.brow_squeeze = .022F;
            lids(-.3F);
            s.spread = .45F;
            smile(-.03F, -.03F);
            s.pitch_deg = -1;
            break;
        case Emotion::happy:  // 6 + 12
            smile(.075F, .075F);
            s.cheek = .042F;
            s.squint = .24F;
            s.brow_outer = .012F;
            break;
        case Emotion::neutral:
            break;
        case Emotion::sad:  // 1 + 4 + 15
            s.brow_inner = .055F;
            s.brow_outer = -.025F;
            s.brow_squeeze = .014F;
            lids(.2F);
            smile(-.055F, -.055F);
            s.gaze_y = .01F;
            s.pitch_deg = 2.2F;
            break;
        case Emotion::surprise:  // 1 + 2 + 5 + 26
            s.brow_inner = .065F;
            s.brow_outer = .07F;
            lids(-.32F);
            s.open = .03F;
            s.pitch_deg = -1.2F;
            break;
        case Emotion::contempt:  // 14 on one side
            smile(-.012F, .07F);
            s.brow_outer = -.012F;
            lids(.14F);
            s.squint = .1F;
            s.roll_deg = -1.6F;
            s.pitch_deg = -1.4F;
            break;
    }
    return s;
}

FaceState added(const FaceState& a, const FaceState& b, float weight) {
    FaceState sum = a;
    for (const Field field : fields)
        sum.*field += weight * b.*field;
    return sum;
}

FaceState scaled(const FaceState& state, float factor) {
    FaceState result;
    for (const Field field : fields)
        result.*field = factor * state.*field;
    return result;
}

}  // namespace ditto::mesh
