#pragma once

#include <optional>
#include <vector>

#include "judge/phones.h"
#include "judge/statistics.h"
#include "judge/voice.h"

// How the lips go with the sound. Times are seconds of the sound; `gap` and `width` are the mouth's
// curves over the frames, in D.
namespace ditto::judge {

struct Offset {
    /// How much later the sound comes than the lips that made it; negative: the lips are late.
    double sound_late_s = 0;
    /// Weighted mean (.65 and .35) of the two below.
    double correlation = 0;
    /// Of the mouth's opening and of its width with what was expected, at the best offset.
    double gap_correlation = 0;
    double width_correlation = 0;
    /// The best that the same curves reach at offsets of 1.5 s and more, where nothing is right.
    double chance = 0;

    /// Nothing but a peak well above chance is a measurement.
    bool certain() const { return correlation > 1.15 * chance && correlation > .2; }
};

/// Searches +-0.6 s; finer than a frame, as the expectation is known finer than that. Where the
/// video is too short for a chance level (6 s), `chance` is 1.
Offset measure_offset(const Curve& gap, const Curve& width, const Expectation& expected);

/// When lips are taken to touch: `gap` at most `threshold`.
struct ContactRule {
    double rest = 0;       ///< D, usual gap in pauses
    double noise = 0;      ///< D, of the landmarks there
    double threshold = 0;  ///< D
};
/// The inner parts of the pauses show what the landmarks say of closed lips, and with what noise.
/// Lips touch within .02 D of that, or three times the noise or one pixel of the video (`pixel_d`,
/// in D) where that is more, at most .03 D; where the mouth rests open, a rest of at most .03 D is
/// taken.
ContactRule contact_rule(const Curve& gap, const std::vector<Span>& pauses, double pixel_d);

struct ContactScore {
    int phones = 0;    ///< p b m between two sounds; neighbours count as one
    int hits = 0;      ///< of these, where the lips meet within 2 frames; each contact counts once
    int contacts = 0;  ///< times that the lips meet while somebody speaks
    int all_phones = 0;  ///< p b m also where a phrase begins or ends, where they are easy
    int all_hits = 0;    ///< of these, where the lips are closed within 2 frames
    /// The recall that the same mouth reaches with the table moved to where it does not belong.
    double chance_recall = 0;

    double recall() const { return phones > 0 ? static_cast<double>(hits) / phones : 0; }
    double precision() const { return contacts > 0 ? static_cast<double>(hits) / contacts : 0; }
};
/// A contact of more than half a second is no closure: a mouth that never opens scores nothing.
ContactScore score_contacts(const Curve& gap, const ContactRule& rule,
                            const std::vector<Phone>& phones);

/// Median width in the middle of rounded vowels over that of spread ones; nothing where either are
/// fewer than three.
std::optional<double> rounded_width_ratio(const Curve& width, const std::vector<Phone>& phones);

}  // namespace ditto::judge
