#include "judge/lip_sync.h"

#include <gtest/gtest.h>

#include "mouths.h"

namespace ditto::judge {
namespace {

constexpr double frame_s = 1 / fps;

std::vector<Span> pauses_in(const std::vector<Phone>& phones) {
    std::vector<Span> pauses;
    for (const Phone& phone : phones) {
        if (is_pause(phone) && phone.duration_s() >= .3)
            pauses.push_back({phone.start_s, phone.end_s});
    }
    return pauses;
}

ContactScore contacts_of(const Mouth& mouth, const std::vector<Phone>& phones) {
    return score_contacts(mouth.gap, contact_rule(mouth.gap, pauses_in(phones), .007), phones);
}

TEST(Offset, IsMeasuredFinerThanAFrame) {
    const auto phones = demo_phones();
    for (const double late_s : {-.2, -.03, 0., .05, .2}) {
        const Mouth mouth = good_mouth(phones, late_s);
        const Offset offset = measure_offset(mouth.gap, mouth.width, expectation_of(phones));
        EXPECT_TRUE(offset.certain()) << late_s;
        EXPECT_NEAR(offset.sound_late_s, -late_s, .2 * frame_s) << late_s;
        EXPECT_NEAR(offset.correlation,
                    .65 * offset.gap_correlation + .35 * offset.width_correlation, .02);
        EXPECT_GT(offset.width_correlation, .9);
    }
}

/// The demo's phones in ever other order, this often.
std::vector<Phone> long_speech(int times) {
    Random random(4);
    std::vector<Phone> all;
    double at_s = 0;
    for (int i = 0; i < times; ++i) {
        std::vector<Phone> phones = demo_phones();
        for (std::size_t k = phones.size() - 1; k > 0; --k)
            std::swap(phones[k], phones[static_cast<std::size_t>(random.uniform() * (k + 1))]);
        for (Phone& phone : phones) {
            const double length_s = phone.duration_s();
            phone.start_s = at_s;
            phone.end_s = at_s += length_s;
            all.push_back(phone);
        }
    }
    return all;
}

TEST(Offset, IsMeasuredOfALongTalk) {
    // Ten minutes. With a chance level that is as dense as a short video's, this takes minutes.
    const auto phones = long_speech(60);
    const Mouth mouth = good_mouth(phones, .05);
    const Offset offset = measure_offset(mouth.gap, mouth.width, expectation_of(phones));
    EXPECT_TRUE(offset.certain());
    EXPECT_NEAR(offset.sound_late_s, -.05, .2 * frame_s);
    EXPECT_GT(offset.chance, 0);
}

TEST(Offset, IsMeasuredWithoutPhones) {
    const Expectation heard = demo_voice().expectation();
    for (const double late_s : {0., .2}) {
        const Mouth mouth = good_mouth(demo_phones(), late_s);
        const Offset offset = measure_offset(mouth.gap, mouth.width, heard);
        EXPECT_TRUE(offset.certain()) << late_s;
        EXPECT_NEAR(offset.sound_late_s, -late_s, frame_s) << late_s;
    }
}

TEST(Offset, IsNotClaimedForMouthsThatDoNotFollow) {
    const auto phones = demo_phones();
    for (const Mouth& mouth : {frozen_mouth(phones), random_mouth(phones)}) {
        EXPECT_FALSE(measure_offset(mouth.gap, mouth.width, expectation_of(phones)).certain());
        EXPECT_FALSE(measure_offset(mouth.gap, mouth.width, demo_voice().expectation()).certain());
    }
}

TEST(Contacts, RankAGoodARandomAndAFrozenMouth) {
    const auto phones = demo_phones();
    const ContactScore good = contacts_of(good_mouth(phones), phones);
    const ContactScore random = contacts_of(random_mouth(phones), phones);
    const ContactScore frozen = contacts_of(frozen_mouth(phones), phones);
    EXPECT_GT(good.phones, 5);
    EXPECT_GE(good.recall(), .8);
    EXPECT_GE(good.precision(), .6);
    EXPECT_LT(good.chance_recall, .5 * good.recall());
    EXPECT_LT(random.precision(), good.precision());
    EXPECT_LT(random.recall() - random.chance_recall, .5 * (good.recall() - good.chance_recall));
    EXPECT_EQ(frozen.hits, 0);
}

TEST(Contacts, AreLostWhenTheMouthIsLate) {
    const auto phones = demo_phones();
    // Of eight closures some are met by chance at any one delay.
    std::vector<double> recalls;
    for (const double late_s : {.2, .24, .28, .32, .36, .4})
        recalls.push_back(contacts_of(good_mouth(phones, late_s), phones).recall());
    EXPECT_LT(mean(recalls), .6 * contacts_of(good_mouth(phones), phones).recall());
}

TEST(Contacts, TakeTheirThresholdFromThePauses) {
    const Curve closed(std::vector<double>(100, .004), fps);
    EXPECT_NEAR(contact_rule(closed, {{0, 4}}, .007).threshold, .024, 1e-9);
    // On a small face a pixel is more than that.
    EXPECT_NEAR(contact_rule(closed, {{0, 4}}, .025).threshold, .029, 1e-9);
    // A mouth that rests open does not touch when it rests.
    const Curve open(std::vector<double>(100, .1), fps);
    EXPECT_LT(contact_rule(open, {{0, 4}}, .007).threshold, .06);
}

TEST(RoundedWidth, IsTheRatioOfTheMedians) {
    const auto phones = demo_phones();
    const auto ratio = rounded_width_ratio(good_mouth(phones).width, phones);
    ASSERT_TRUE(ratio);
    EXPECT_LT(*ratio, .92);
    EXPECT_NEAR(rounded_width_ratio(frozen_mouth(phones).width, phones).value(), 1, .01);
    EXPECT_FALSE(rounded_width_ratio(good_mouth(phones).width, {phones.front()}));
}

}  // namespace
}  // namespace ditto::judge
