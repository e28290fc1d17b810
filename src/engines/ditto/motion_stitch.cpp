#include "engines/ditto/motion_stitch.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ditto::reenact {
namespace {

// Which keypoints are what.
constexpr std::array<std::size_t, 6> lip_keypoints{6, 12, 14, 17, 19, 20};
constexpr std::array<std::size_t, 5> eye_keypoints{11, 13, 15, 16, 18};

template <std::size_t N>
bool contains(const std::array<std::size_t, N>& keypoints, std::size_t element) {
    return std::ranges::find(keypoints, element / 3) != keypoints.end();
}

bool is_lip(std::size_t element) {
    return contains(lip_keypoints, element);
}

bool is_eye(std::size_t element) {
    return contains(eye_keypoints, element);
}

/// One part of a motion: from the source by so much of the difference to the origin, or the
/// motion itself where it does not count from an origin.
template <std::size_t N>
void mix(const std::array<float, N>& source, const std::array<float, N>* origin, float amount,
         std::array<float, N>& driven) {
    if (amount == 0) {
        driven = source;
        return;
    }
    for (std::size_t i = 0; i < N; ++i) {
        driven[i] = origin != nullptr ? source[i] + (driven[i] - (*origin)[i]) * amount
                                      : driven[i] * amount;
    }
}

double faded(double from, double to, double part) {
    return to * part + from * (1 - part);
}

template <std::size_t N>
void fade_to(const std::array<float, N>& target, double part, std::array<float, N>& values) {
    for (std::size_t i = 0; i < N; ++i)
        values[i] = static_cast<float>(faded(target[i], values[i], part));
}

DrivenParts scaled(DrivenParts parts, double ratio) {
    const auto factor = static_cast<float>(ratio);
    parts.expression *= factor;
    parts.pitch *= factor;
    parts.yaw *= factor;
    parts.roll *= factor;
    return parts;
}

}  // namespace

MotionStitch::MotionStitch(const StitchOptions& options, const MotionInfo& first_source,
                           const MotionVector& origin, BlinkSchedule blinks, Stitch stitch)
    : options_(options),
      driven_(scaled(
          options.driven.value_or(options.image_source ? DrivenParts{} : DrivenParts::for_video()),
          options.scale_ratio)),
      drive_eyes_(options.drive_eyes.value_or(options.image_source)),
      first_source_(pose_of(first_source)),
      origin_(from_vector(origin)),
      blinks_(std::move(blinks)),
      stitch_(std::move(stitch)) {}

StitchedKeypoints MotionStitch::operator()(const MotionInfo& source, const StitchInput& input) {
    const double ratio = options_.motion_frames_per_frame;
    const auto motion_frames = [&](std::int64_t frames) {
        return static_cast<std::int64_t>(static_cast<double>(frames) * ratio);
    };
    const int blink_frame =
        blinks_.at(motion_frames(input.frame),
                   input.frames_after == endless ? endless : motion_frames(input.frames_after));

    MotionInfo driven = mixed(source, input.motion);
    fix_expression(source, blink_frame, driven);
    if (input.mouth_open < 1) close_mouth(source, input.mouth_open, driven);

    const Pose source_pose = options_.image_source ? first_source_ : pose_of(source);
    Pose pose = controlled(source_pose, driven);
    if (!first_pose_) first_pose_ = pose;
    fade(source_pose, input, pose);
    if (drive_eyes_) fix_gaze(pose);

    StitchedKeypoints result;
    result.source = transformed(source.canonical, source_pose);
    result.driving = transformed(source.canonical, pose);
    if (options_.stitching) result.driving = stitch_(result.source, result.driving);
    return result;
}

MotionInfo MotionStitch::mixed(const MotionInfo& source, const MotionVector& motion) const {
    MotionInfo driven = from_vector(motion);
    const auto part = [&](auto member, float amount) {
        mix(source.*member, options_.relative ? &(origin_.*member) : nullptr, amount,
            driven.*member);
    };
    part(&MotionInfo::pitch, driven_.pitch);
    part(&MotionInfo::yaw, driven_.yaw);
    part(&MotionInfo::roll, driven_.roll);
    part(&MotionInfo::translation, driven_.translation);
    part(&MotionInfo::expression, driven_.expression);
    if (driven_.scale == 0) {
        driven.scale = source.scale;
    } else if (options_.relative) {
        driven.scale = source.scale + (driven.scale - origin_.scale) * driven_.scale;
    } else {
        driven.scale *= driven_.scale;
    }
    return driven;
}

