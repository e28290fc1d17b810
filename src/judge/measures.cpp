#include "judge/measures.h"

#include <algorithm>
#include <string>
#include <utility>

#include "judge/head_life.h"
#include "judge/lip_sync.h"

namespace ditto::judge {
namespace {

constexpr double shortest_pause_s = .3;

std::vector<Phone> moved(std::vector<Phone> phones, double by_s) {
    for (Phone& phone : phones) {
        phone.start_s += by_s;
        phone.end_s += by_s;
    }
    return phones;
}

/// The lips' curves as functions of the sound's time.
struct Lips {
    Curve gap;
    Curve width;
};

void add_offset(Report& report, const Lips& lips, const Sound& sound) {
    const double frame_s = 1 / lips.gap.fps();
    Measure offset{"av_offset_s", {}, -frame_s, frame_s, "the video has no sound"};
    Measure correlation{"av_correlation", {}, -Measure::no_limit, Measure::no_limit, ""};
    Measure gap{"lip_gap_correlation", {}, -Measure::no_limit, Measure::no_limit, ""};
    Measure width{"mouth_width_correlation", {}, -Measure::no_limit, Measure::no_limit, ""};
    Measure chance{"av_chance_correlation",
                   {},
                   -Measure::no_limit,
                   Measure::no_limit,
                   "best at offsets where nothing is right"};
    if (sound.voice) {
        const bool known = !sound.table.empty();
        const Expectation expected =
            known ? expectation_of(sound.table) : sound.voice->expectation();
        // Relative to the table, unless it was the voice itself that was compared.
        const Offset found = measure_offset(lips.gap, lips.width, expected);
        correlation.value = found.correlation;
        gap.value = found.gap_correlation;
        width.value = found.width_correlation;
        gap.note = width.note = known ? "with the table of phones" : "with what the voice says";
        chance.value = found.chance;
        offset.note = known ? "sound later than the lips, by the table of phones"
                            : "sound later than the lips, by the voice alone";
        if (found.certain()) {
            offset.value = found.sound_late_s + sound.late_s + sound.start_s;
        } else {
            offset.note = "the lips follow the voice too little to tell";
        }
    }
    report.measures.insert(report.measures.end(), {offset, correlation, gap, width, chance});
}

void add_pauses(Report& report, const Curve& gap, const std::vector<Span>& pauses) {
    std::vector<double> inside;
    for (const Span& pause : pauses) {
        const auto values = gap.between(pause.from_s, pause.to_s);
        inside.insert(inside.end(), values.begin(), values.end());
    }
    Measure deviation{"pause_lip_gap_mad", {}, -Measure::no_limit, .03, "no pauses"};
    Measure level{"pause_lip_gap_d", {}, -Measure::no_limit, Measure::no_limit, ""};
    if (!inside.empty()) {
        deviation.value = mean_absolute_deviation(inside);
        deviation.note = "D, around the median, over " + std::to_string(inside.size()) +
                         " frames in " + std::to_string(pauses.size()) + " pauses";
        level.value = median(inside);
    }
    report.measures.insert(report.measures.end(), {deviation, level});
}

void add_contacts(Report& report, const Curve& gap, const std::vector<Span>& pauses,
                  const std::vector<Phone>& phones, double pixel_d) {
    Measure recall{"pbm_recall", {}, .6, Measure::no_limit, "needs --phones"};
    Measure precision{"pbm_precision", {}, -Measure::no_limit, Measure::no_limit, ""};
    Measure chance{"pbm_chance_recall", {}, -Measure::no_limit, Measure::no_limit, ""};
    Measure all{"pbm_recall_all", {}, -Measure::no_limit, Measure::no_limit, ""};
    Measure threshold{"lip_contact_gap_d",
                      {},
                      -Measure::no_limit,
                      Measure::no_limit,
                      "lips touch at this gap or under it"};
    const ContactRule rule = contact_rule(gap, pauses, pixel_d);
    threshold.value = rule.threshold;
    if (!phones.empty()) {
        const ContactScore score = score_contacts(gap, rule, phones);
        recall.note = "no p b m between two sounds";
        if (score.phones > 0) {
            recall.value = score.recall();
            recall.note = std::to_string(score.hits) + " of " + std::to_string(score.phones) +
                          " p b m between two sounds";
            precision.value = score.precision();
            precision.note = "of " + std::to_string(score.contacts) + " contacts in speech";
            chance.value = score.chance_recall;
            chance.note = "with the table moved";
            all.value = static_cast<double>(score.all_hits) / score.all_phones;
            all.note = std::to_string(score.all_hits) + " of " + std::to_string(score.all_phones) +
                       ", also beside pauses";
        }
    }
    report.measures.insert(report.measures.end(), {recall, precision, chance, all, threshold});
}

void add_shapes(Report& report, const Lips& lips, const std::vector<Phone>& phones) {
    Measure ratio{"rounded_width_ratio", {}, -Measure::no_limit, .92, "needs --phones"};
    Measure open{"open_vowel_gap_d", {}, -Measure::no_limit, Measure::no_limit, ""};
    if (!phones.empty()) {
        ratio.value = rounded_width_ratio(lips.width, phones);
        ratio.note = ratio.value ? "u o w over i e" : "fewer than three vowels of a kind";
        std::vector<double> gaps;
        for (const Phone& phone : phones) {
            if (is_open_vowel(phone)) gaps.push_back(lips.gap.at(phone.middle_s()));
        }
        if (!gaps.empty()) open.value = median(gaps);
    }
    const auto& gaps = lips.gap.values();
    const Measure range{"lip_gap_range_d", quantile(gaps, .95) - quantile(gaps, .05),
                        -Measure::no_limit, Measure::no_limit,
                        "from the 5th to the 95th percentile"};
    report.measures.insert(report.measures.end(), {ratio, open, range});
}

}  // namespace

Sound::Sound(std::optional<Voice> heard, double from_s, std::vector<Phone> known)
    : voice(std::move(heard)), start_s(from_s), table(std::move(known)) {
    if (voice && !table.empty()) late_s = voice->delay_against_s(table);
    phones = moved(table, late_s + start_s);
    if (!table.empty()) {
        for (const Phone& phone : phones) {
            if (is_pause(phone) && phone.duration_s() >= shortest_pause_s)
                pauses.push_back({phone.start_s, phone.end_s});
        }
    } else if (voice) {
        for (const Span& pause : voice->pauses(shortest_pause_s))
            pauses.push_back({pause.from_s + start_s, pause.to_s + start_s});
    }
}

void add_lip_measures(Report& report, const FaceTrack& track, const Sound& sound) {
    const Lips lips{track.curve(&FaceSignals::lip_gap), track.curve(&FaceSignals::mouth_width)};
    const double eyes_px = median(track.curve(&FaceSignals::eye_distance_px).values());
    report.measures.push_back(
        {"eye_distance_px", eyes_px, -Measure::no_limit, Measure::no_limit, "D"});
    add_offset(report, lips, sound);
    add_pauses(report, lips.gap, sound.pauses);
    add_contacts(report, lips.gap, sound.pauses, sound.phones, 1 / std::max(eyes_px, 1.));
    add_shapes(report, lips, sound.phones);
}

void add_head_measures(Report& report, const FaceTrack& track) {
    constexpr double fewest_deg = .5;
    constexpr double most_deg = 4;
    const double yaw = movement(track.curve(&FaceSignals::yaw_deg));
    const double pitch = movement(track.curve(&FaceSignals::pitch_deg));
    const double roll = movement(track.curve(&FaceSignals::roll_deg));
    const std::string windows = "standard deviation over 10 s";
    report.measures.push_back({"head_yaw_sd_deg", yaw, fewest_deg, most_deg, windows});
    report.measures.push_back({"head_pitch_sd_deg", pitch, fewest_deg, most_deg, windows});
    report.measures.push_back(
        {"head_roll_sd_deg", roll, -Measure::no_limit, Measure::no_limit, windows});

    const std::vector<Blink> blinks = find_blinks(track.curve(&FaceSignals::eye_opening));
    const double duration_s = static_cast<double>(track.size()) / track.fps();
    const auto count = static_cast<double>(blinks.size());
    // From blink to blink where there are enough, as a short video counts by chance.
    const bool enough = blinks.size() >= 3;
    const double per_min = enough ? 60 * (count - 1) / (blinks.back().at_s - blinks.front().at_s)
                                  : 60 * count / duration_s;
    Measure rate{"blink_rate_per_min", per_min, 10, 25, std::to_string(blinks.size()) + " blinks"};
    Measure length{"blink_duration_s", {}, .15, .3, "from first to last movement of the lids"};
    if (!blinks.empty()) {
        std::vector<double> lengths;
        for (const Blink& blink : blinks)
            lengths.push_back(blink.duration_s);
        length.value = median(lengths);
    }
    report.measures.insert(report.measures.end(), {rate, length});
    report.measures.push_back({"brow_movement_d", movement(track.curve(&FaceSignals::brow_height)),
                               -Measure::no_limit, Measure::no_limit, windows});
}

void add_picture_measures(Report& report, const PictureWatch& watch) {
    const auto add = [&](const char* key, std::optional<double> value, double low, double high,
                         const char* note) {
        report.measures.push_back({key, value, low, high, note});
    };
    constexpr double any = Measure::no_limit;
    add("still_share", watch.still_share(), -any, any, "of the picture, farther than 3.5 D");
    add("still_change_mean_levels", watch.still_change_mean_levels(), -any, 1,
        "against the first frame, after decoding");
    add("still_change_max_levels", watch.still_change_max_levels(), -any, any,
        "worst block of 8x8 in any frame");
    add("flicker_levels", watch.flicker_levels(), -any, 1, "of forehead and cheeks");
    add("mouth_sharpness_ratio", watch.mouth_sharpness_ratio(), .7, any,
        "needs --photo; detail around the mouth over the photo");
    add("identity_correlation", watch.identity_correlation(), .7, any,
        "of the face above the mouth, with the photo or the first frame");
    add("seam_levels", watch.seam_levels(), -any, 3,
        "needs --photo of the same size; new edges outside the face");
}

}  // namespace ditto::judge
