#include "judge/voice.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "judge/measures.h"
#include "media/audio_file.h"
#include "mouths.h"

namespace ditto::judge {
namespace {

std::vector<float> demo_samples() {
    media::AudioFile file(std::string(DITTO_SOURCE_DIR) + "/assets/demo_voice.wav");
    std::vector<float> samples(16000 * 30);
    samples.resize(file.read(samples));
    return samples;
}

std::vector<float> delayed(std::vector<float> samples, double by_s) {
    samples.insert(samples.begin(), static_cast<std::size_t>(by_s * 16000), 0.F);
    return samples;
}

TEST(Voice, FindsThePausesOfTheTable) {
    const Voice voice = demo_voice();
    const auto pauses = voice.pauses(.3);
    std::size_t met = 0;
    std::size_t wanted = 0;
    for (const Phone& phone : demo_phones()) {
        if (!is_pause(phone) || phone.duration_s() < .3) continue;
        ++wanted;
        for (const Span& pause : pauses)
            met += pause.contains(phone.middle_s()) ? 1 : 0;
    }
    EXPECT_GE(wanted, 4U);
    EXPECT_EQ(met, wanted);
    EXPECT_EQ(pauses.size(), wanted);
}

TEST(Voice, IsSilentWithoutSound) {
    const Voice voice(std::vector<float>(16000 * 2, 0.F), articulation_network());
    EXPECT_NEAR(voice.duration_s(), 2, .01);
    for (const double open : voice.expectation().open)
        EXPECT_NEAR(open, 0, 1e-3);
}

TEST(Voice, ExpectsWhatLipsOfPeopleDo) {
    const Expectation heard = demo_voice().expectation();
    const auto expected = [&](auto&& chosen) {
        std::vector<double> open, wide;
        for (const Phone& phone : demo_phones()) {
            if (!chosen(phone)) continue;
            open.push_back(heard.open_at(phone.middle_s()));
            wide.push_back(heard.wide_at(phone.middle_s()));
        }
        return std::pair{mean(open), mean(wide)};
    };
    const auto one_of = [](const std::string& ipa) {
        return [ipa](const Phone& phone) { return ipa.find(phone.ipa) != std::string::npos; };
    };
    const auto [vowel_open, vowel_wide] = expected(is_open_vowel);
    const auto [spread_open, spread_wide] = expected(is_spread);
    const auto [rounded_open, rounded_wide] = expected(is_rounded);
    EXPECT_LT(expected(is_bilabial).first, .3 * vowel_open);
    EXPECT_LT(expected(one_of("fv")).first, .3 * vowel_open);
    // A raised tongue needs a jaw that is nearly closed.
    EXPECT_LT(expected(one_of("tdnl")).first, .5 * vowel_open);
    EXPECT_LT(rounded_open, spread_open);
    EXPECT_LT(rounded_wide, std::min(vowel_wide, spread_wide) - .3);
}

TEST(Voice, NeedsNoNetworkForWhatATableSays) {
    const Voice voice(demo_samples(), nullptr);
    EXPECT_EQ(voice.delay_against_s(demo_phones()), 0);
    EXPECT_EQ(voice.pauses(.3).size(), demo_voice().pauses(.3).size());
}

TEST(Sound, HasTheTableInTheVideosTime) {
    constexpr double half_frame_s = .0201;
    const Sound sound(Voice(delayed(demo_samples(), .2), nullptr), .1, demo_phones());
    EXPECT_NEAR(sound.late_s, .2, half_frame_s);
    EXPECT_NEAR(sound.phones[3].start_s, demo_phones()[3].start_s + .3, half_frame_s);
    const Sound heard(Voice(demo_samples(), nullptr), .1, {});
    EXPECT_EQ(heard.late_s, 0);
    ASSERT_EQ(sound.pauses.size(), heard.pauses.size());
    EXPECT_NEAR(sound.pauses[1].from_s, heard.pauses[1].from_s + .2, .1);
    EXPECT_EQ(Sound({}, 0, demo_phones()).pauses.size(), sound.pauses.size());
}

TEST(Voice, TellsHowLateItIsAgainstTheTable) {
    constexpr double half_frame_s = .0201;
    const auto samples = demo_samples();
    EXPECT_EQ(Voice(samples, articulation_network()).delay_against_s(demo_phones()), 0);
    EXPECT_NEAR(Voice(delayed(samples, .2), articulation_network()).delay_against_s(demo_phones()),
                .2, half_frame_s);
    EXPECT_NEAR(Voice({samples.begin() + 3200, samples.end()}, articulation_network())
                    .delay_against_s(demo_phones()),
                -.2, half_frame_s);
}

class PhoneTable : public testing::Test {
  protected:
    std::vector<Phone> load(const std::string& content) {
        const std::string path =
            testing::TempDir() + "judge_phones_" + std::to_string(getpid()) + ".tsv";
        std::ofstream(path, std::ios::binary) << content;
        return load_phones(path);
    }
    ErrorCode refusal(const std::string& content) {
        try {
            load(content);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::internal;
    }
};

TEST_F(PhoneTable, IsReadInOrder) {
    const auto phones = load("start_s\tend_s\tphone\r\n0.0\t0.5\t_\r\n0.5\t0.6\tm\r\n\r\n");
    ASSERT_EQ(phones.size(), 2U);
    EXPECT_TRUE(is_pause(phones[0]));
    EXPECT_TRUE(is_bilabial(phones[1]));
    EXPECT_DOUBLE_EQ(phones[1].middle_s(), .55);
}

TEST_F(PhoneTable, RefusesWhatIsNone) {
    const std::string head = "start_s\tend_s\tphone\n";
    for (const char* lines : {"", "0.0 0.5 _\n", "0\tx\tm\n", "-1\t0\tm\n", "1\t0.5\tm\n",
                              "1\t2\tm\n0\t1\tb\n", "nan\t1\tm\n", "0\tinf\tm\n"}) {
        EXPECT_EQ(refusal(head + lines), ErrorCode::phones_format) << lines;
    }
    EXPECT_THROW(load_phones("/nowhere/phones.tsv"), Error);
}

}  // namespace
}  // namespace ditto::judge
