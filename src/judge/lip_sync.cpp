#include "judge/lip_sync.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace ditto::judge {
namespace {

constexpr double search_s = .6;
constexpr double step_s = .005;
constexpr double far_s = 1.5;

/// Correlations of the mouth with the expectation, the sound being `late_s` too late. Where
/// `around` is positive, time wraps around there.
class Comparison {
  public:
    Comparison(const Curve& gap, const Curve& width, const Expectation& expected)
        : gap_(gap), width_(width), expected_(expected) {}

    /// Of the gap and of the width.
    std::pair<double, double> each(double late_s, double around_s = 0) const {
        std::vector<double> open, wide;
        for (std::size_t i = 0; i < gap_.size(); ++i) {
            double time_s = gap_.time_s(i) + late_s;
            if (around_s > 0) time_s = std::fmod(time_s, around_s);
            open.push_back(expected_.open_at(time_s));
            wide.push_back(expected_.wide_at(time_s));
        }
        return {correlation(gap_.values(), open), correlation(width_.values(), wide)};
    }

    double operator()(double late_s, double around_s = 0) const {
        // The gap is the better witness: every closure marks a time.
        constexpr double gap_share = .65;
        const auto [gap, width] = each(late_s, around_s);
        return gap_share * gap + (1 - gap_share) * width;
    }

  private:
    const Curve& gap_;
    const Curve& width_;
    const Expectation& expected_;
};

/// Lips that stay closed for longer are at rest: no p b m lasts that long.
constexpr double longest_closure_s = .5;

/// A stretch of frames with closed lips.
struct Contact {
    double from_s = 0;  // middle of the first frame
    double to_s = 0;    // middle of the last frame
    bool matched = false;
};

std::vector<Contact> contacts_of(const Curve& gap, const ContactRule& rule) {
    // A little more than the threshold must open before the lips can meet again.
    constexpr double reopened = .01;
    std::vector<Contact> contacts;
    bool closed = false;
    for (std::size_t i = 0; i < gap.size(); ++i) {
        const double time_s = gap.time_s(i);
        if (!closed && gap[i] <= rule.threshold) contacts.push_back({time_s, time_s});
        closed = gap[i] <= rule.threshold + (closed ? reopened : 0);
        if (closed) contacts.back().to_s = time_s;
    }
    return contacts;
}

/// p b m that are neither first nor last of a phrase, where the pause closes the lips anyhow.
std::vector<Span> closures_in_speech(const std::vector<Phone>& phones) {
    std::vector<Span> spans;
    for (std::size_t i = 0; i < phones.size(); ++i) {
        if (!is_bilabial(phones[i])) continue;
        std::size_t last = i;
        while (last + 1 < phones.size() && is_bilabial(phones[last + 1]))
            ++last;
        const bool begins = i == 0 || is_pause(phones[i - 1]);
        const bool ends = last + 1 == phones.size() || is_pause(phones[last + 1]);
        if (!begins && !ends) spans.push_back({phones[i].start_s, phones[last].end_s});
        i = last;
    }
    return spans;
}

int match(std::vector<Contact>& contacts, const std::vector<Span>& closures, double tolerance_s,
          double moved_s = 0, double around_s = 0) {
    int hits = 0;
    for (const Span& closure : closures) {
        double from_s = closure.from_s + moved_s;
        if (around_s > 0) from_s = std::fmod(from_s, around_s);
        const double to_s = from_s + closure.duration_s();
        for (Contact& contact : contacts) {
            const bool meets = contact.to_s >= from_s - tolerance_s &&
                               contact.from_s <= to_s + tolerance_s &&
                               contact.to_s - contact.from_s <= longest_closure_s;
            if (contact.matched || !meets) continue;
            contact.matched = true;
            ++hits;
            break;
        }
    }
    return hits;
}

double chance_of(const std::vector<Contact>& contacts, const std::vector<Span>& closures,
                 double tolerance_s, double duration_s) {
    std::vector<double> recalls;
    for (double moved_s = 1; moved_s < duration_s - 1; moved_s += .37) {
        std::vector<Contact> again = contacts;
        const int hits = match(again, closures, tolerance_s, moved_s, duration_s);
        recalls.push_back(hits / static_cast<double>(closures.size()));
    }
    return mean(recalls);
}

}  // namespace

