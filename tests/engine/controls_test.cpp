#include "engine/controls.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace ditto {
namespace {

TEST(Controls, DefaultsLieInTheirRangesAndReadBack) {
    const Controls defaults;
    for (const ControlSpec& spec : control_specs()) {
        Controls copy;
        EXPECT_NO_THROW(set_control(copy, spec.name, control_text(defaults, spec))) << spec.name;
        EXPECT_EQ(control_text(copy, spec), control_text(defaults, spec));
        EXPECT_FALSE(spec.chinese.empty());
    }
}

TEST(Controls, EmotionByNameAndIndex) {
    Controls controls;
    set_control(controls, "emotion", "happy");
    EXPECT_EQ(controls.emotion, Emotion::happy);
    set_control(controls, "emotion", "7");
    EXPECT_EQ(controls.emotion, Emotion::contempt);
}

TEST(Controls, RefusesWhatDoesNotFit) {
    Controls controls;
    for (const auto& [name, value] : {std::pair{"emotion", "8"},
                                      {"emotion", "cheerful"},
                                      {"sampling_steps", "9"},
                                      {"fps", "nan"},
                                      {"fps", "25x"},
                                      {"fade_in", ""},
                                      {"seed", "-1"},
                                      {"threads", "1e9"}}) {
        EXPECT_THROW(set_control(controls, name, value), Error) << name << "=" << value;
    }
    EXPECT_THROW(set_control(controls, "colour", "1"), Error);
}

}  // namespace
}  // namespace ditto
