#include "judge/voice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "articulation/articulation.h"
#include "judge/statistics.h"
#include "media/audio_file.h"

namespace ditto::judge {
namespace {

constexpr std::size_t hop = 80;  // 16 kHz to 200 Hz
constexpr double floor_db = -60;
constexpr double pause_db = -35;
constexpr double articulation_hz = 50;

/// Mean power of each hop, smoothed, in dB relative to what the loudest tenth exceeds.
std::vector<double> in_db(const std::vector<double>& power, double smooth_s) {
    std::vector<double> values = smoothed(power, smooth_s * Expectation::rate_hz);
    const double loud = std::max(quantile(values, .9), 1e-10);
    for (double& value : values)
        value = std::max(10 * std::log10(value / loud + 1e-9), floor_db);
    return values;
}

// How the lips' gap and the mouth's width of people on video follow the curves: few and rounded
// weights, the same for everybody (tools/articulation/fit_lips.py, docs/articulation.md).

/// 0 at rest. Lips that meet in speech are pressed together harder than at rest; a tongue at the
/// teeth and a lip at the teeth keep the mouth small.
double opening_of(const ArticulationFrame& frame) {
    return .9 * frame.jaw + 1.3 * (1 - frame.lip_close) - frame.round + .2 * frame.spread +
           2.2 * frame.upper_lip_raise + 1.9 * frame.lower_lip_drop - 1.2 * frame.labiodental -
           .5 * frame.tongue - .2 * frame.teeth - 1.9 * frame.voice;
}

/// Rounded lips draw the corners in.
double width_of(const ArticulationFrame& frame) {
    return -.8 * frame.jaw + .4 * (1 - frame.lip_close) - 3.7 * frame.round + frame.spread -
           1.5 * frame.upper_lip_raise + 2.5 * frame.lower_lip_drop + .6 * frame.labiodental +
           .5 * frame.tongue - frame.voice;
}

/// Corners are slower than the curves (Gaussian), and later.
constexpr double heard_width_blend_s = .06, heard_width_delay_s = .02;

/// Value of `shape` for each 5 ms of the table.
template <class F>
std::vector<double> laid_out(const std::vector<Phone>& phones, F&& shape) {
    const double end_s = phones.empty() ? 0 : phones.back().end_s;
    std::vector<double> values(static_cast<std::size_t>(end_s * Expectation::rate_hz) + 1, 0);
    for (const Phone& phone : phones) {
        const double value = shape(phone);
        const auto from = static_cast<std::size_t>(phone.start_s * Expectation::rate_hz);
        const auto to = static_cast<std::size_t>(phone.end_s * Expectation::rate_hz);
        for (std::size_t i = from; i < std::min(to, values.size()); ++i)
            values[i] = value;
    }
    return values;
}

/// Vowels and what sounds like them are loud, closures and pauses are not.
double loudness(const Phone& phone) {
    if (is_pause(phone)) return 0;
    const double open = shape_of(phone).open;
    return phone.ipa == "m" || phone.ipa == "n" ? .5 : std::min(1., .3 + open);
}

}  // namespace

std::vector<double> smoothed(const std::vector<double>& values, double sigma) {
    const int reach = static_cast<int>(std::ceil(3 * sigma));
    std::vector<double> weights;
    double total = 0;
    for (int k = -reach; k <= reach; ++k) {
        weights.push_back(std::exp(-.5 * (k / sigma) * (k / sigma)));
        total += weights.back();
    }
    const int last = static_cast<int>(values.size()) - 1;
    std::vector<double> result;
    for (int i = 0; i <= last; ++i) {
        double sum = 0;
        for (int k = -reach; k <= reach; ++k) {
            const auto at = static_cast<std::size_t>(std::clamp(i + k, 0, last));
            sum += values[at] * weights[static_cast<std::size_t>(k + reach)];
        }
        result.push_back(sum / total);
    }
    return result;
}

double Expectation::open_at(double time_s) const {
    return value_at(open, rate_hz, time_s);
}

double Expectation::wide_at(double time_s) const {
    return value_at(wide, rate_hz, time_s);
}

Voice Voice::listen(const std::filesystem::path& path, const Network& network) {
    media::AudioFile file(path);
    std::vector<float> samples;
    std::array<float, 16384> piece{};
    for (std::size_t count = file.read(piece); count > 0; count = file.read(piece))
        samples.insert(samples.end(), piece.begin(),
                       piece.begin() + static_cast<std::ptrdiff_t>(count));
    return Voice(samples, network);
}

Voice::Voice(const std::vector<float>& samples, const Network& network) {
    std::vector<double> power;
    for (std::size_t i = 0; i + hop <= samples.size(); i += hop) {
        double sum = 0;
        for (std::size_t k = 0; k < hop; ++k)
            sum += double(samples[i + k]) * samples[i + k];
        power.push_back(sum / hop);
    }
    constexpr double quick_s = .008;
    all_db_ = in_db(power, quick_s);

    if (!network) return;
    Articulation articulation(network, articulation_hz, Hearing::recording);
    const auto take = [&](const std::vector<ArticulationFrame>& frames) {
        for (const ArticulationFrame& frame : frames) {
            open_.push_back(opening_of(frame));
            wide_.push_back(width_of(frame));
        }
    };
    articulation.listen(samples);
    take(articulation.push(samples));
    take(articulation.finish());
    wide_ = smoothed(wide_, heard_width_blend_s * articulation_hz);
}

double Voice::duration_s() const {
    return static_cast<double>(all_db_.size()) / Expectation::rate_hz;
}

double Voice::loudness_at(double time_s) const {
    constexpr double half_s = .025;
    const auto at = [&](double t) {
        return std::clamp<std::ptrdiff_t>(std::lround(t * Expectation::rate_hz), 0,
                                          static_cast<std::ptrdiff_t>(all_db_.size()));
    };
    const std::ptrdiff_t from = at(time_s - half_s);
    const std::ptrdiff_t to = at(time_s + half_s);
    double power = 0;
    for (std::ptrdiff_t i = from; i < to; ++i)
        power += std::pow(10, all_db_[static_cast<std::size_t>(i)] / 10);
    return to > from ? std::sqrt(power / static_cast<double>(to - from)) : 0;
}

/// 0 for silence to 1 for loud.
double Voice::level(std::size_t i) const {
    return std::clamp(1 - all_db_[i] / pause_db, 0., 1.);
}

std::vector<Span> Voice::pauses(double shortest_s) const {
    std::vector<Span> found;
    std::size_t from = 0;
    for (std::size_t i = 0; i <= all_db_.size(); ++i) {
        if (i < all_db_.size() && all_db_[i] < pause_db) continue;
        const Span span{static_cast<double>(from) / Expectation::rate_hz,
                        static_cast<double>(i) / Expectation::rate_hz};
        if (span.duration_s() >= shortest_s) found.push_back(span);
        from = i + 1;
    }
    return found;
}

Expectation Voice::expectation() const {
    Expectation expected;
    for (std::size_t i = 0; i < all_db_.size(); ++i) {
        const double time_s = (static_cast<double>(i) + .5) / Expectation::rate_hz;
        expected.open.push_back(value_at(open_, articulation_hz, time_s));
        expected.wide.push_back(value_at(wide_, articulation_hz, time_s - heard_width_delay_s));
    }
    return expected;
}

double Voice::delay_against_s(const std::vector<Phone>& phones) const {
    const std::vector<double> table =
        smoothed(laid_out(phones, loudness), .01 * Expectation::rate_hz);
    std::vector<double> heard;
    for (std::size_t i = 0; i < all_db_.size(); ++i)
        heard.push_back(level(i));
    constexpr int farthest = static_cast<int>(Expectation::rate_hz);
    double best = -1;
    int best_delay = 0;
    for (int delay = -farthest; delay <= farthest; ++delay) {
        const auto skip_heard = static_cast<std::size_t>(std::max(delay, 0));
        const auto skip_table = static_cast<std::size_t>(std::max(-delay, 0));
        if (skip_heard >= heard.size() || skip_table >= table.size()) continue;
        const double found =
            correlation(std::span(table).subspan(skip_table), std::span(heard).subspan(skip_heard));
        if (found > best) {
            best = found;
            best_delay = delay;
        }
    }
    constexpr double agreeing_s = .02;
    const double delay_s = best_delay / Expectation::rate_hz;
    return std::abs(delay_s) <= agreeing_s ? 0 : delay_s;
}

Expectation expectation_of(const std::vector<Phone>& phones) {
    Expectation expected;
    expected.open = smoothed(laid_out(phones, [](const Phone& p) { return shape_of(p).open; }),
                             .035 * Expectation::rate_hz);
    expected.wide = smoothed(laid_out(phones, [](const Phone& p) { return shape_of(p).wide; }),
                             .045 * Expectation::rate_hz);
    return expected;
}

}  // namespace ditto::judge
