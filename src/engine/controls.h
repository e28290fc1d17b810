#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/emotion.h"

namespace ditto {

/// What a user can set for one video. Defaults, ranges, units and help stand in
/// control_specs(): command line, JSON and help are made from that table.
struct Controls {
    EmotionTimeline emotion;
    double crop_scale = 2.3;
    int sampling_steps = 50;
    int fade_in = 5;
    int fade_out = 5;
    std::int64_t seed = 1;
    double fps = 25;
    double head_motion = 1;
    double mouth_amount = 1;
    double blink_interval = 3.2;
    double gaze = 1;
    double pose_pitch = 0;
    double pose_yaw = 0;
    double pose_roll = 0;
    double silence_gate = -100;
    int streaming = 0;
    int reference_behaviour = 0;
    int threads = 0;
};

/// The controls that Engine::register_photo() looks at: photos registered with equal ones give the
/// same avatar.
struct RegistrationControls {
    explicit RegistrationControls(const Controls& controls)
        : crop_scale(controls.crop_scale), reference_behaviour(controls.reference_behaviour) {}
    bool operator==(const RegistrationControls&) const = default;

    double crop_scale;
    int reference_behaviour;
};

/// One row of the table. `member` says which field of Controls it sets.
struct ControlSpec {
    using Member = std::variant<int Controls::*, std::int64_t Controls::*, double Controls::*,
                                EmotionTimeline Controls::*>;
    std::string_view name;  // snake_case; on the command line with '-' or '_'
    Member member;
    double minimum;
    double maximum;
    std::string_view unit;
    std::string_view english;
    std::string_view chinese;
};

std::span<const ControlSpec> control_specs();

/// Sets one control from text, e.g. ("fps", "30"); an emotion as EmotionTimeline::parse() takes it.
/// Throws Error{option_value} where the text is no number or lies outside the range,
/// Error{option_unknown} where there is no such control.
void set_control(Controls& controls, std::string_view name, std::string_view value);

/// The numbers that a control takes, e.g. "1.5 - 4".
std::string control_range(const ControlSpec& spec);

/// The present value as text, in the form that set_control() takes.
std::string control_text(const Controls& controls, const ControlSpec& spec);

}  // namespace ditto
