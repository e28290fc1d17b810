#include "engines/mesh/mesh_renderer.h"

#include "engines/mesh/expression.h"
#include "portrait_fixture.h"

namespace ditto::mesh {
namespace {

class Renderer : public PortraitFixture {
  protected:
    /// Everything at once, as far as it goes.
    static FaceState extreme() {
        FaceState s;
        s.open = .25F;
        s.pucker = .6F;
        s.spread = 1;
        s.upper_raise = .04F;
        s.lower_drop = .04F;
        s.smile_left = s.smile_right = .1F;
        s.brow_inner = s.brow_outer = .07F;
        s.blink_left = .4F;
        s.gaze_x = .04F;
        s.yaw_deg = 6;
        s.pitch_deg = 6;
        s.roll_deg = 6;
        s.shift_x = .05F;
        return s;
    }
};

TEST_F(Renderer, AtRestTheFrameIsThePhoto) {
    EXPECT_EQ(frame({}), crop(photo(), renderer().region()));
}

TEST_F(Renderer, TheRegionsEdgeIsThePhotoWhateverMoves) {
    const Image moved = frame(extreme());
    const Image rest = crop(photo(), renderer().region());
    ASSERT_FALSE(moved == rest);
    const auto same = [&](int x, int y) {
        return std::equal(moved.pixel(x, y), moved.pixel(x, y) + 3, rest.pixel(x, y));
    };
    for (int x = 0; x < rest.width(); ++x) {
        EXPECT_TRUE(same(x, 0)) << x;
        EXPECT_TRUE(same(x, rest.height() - 1)) << x;
    }
    for (int y = 0; y < rest.height(); ++y) {
        EXPECT_TRUE(same(0, y)) << y;
        EXPECT_TRUE(same(rest.width() - 1, y)) << y;
    }
}

TEST_F(Renderer, SameStateSamePixelsWhateverWasDrawnBefore) {
    MeshRenderer::Scratch scratch;
    const Image first = renderer().render(extreme(), scratch);
    renderer().render({}, scratch);
    FaceState other;
    other.close = 1;
    renderer().render(other, scratch);
    EXPECT_EQ(renderer().render(extreme(), scratch), first);
}

TEST_F(Renderer, ClosingHidesTheTeethOfASmile) {
    FaceState closed;
    closed.close = 1;
    EXPECT_GT(look_at({}).lip_gap, .1);
    EXPECT_LT(look_at(closed).lip_gap, .035);
}

TEST_F(Renderer, OpeningWidensTheGapByAboutWhatWasAsked) {
    FaceState open;
    open.open = .12F;
    EXPECT_NEAR(look_at(open).lip_gap - look_at({}).lip_gap, .12, .05);
}

TEST_F(Renderer, RoundedLipsAreNarrowerThanSpreadOnes) {
    FaceState rounded;
    rounded.pucker = 1;
    rounded.close = .5F;
    FaceState spread;
    spread.spread = 1;
    spread.close = .5F;
    EXPECT_LT(look_at(rounded).mouth_width, .92 * look_at(spread).mouth_width);
}

TEST_F(Renderer, BlinkingClosesTheEyes) {
    FaceState shut;
    shut.blink_left = shut.blink_right = 1;
    EXPECT_LT(look_at(shut).eye_opening, .45 * look_at({}).eye_opening);
}

TEST_F(Renderer, BrowsRise) {
    FaceState raised;
    raised.brow_inner = raised.brow_outer = .06F;
    EXPECT_GT(look_at(raised).brow_height, look_at({}).brow_height + .02);
}

TEST_F(Renderer, TheHeadTurnsByAboutWhatWasAsked) {
    const Look rest = look_at({});
    FaceState turned;
    turned.yaw_deg = 4;
    EXPECT_NEAR(look_at(turned).yaw_deg - rest.yaw_deg, 4, 1.5);
    turned = {};
    turned.pitch_deg = 4;
    EXPECT_NEAR(look_at(turned).pitch_deg - rest.pitch_deg, -4, 2.2);  // positive looks up there
    turned = {};
    turned.roll_deg = 4;
    EXPECT_NEAR(look_at(turned).roll_deg - rest.roll_deg, 4, 1);
}

TEST_F(Renderer, EveryEmotionLooksDifferentFromEveryOther) {
    std::vector<Image> frames;
    for (int i = 0; i < 8; ++i)
        frames.push_back(frame(expression_of(static_cast<Emotion>(i))));
    for (std::size_t a = 0; a < frames.size(); ++a) {
        for (std::size_t b = a + 1; b < frames.size(); ++b) {
            int changed = 0;
            for (int y = 0; y < frames[a].height(); ++y) {
                for (int x = 0; x < frames[a].width(); ++x) {
                    const int difference = frames[a].pixel(x, y)[1] - frames[b].pixel(x, y)[1];
                    changed += std::abs(difference) > 12 ? 1 : 0;
                }
            }
            EXPECT_GT(changed, 500) << emotion_names[a] << " and " << emotion_names[b];
        }
    }
}

TEST_F(Renderer, WhatTheMouthDoesLeavesTheEyesAndBrowsAlone) {
    FaceState wide;
    wide.brow_inner = wide.brow_outer = .07F;
    wide.blink_left = wide.blink_right = -.3F;
    FaceState speaking = wide;
    speaking.open = .1F;
    const Image silent = frame(wide);
    const Image loud = frame(speaking);
    ASSERT_FALSE(silent == loud);
    const int below_eyes =
        static_cast<int>(renderer().face().eye_middle.y + .2F * renderer().face().unit) -
        renderer().region().y;
    const Rect above{0, 0, silent.width(), below_eyes};
    EXPECT_EQ(crop(silent, above), crop(loud, above));
}

}  // namespace
}  // namespace ditto::mesh
