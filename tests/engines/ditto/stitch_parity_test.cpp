#include <gtest/gtest.h>

#include "engines/ditto/blink_schedule.h"
#include "engines/ditto/motion_stitch.h"
#include "reference.h"

namespace ditto::reenact {
namespace {

using reference::floats;
using reference::motion_info;

constexpr int frame_count = 40;

/// Stands for the stitching network.
Keypoints push_away(const Keypoints& source, const Keypoints& driving) {
    Keypoints result{};
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = driving[i] + .1F * (driving[i] - source[i]);
    return result;
}

/// As the reference with its defaults: no fade, nothing added to the pose.
StitchOptions plain() {
    StitchOptions options;
    options.fade_target = FadeTarget::none;
    options.pitch_offset_deg = 0;
    return options;
}

std::vector<Keypoints> blink() {
    const auto values = reference::wave(15 * 63, 90, .03F);
    std::vector<Keypoints> frames(15);
    for (std::size_t i = 0; i < values.size(); ++i)
        frames[i / 63][i % 63] = values[i];
    return frames;
}

struct Case {
    StitchOptions options = plain();
    BlinkSchedule blinks = {};
    std::size_t source_frames = 1;
    std::function<float(int)> mouth_open = [](int) { return 1.F; };
};

/// Runs 40 frames and compares those in `frames`; each is x_s and x_d.
void expect_stitch(Case given, const std::string& name, const std::vector<int>& frames) {
    MotionStitch stitch(given.options, motion_info(3), to_vector(motion_info(40)), given.blinks,
                        push_away);
    std::vector<StitchedKeypoints> results;
    for (int i = 0; i < frame_count; ++i) {
        const auto source = mirror_index(static_cast<std::size_t>(i), given.source_frames);
        StitchInput input;
        input.motion = to_vector(motion_info(40 + i));
        input.frame = i;
        input.frames_after = frame_count - 1 - i;
        input.mouth_open = given.mouth_open(i);
        results.push_back(stitch(motion_info(3 + 11 * static_cast<int>(source)), input));
    }
    const std::vector<float> expected = floats(name);
    ASSERT_EQ(expected.size(), frames.size() * 126);
    for (std::size_t f = 0; f < frames.size(); ++f) {
        const StitchedKeypoints& result = results[static_cast<std::size_t>(frames[f])];
        for (std::size_t i = 0; i < 63; ++i) {
            ASSERT_NEAR(result.source[i], expected[f * 126 + i], 1e-4)
                << name << " x_s, frame " << frames[f] << " element " << i;
            ASSERT_NEAR(result.driving[i], expected[f * 126 + 63 + i], 1e-4)
                << name << " x_d, frame " << frames[f] << " element " << i;
        }
    }
}

std::vector<int> every_third() {
    std::vector<int> frames;
    for (int i = 0; i < frame_count; i += 3)
        frames.push_back(i);
    return frames;
}

TEST(StitchParity, PhotoWithPitchOffset) {
    Case given;
    given.options.pitch_offset_deg = 2;
    expect_stitch(given, "stitch_plain", every_third());
}

TEST(StitchParity, RandomBlinks) {
    Case given;
    given.options.pitch_offset_deg = 2;
    given.options.blink = blink();
    given.blinks = BlinkSchedule(15, [draws = std::vector{4, 9, 6, 6}, i = 0]() mutable {
        return draws[static_cast<std::size_t>(i++)];
    });
    expect_stitch(given, "stitch_blink", every_third());
}

TEST(StitchParity, ListedBlinksWithoutStitching) {
    Case given;
    given.options.blink = blink();
    given.options.stitching = false;
    given.blinks = BlinkSchedule(15, std::vector{3, 5});
    expect_stitch(given, "stitch_blink_list", every_third());
}

TEST(StitchParity, FadeToTheFirstFrame) {
    Case given;
    given.options.pitch_offset_deg = 2;
    given.options.fade_target = FadeTarget::first_frame;
    given.options.fade_in = 5;
    given.options.fade_out = 7;
    expect_stitch(given, "stitch_fade_first", {0, 1, 3, 20, 33, 36, 39});
}

TEST(StitchParity, FadeToTheSource) {
    Case given;
    given.options.fade_target = FadeTarget::source;
    given.options.faded.translation = true;
    given.options.fade_in = 5;
    given.options.fade_out = 7;
    expect_stitch(given, "stitch_fade_source", {0, 1, 3, 20, 33, 36, 39});
}

TEST(StitchParity, SilenceAsTheReference) {
    Case given;
    given.options.reference_behaviour = true;
    given.mouth_open = [](int i) { return 1 - static_cast<float>(i % 5) / 5; };
    expect_stitch(given, "stitch_silence", every_third());
}

TEST(StitchParity, OffsetsAndAmountsAsTheReference) {
    Case given;
    given.options.reference_behaviour = true;
    given.options.pitch_offset_deg = 2;
    given.options.yaw_offset_deg = -5;
    given.options.pitch_amount = .5;
    given.options.roll_amount = .6;
    const auto offset = reference::wave(63, 95, .01F);
    std::ranges::copy(offset, given.options.expression_offset.begin());
    expect_stitch(given, "stitch_control", every_third());
}

TEST(StitchParity, VideoSource) {
    Case given;
    given.source_frames = 4;
    given.options.image_source = false;
    given.options.pitch_offset_deg = 2;
    expect_stitch(given, "stitch_video", every_third());
    given.options.pitch_offset_deg = 0;
    given.options.drive_eyes = true;
    given.options.relative = false;
    expect_stitch(given, "stitch_video_eyes", every_third());
}

TEST(StitchParity, PartsByAmount) {
    Case given;
    given.options.driven = DrivenParts{.7F, .5F, 0, 0, 1, 0};
    expect_stitch(given, "stitch_amounts", every_third());
}

TEST(StitchParity, CharacterOfAnotherScale) {
    Case given;
    given.options.scale_ratio = 1.6 / 1.3;
    expect_stitch(given, "stitch_character", every_third());
}

void expect_blinks(BlinkSchedule blinks, const std::string& name) {
    const Tensor recorded = reference::load(name);
    const auto expected = recorded.values<std::int32_t>();
    const auto count = static_cast<std::int64_t>(expected.size());
    for (std::int64_t i = 0; i < count; ++i)
        ASSERT_EQ(blinks.at(i, count - 1 - i), expected[static_cast<std::size_t>(i)]) << name << i;
}

TEST(StitchParity, BlinkFramesAsSetEyeBlinkIdx) {
    expect_blinks(
        BlinkSchedule(15, [draws = std::vector{20, 18, 9, 30, 11, 7, 14, 25, 16, 12},
                           i = 0]() mutable { return draws[static_cast<std::size_t>(i++)]; }),
        "blinks_random");
    expect_blinks(BlinkSchedule(15, std::vector{10, 20, 5}), "blinks_list");
    expect_blinks(BlinkSchedule(4, std::vector{12}), "blinks_fixed");
}

/// The first frame's driving keypoints less those of `other` options.
Keypoints difference(const StitchOptions& a, const StitchOptions& b, float mouth_open) {
    const auto run = [&](const StitchOptions& options) {
        MotionStitch stitch(options, motion_info(3), to_vector(motion_info(40)), {}, push_away);
        StitchInput input;
        input.motion = to_vector(motion_info(41));
        input.mouth_open = mouth_open;
        return stitch(motion_info(3), input).driving;
    };
    const Keypoints first = run(a);
    const Keypoints second = run(b);
    Keypoints result{};
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i] = first[i] - second[i];
    return result;
}

TEST(Stitch, SilenceClosesTheMouthButLeavesTheEyes) {
    StitchOptions ours = plain();
    ours.stitching = false;
    StitchOptions theirs = ours;
    theirs.reference_behaviour = true;
    const Keypoints at_eyes = difference(ours, theirs, 0);
    EXPECT_GT(std::abs(at_eyes[11 * 3]), 1e-4);  // the reference stops the eyes too
    EXPECT_NEAR(at_eyes[6 * 3], 0, 1e-6);        // both close the lips
}

TEST(Stitch, NoMouthAmountHoldsTheLipsOnly) {
    StitchOptions whole = plain();
    whole.stitching = false;
    StitchOptions none = whole;
    none.mouth_amount = 0;
    const Keypoints change = difference(whole, none, 1);
    EXPECT_GT(std::abs(change[6 * 3]), 1e-4);
    EXPECT_NEAR(change[11 * 3], 0, 1e-6);
    StitchOptions silent = none;
    silent.mouth_amount = 1;
    EXPECT_NE(change, difference(whole, silent, 1));
}

TEST(Stitch, NoHeadMotionKeepsTheSourcesPose) {
    StitchOptions still = plain();
    still.stitching = false;
    still.pitch_amount = still.yaw_amount = still.roll_amount = 0;
    StitchOptions undriven = plain();
    undriven.stitching = false;
    undriven.driven = DrivenParts{1, 0, 0, 0, 1, 0};
    for (const float value : difference(still, undriven, 1))
        EXPECT_NEAR(value, 0, 1e-6);
}

}  // namespace
}  // namespace ditto::reenact
