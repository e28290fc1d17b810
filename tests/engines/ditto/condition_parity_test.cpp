#include <gtest/gtest.h>

#include "engines/ditto/condition_handler.h"
#include "reference.h"
#include "stubs.h"

namespace ditto::reenact {
namespace {

using reference::floats;

/// Compares what follows element 1022 of the conditions of nine frames, from `first` on.
void expect_conditions(const ConditionHandler& handler, std::int64_t first,
                       std::span<const float> expected) {
    const std::vector<float> features = reference::wave(9 * feature_size, 8);
    std::vector<float> condition(condition_size);
    std::size_t next = 0;
    for (std::size_t i = 0; i < 9; ++i) {
        handler.write(std::span(features).subspan(i * feature_size, feature_size),
                      first + static_cast<std::int64_t>(i), condition);
        for (std::size_t k = 1022; k < condition_size; ++k)
            EXPECT_NEAR(condition[k], expected[next++], 1e-6) << "frame " << i << " element " << k;
    }
}

TEST(ConditionParity, EmotionsAsGetEmoAvg) {
    const std::vector<float> expected = floats("emotions");
    std::size_t next = 0;
    for (const char* text : {"3", "happy+surprise", "angry+neutral+contempt"}) {
        const EmotionTrack track(EmotionTimeline::parse(text));
        for (const float weight : track.at(0))
            EXPECT_NEAR(weight, expected[next++], 1e-6) << text;
    }
}

TEST(ConditionParity, TimeLineAsConditionHandlersListOfLists) {
    // [[4]] * 3 + [[3, 6]] * 4 + [[5]] * 6, 25 a second
    const EmotionTrack track(EmotionTimeline::parse("0:neutral,0.12:happy+surprise,0.28:sad"));
    const ConditionHandler handler(track, stubs::eyes(3), stubs::canonical());
    const std::vector<float> expected = floats("conditions_time_line");
    const std::size_t half = expected.size() / 2;
    expect_conditions(handler, 0, std::span(expected).first(half));
    expect_conditions(handler, -4, std::span(expected).last(half));
}

TEST(ConditionParity, VideoAndEmotionRowsAsConditionHandler) {
    const ConditionHandler handler = stubs::video_conditions();
    const std::vector<float> expected = floats("conditions");
    const std::size_t half = expected.size() / 2;
    expect_conditions(handler, 0, std::span(expected).first(half));
    expect_conditions(handler, -4, std::span(expected).last(half));
}

TEST(ConditionParity, EyesOfTheFirstFrameAsConditionHandler) {
    const ConditionHandler handler(EmotionTrack(Emotion::happy), stubs::eyes(3), stubs::canonical(),
                                   true);
    expect_conditions(handler, 0, floats("conditions_first"));
}

}  // namespace
}  // namespace ditto::reenact