void MotionStitch::fix_expression(const MotionInfo& source, int blink_frame,
                                  MotionInfo& driven) const {
    const bool blinks = drive_eyes_ && !options_.blink.empty();
    const auto mouth = static_cast<float>(options_.mouth_amount);
    for (std::size_t i = 0; i < driven.expression.size(); ++i) {
        float& value = driven.expression[i];
        const float still = source.expression[i];
        if (is_lip(i)) {
            value = mouth == 1 ? value : still + (value - still) * mouth;
        } else if (!is_eye(i)) {
            value = still;
        } else if (blinks) {
            value = still + options_.blink[static_cast<std::size_t>(blink_frame)][i];
        } else if (!drive_eyes_) {
            value = still;
        }
    }
}

void MotionStitch::close_mouth(const MotionInfo& source, float open, MotionInfo& driven) const {
    for (std::size_t i = 0; i < driven.expression.size(); ++i) {
        if (!is_lip(i) && !options_.reference_behaviour) continue;
        driven.expression[i] = driven.expression[i] * open + source.expression[i] * (1 - open);
    }
}

Pose MotionStitch::controlled(const Pose& source, const MotionInfo& driven) const {
    Pose pose = pose_of(driven);
    const auto angle = [&](const AngleBins& bins, double source_deg, double amount, double offset) {
        if (!options_.reference_behaviour) {
            return faded(source_deg, degrees(bins), amount) + offset;
        }
        // The reference scales the class scores, unless an offset has turned them into degrees.
        if (offset != 0) return (degrees(bins) + offset) * amount;
        AngleBins scaled_bins = bins;
        for (float& bin : scaled_bins)
            bin *= static_cast<float>(amount);
        return degrees(scaled_bins);
    };
    pose.pitch_deg =
        angle(driven.pitch, source.pitch_deg, options_.pitch_amount, options_.pitch_offset_deg);
    pose.yaw_deg = angle(driven.yaw, source.yaw_deg, options_.yaw_amount, options_.yaw_offset_deg);
    pose.roll_deg =
        angle(driven.roll, source.roll_deg, options_.roll_amount, options_.roll_offset_deg);
    for (std::size_t i = 0; i < pose.expression.size(); ++i)
        pose.expression[i] += options_.expression_offset[i];
    return pose;
}

void MotionStitch::fade(const Pose& source, const StitchInput& input, Pose& pose) const {
    if (options_.fade_target == FadeTarget::none) return;
    double part = 1;
    if (input.frame < options_.fade_in) {
        part = static_cast<double>(input.frame) / options_.fade_in;
    }
    if (input.frames_after < options_.fade_out) {
        part = static_cast<double>(input.frames_after) / options_.fade_out;
    }
    if (part == 1) return;
    const Pose& target = options_.fade_target == FadeTarget::source ? source : *first_pose_;
    const FadedParts& parts = options_.faded;
    if (parts.expression) fade_to(target.expression, part, pose.expression);
    if (parts.translation) fade_to(target.translation, part, pose.translation);
    if (parts.pitch) pose.pitch_deg = faded(target.pitch_deg, pose.pitch_deg, part);
    if (parts.yaw) pose.yaw_deg = faded(target.yaw_deg, pose.yaw_deg, part);
    if (parts.roll) pose.roll_deg = faded(target.roll_deg, pose.roll_deg, part);
    if (parts.scale) pose.scale = static_cast<float>(faded(target.scale, pose.scale, part));
}

void MotionStitch::fix_gaze(Pose& pose) const {
    // How far the eyes turn for each degree that the head turns the other way.
    constexpr double across_per_degree = .26;
    constexpr double up_per_degree = .28;
    const double across =
        (pose.yaw_deg - first_source_.yaw_deg) * across_per_degree * options_.gaze;
    const double up = (pose.pitch_deg - first_source_.pitch_deg) * up_per_degree * options_.gaze;
    // Keypoints 11 and 15 are the eyes; the one on the side looked to moves more.
    pose.expression[33] += static_cast<float>(across * (across > 0 ? .0007 : .001));
    pose.expression[45] += static_cast<float>(across * (across > 0 ? .001 : .0007));
    pose.expression[34] -= static_cast<float>(up * .001);
    pose.expression[46] -= static_cast<float>(up * .001);
}

}  // namespace ditto::reenact
