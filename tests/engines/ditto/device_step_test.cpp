#include "engines/ditto/device_step.h"

#include <cmath>
#include <thread>
#include <vector>

#include "base/error.h"
#include "core/random.h"
#include "engine_fixture.h"
#include "engines/ditto/audio2motion.h"

namespace ditto::reenact {
namespace {

/// One clip's constant inputs, and a sample.
struct Inputs {
    std::vector<float> sample, first_frame, conditions;

    explicit Inputs(std::uint64_t seed)
        : sample(drawn(seed, clip_frames * motion_size)),
          first_frame(drawn(seed + 1, motion_size)),
          conditions(drawn(seed + 2, clip_frames * condition_size)) {}

    static std::vector<float> drawn(std::uint64_t seed, std::size_t count) {
        std::vector<float> values(count);
        Random random(seed);
        for (float& value : values)
            value = static_cast<float>(random.normal());
        return values;
    }
};

class Step : public EngineFixture {
  protected:
    static nn::Session network() { return {runtime(), options().files.lmdm, {.threads = 1}}; }
    std::shared_ptr<DeviceStep> step_ =
        std::make_shared<DeviceStep>(network(), runtime(), nn::Device::cpu);
    Audio2Motion plain_{network()};

    Prediction wanted(const Inputs& of, std::int64_t time) const {
        return plain_.clips({time})(of.first_frame, of.conditions)(of.sample, time);
    }
    static void expect_same(const Prediction& made, const Prediction& wanted) {
        EXPECT_EQ(made.start, wanted.start);
        EXPECT_EQ(made.noise, wanted.noise);
    }
};

TEST_F(Step, GivesWhatTheGraphGives) {
    const Audio2Motion motion(step_);
    const Inputs one(1);
    const Inputs two(20);
    const ClipDenoise clips = motion.clips({10, 900});
    // Two clips by turns.
    const Denoise first = clips(one.first_frame, one.conditions);
    const Denoise second = clips(two.first_frame, two.conditions);
    for (const std::int64_t time : {900, 10}) {
        expect_same(first(one.sample, time), wanted(one, time));
        expect_same(second(two.sample, time), wanted(two, time));
    }
    EXPECT_TRUE(motion.obstacle().empty());
}

TEST_F(Step, ThreadsTakeTurns) {
    const Prediction of_one = wanted(Inputs(1), 500);
    const Prediction of_two = wanted(Inputs(20), 500);
    const auto repeat = [&](std::uint64_t seed, const Prediction& expected) {
        const Inputs inputs(seed);
        for (int i = 0; i < 8; ++i)
            expect_same((*step_)(inputs.sample, inputs.first_frame, inputs.conditions, 500),
                        expected);
    };
    std::jthread other([&] { repeat(20, of_two); });
    repeat(1, of_one);
}

TEST_F(Step, HoldsWhereItPlaysWhatItComputed) {
    EXPECT_TRUE(step_->holds());
}

TEST_F(Step, OtherNetworksAreRefused) {
    EXPECT_THROW(
        DeviceStep(nn::Session(runtime(), options().files.decoder), runtime(), nn::Device::cpu),
        Error);
}

TEST(Difference, SeesWhatIsNoNumber) {
    const std::vector<float> wanted{1, -4, 2};
    EXPECT_EQ(difference(std::vector<float>{1, -4, 2}, wanted), 0);
    EXPECT_EQ(difference(std::vector<float>{1, -3, 2}, wanted), .25F);
    EXPECT_FALSE(difference(std::vector<float>{NAN, -4, 2}, wanted) <= 1);
    EXPECT_FALSE(difference(std::vector<float>{1, NAN, 3}, wanted) <= 1);
}

}  // namespace
}  // namespace ditto::reenact