Offset measure_offset(const Curve& gap, const Curve& width, const Expectation& expected) {
    const Comparison compare(gap, width, expected);
    std::vector<double> found;
    const int steps = static_cast<int>(std::lround(search_s / step_s));
    for (int i = -steps; i <= steps; ++i)
        found.push_back(compare(i * step_s));
    const auto best =
        static_cast<std::size_t>(std::max_element(found.begin(), found.end()) - found.begin());
    Offset offset;
    offset.correlation = found[best];
    offset.sound_late_s = (static_cast<double>(best) - steps) * step_s;
    if (best > 0 && best + 1 < found.size()) {
        const double bend = found[best - 1] - 2 * found[best] + found[best + 1];
        if (bend < 0) {
            offset.sound_late_s += step_s * .5 * (found[best - 1] - found[best + 1]) / bend;
        }
    }
    std::tie(offset.gap_correlation, offset.width_correlation) = compare.each(offset.sound_late_s);
    const double duration_s = static_cast<double>(gap.size()) / gap.fps();
    constexpr double shortest_s = 6;
    offset.chance = duration_s < shortest_s ? 1 : 0;
    // Every 20 ms, and fewer of a video of more than two minutes, where each tells more: trying all
    // would take time that grows with the square of the length.
    constexpr double most_compared = 20e6;
    const double tries = most_compared / static_cast<double>(std::max<std::size_t>(1, gap.size()));
    const double far_step_s = std::max(.02, (duration_s - 2 * far_s) / tries);
    for (double far = far_s; far < duration_s - far_s; far += far_step_s)
        offset.chance = std::max(offset.chance, compare(far, duration_s));
    return offset;
}

ContactRule contact_rule(const Curve& gap, const std::vector<Span>& pauses, double pixel_d) {
    constexpr double edge_s = .12;
    constexpr double closed_rest = .03;
    constexpr double usual_rest = .005;
    std::vector<double> inside;
    for (const Span& pause : pauses) {
        const auto values = gap.between(pause.from_s + edge_s, pause.to_s - edge_s);
        inside.insert(inside.end(), values.begin(), values.end());
    }
    ContactRule rule;
    rule.rest = inside.empty() ? usual_rest : median(inside);
    rule.noise = robust_deviation(inside);
    const double unsure = std::clamp(std::max(3 * rule.noise, pixel_d), .02, closed_rest);
    rule.threshold = std::min(rule.rest, closed_rest) + unsure;
    return rule;
}

ContactScore score_contacts(const Curve& gap, const ContactRule& rule,
                            const std::vector<Phone>& phones) {
    const double tolerance_s = 2 / gap.fps();
    const std::vector<Span> closures = closures_in_speech(phones);
    std::vector<Contact> contacts = contacts_of(gap, rule);
    ContactScore score;
    for (const Phone& phone : phones) {
        if (!is_bilabial(phone)) continue;
        const auto near = gap.between(phone.start_s - tolerance_s, phone.end_s + tolerance_s);
        ++score.all_phones;
        score.all_hits +=
            !near.empty() && *std::min_element(near.begin(), near.end()) <= rule.threshold;
    }
    score.phones = static_cast<int>(closures.size());
    if (closures.empty()) return score;
    score.chance_recall =
        chance_of(contacts, closures, tolerance_s, static_cast<double>(gap.size()) / gap.fps());
    score.hits = match(contacts, closures, tolerance_s);
    for (const Contact& contact : contacts) {
        const bool at_pause = std::any_of(phones.begin(), phones.end(), [&](const Phone& phone) {
            return is_pause(phone) && contact.from_s >= phone.start_s - 2 * tolerance_s &&
                   contact.from_s <= phone.end_s + tolerance_s;
        });
        if (contact.matched || !at_pause) ++score.contacts;
    }
    return score;
}

std::optional<double> rounded_width_ratio(const Curve& width, const std::vector<Phone>& phones) {
    constexpr double shortest_s = .05;
    constexpr std::size_t fewest = 3;
    std::vector<double> rounded, spread;
    for (const Phone& phone : phones) {
        if (phone.duration_s() < shortest_s) continue;
        if (is_rounded(phone)) rounded.push_back(width.at(phone.middle_s()));
        if (is_spread(phone)) spread.push_back(width.at(phone.middle_s()));
    }
    if (rounded.size() < fewest || spread.size() < fewest) return std::nullopt;
    return median(rounded) / std::max(median(spread), 1e-6);
}

}  // namespace ditto::judge
