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

TEST(Controls, EmotionsReadBack) {
    const ControlSpec& spec = control_specs().front();
    Controls controls;
    for (const auto& [written, text] : {std::pair{"happy", "happy"},
                                        {"7", "contempt"},
                                        {"0:4,2.5:sad+happy", "0:neutral,2.5:happy+sad"}}) {
        set_control(controls, "emotion", written);
        EXPECT_EQ(control_text(controls, spec), text);
    }
}

TEST(Controls, RefusesWhatDoesNotFit) {
    Controls controls;
    for (const auto& [name, value] : {std::pair{"emotion", "8"},
                                      {"emotion", "cheerful"},
                                      {"emotion", "1:happy,0:sad"},
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
