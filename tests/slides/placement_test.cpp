#include "slides/placement.h"

#include <gtest/gtest.h>

#include "files.h"

namespace ditto::slides {
namespace {

TEST(Placement, KeepsWhatItsJsonDoesNotName) {
    EXPECT_EQ(placement_from_json("{}"), Placement{});
    Placement expected;
    expected.mode = Placement::Mode::split;
    expected.shape = Placement::Shape::circle;
    EXPECT_EQ(placement_from_json(R"({"shape": "circle", "mode": "split"})"), expected);
}

TEST(Placement, WritesTheJsonThatItReads) {
    EXPECT_EQ(to_json({}), R"({"mode":"corner","corner":"bottom-right","size":0.28,)"
                           R"("shape":"rounded","background":"kept"})");
    const Placement other{Placement::Mode::hidden, Placement::Corner::top_left, .5,
                          Placement::Shape::rectangle, Placement::Background::removed};
    EXPECT_EQ(placement_from_json(to_json(other)), other);
}

TEST(Placement, NamesTheFieldThatIsWrong) {
    const auto refusal = [](const char* json) {
        try {
            placement_from_json(json);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("taken");
    };
    EXPECT_EQ(refusal(R"({"mode": "left"})"),
              "placement.mode does not take \"left\"; use corner, split, full, hidden.");
    EXPECT_EQ(refusal(R"({"size": 0.6})"), "placement.size does not take \"0.6\"; use 0.15 - 0.5.");
    EXPECT_NE(refusal(R"({"size": null})"), "taken");
    EXPECT_NE(refusal(R"({"size": "nan"})"), "taken");
    EXPECT_NE(refusal(R"({"corner": ["top-left"]})"), "taken");
    EXPECT_NE(refusal(R"({"shape": 1})"), "taken");
    EXPECT_NE(refusal(R"({"background": true})"), "taken");
    EXPECT_NE(refusal("[]"), "taken");
    EXPECT_NE(refusal("{\"mode\":"), "taken");
    EXPECT_EQ(media::code_of([] { placement_from_json(R"({"place": "corner"})"); }),
              ErrorCode::option_unknown);
}

TEST(Placement, RefusesListsOfAnyDepth) {
    constexpr int depth = 2'000'000;
    const std::string deep = std::string(depth, '[') + std::string(depth, ']');
    EXPECT_EQ(media::code_of([&] { placement_from_json("{\"size\": " + deep + "}"); }),
              ErrorCode::option_value);
}

}  // namespace
}  // namespace ditto::slides
