#include "cli/arguments.h"

#include <gtest/gtest.h>

namespace ditto::cli {
namespace {

using Words = std::vector<std::string>;

Words canonical(std::vector<const char*> arguments) {
    return canonical_arguments(arguments);
}

TEST(Arguments, UnderscoresBecomeDashesInNamesOnly) {
    EXPECT_EQ(canonical({"generate", "--crop_scale", "a_b", "--fade_in=x_y"}),
              (Words{"generate", "--crop-scale", "a_b", "--fade-in=x_y"}));
}

TEST(Arguments, PythonNamesStandForOurs) {
    EXPECT_EQ(canonical({"--source_path", "--audio-path=v.wav", "--output_path"}),
              (Words{"--photo", "--audio=v.wav", "--output"}));
}

TEST(Arguments, NothingChangesAfterTwoDashes) {
    EXPECT_EQ(canonical({"--", "--crop_scale"}), (Words{"--", "--crop_scale"}));
}

TEST(Arguments, NearestFindsSlipsOfTheFingerOnly) {
    const Words names{"--photo", "--audio", "--output", "--fade-in", "--fade-out"};
    EXPECT_EQ(nearest("--phto", names), "--photo");
    EXPECT_EQ(nearest("--out", names), "--output");
    EXPECT_EQ(nearest("--fade-ni=3", names), "--fade-in");
    EXPECT_EQ(nearest("-audio", names), "--audio");
    EXPECT_EQ(nearest("--colour", names), "");
    EXPECT_EQ(nearest("-x", names), "");
}

}  // namespace
}  // namespace ditto::cli
