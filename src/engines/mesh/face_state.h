#pragma once

namespace ditto::mesh {

/// What one frame shows, relative to the photo: a default FaceState is the photo itself, and
/// scaling all fields towards 0 returns to it. Lengths are in D, the distance of the eye centres.
/// "Left" is the image's left.
struct FaceState {
    // Mouth.
    float open = 0;         // added gap between the inner lips at the middle, D, 0 .. 0.35
    float close = 0;        // share of the photo's own gap that is closed, 0 .. 1
    float press = 0;        // lips pressed together and rolled in, 0 .. 1
    float pucker = 0;       // rounding and protrusion, 0 .. 1.2
    float spread = 0;       // corners drawn apart, 0 .. 1
    float upper_raise = 0;  // upper lip up, D, -0.03 .. 0.05
    float lower_drop = 0;   // lower lip down against the jaw, D, -0.05 .. 0.05
    float tongue = 0;       // tongue tip raised behind the teeth, 0 .. 1
    float teeth = 0;        // lower jaw forward, rows close and showing, 0 .. 1
    float smile_left = 0;   // corner up and out, D, negative: down, -0.1 .. 0.15
    float smile_right = 0;
    float corner_in = 0;  // corners drawn in and tucked, D, -0.05 .. 0.05

    // Upper face.
    float brow_inner = 0;    // inner ends up, D, -0.06 .. 0.08
    float brow_outer = 0;    // outer ends up, D
    float brow_squeeze = 0;  // inner ends together, D, 0 .. 0.04
    float cheek = 0;         // cheeks up, D, 0 .. 0.06
    float nose = 0;          // nose wings and upper lip up (disgust), D, 0 .. 0.05
    float blink_left = 0;    // upper lid closes, 0 .. 1; negative opens wide, to -0.3
    float blink_right = 0;
    float squint = 0;  // lower lid up, share of the eye's opening, 0 .. 0.5
    float gaze_x = 0;  // iris shift, D, positive to the image's right, -0.06 .. 0.06
    float gaze_y = 0;  // positive down, -0.03 .. 0.03

    // Head, about the pivot in the neck.
    float yaw_deg = 0;    // positive: the face turns to the image's right
    float pitch_deg = 0;  // positive: the chin goes down
    float roll_deg = 0;   // positive: clockwise in the image
    float shift_x = 0;    // D
    float shift_y = 0;    // D

    bool operator==(const FaceState&) const = default;
};

}  // namespace ditto::mesh
