#include "judge/theval.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <span>
#include <string>

namespace ditto::judge {
namespace {

/// Side of the square that stands for the frame, D.
constexpr double square_d = 4.5;
constexpr double lips_square_px = 256;
constexpr double head_square_px = 512;

/// All points of the lips' outlines, outer and inner.
constexpr std::array<std::size_t, 40> lips{0,   13,  14,  17,  37,  39,  40,  61,  78,  80,
                                           81,  82,  84,  87,  88,  91,  95,  146, 178, 181,
                                           185, 191, 267, 269, 270, 291, 308, 310, 311, 312,
                                           314, 317, 318, 321, 324, 375, 402, 405, 409, 415};
constexpr std::array<std::size_t, 8> inner_upper{191, 80, 81, 82, 13, 312, 311, 310};
constexpr std::array<std::size_t, 8> inner_lower{95, 88, 178, 87, 14, 317, 402, 318};
constexpr std::array<std::size_t, 10> left_brow{276, 282, 283, 285, 293, 295, 296, 300, 334, 336};
constexpr std::array<std::size_t, 10> right_brow{46, 52, 53, 55, 63, 65, 66, 70, 105, 107};
constexpr std::array<std::size_t, 16> left_eye{249, 263, 362, 373, 374, 380, 381, 382,
                                               384, 385, 386, 387, 388, 390, 398, 466};
constexpr std::array<std::size_t, 16> right_eye{7,   33,  133, 144, 145, 153, 154, 155,
                                                157, 158, 159, 160, 161, 163, 173, 246};

Point2 mean_of(const std::vector<Point3>& points, std::span<const std::size_t> which) {
    Point2 sum{};
    for (const std::size_t i : which)
        sum = sum + points[i].xy();
    return sum * (1. / static_cast<double>(which.size()));
}

std::vector<double> differences(const std::vector<double>& values) {
    std::vector<double> out;
    for (std::size_t i = 1; i < values.size(); ++i)
        out.push_back(values[i] - values[i - 1]);
    return out;
}

double variance(const std::vector<double>& values) {
    const double sd = standard_deviation(values);
    return sd * sd;
}

std::string beside(const char* what, double real) {
    std::array<char, 40> number{};
    std::snprintf(number.data(), number.size(), "%.4g", real);
    return std::string(what) + "; real recordings " + number.data();
}

/// How far apart opening and loudness run, each scaled to 0..1 over the frames that speak.
std::optional<double> lip_sync(const ThevalWatch& watch, double fps, const Sound& sound) {
    if (!sound.voice) return std::nullopt;
    std::vector<double> opening;
    std::vector<double> loudness;
    const auto& frames = watch.frames();
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const double time_s = (static_cast<double>(i) + .5) / fps;
        const bool silent = std::any_of(sound.pauses.begin(), sound.pauses.end(),
                                        [&](const Span& p) { return p.contains(time_s); });
        if (silent || !frames[i].present) continue;
        opening.push_back(frames[i].lip_opening);
        loudness.push_back(sound.voice->loudness_at(time_s - sound.start_s));
    }
    if (opening.size() < 2 || opening.size() * 10 < frames.size()) return std::nullopt;
    const auto scaled = [](std::vector<double>& values) {
        const auto [low, high] = std::minmax_element(values.begin(), values.end());
        const double from = *low;
        const double range = *high - from + 1e-8;
        for (double& value : values)
            value = (value - from) / range;
    };
    scaled(opening);
    scaled(loudness);
    double sum = 0;
    for (std::size_t i = 0; i < opening.size(); ++i)
        sum += std::abs(opening[i] - loudness[i]);
    return sum / static_cast<double>(opening.size());
}

/// Median distance of the opening from its mean, over all silent frames.
std::optional<double> silent_lip_stability(const ThevalWatch& watch, double fps,
                                           const std::vector<Span>& pauses) {
    std::vector<double> opening;
    const auto& frames = watch.frames();
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const double time_s = (static_cast<double>(i) + .5) / fps;
        if (frames[i].present && std::any_of(pauses.begin(), pauses.end(),
                                             [&](const Span& p) { return p.contains(time_s); }))
            opening.push_back(frames[i].lip_opening);
    }
    if (opening.size() < 2) return std::nullopt;
    const double middle = mean(opening);
    for (double& value : opening)
        value = std::abs(value - middle);
    return median(opening);
}

std::optional<double> eyebrow_dynamics(const ThevalWatch& watch) {
    double sum = 0;
    int count = 0;
    const ThevalWatch::Frame* last = nullptr;
    for (const ThevalWatch::Frame& frame : watch.frames()) {
        if (!frame.present) continue;
        if (last != nullptr) {
            sum += std::abs(frame.left_brow - last->left_brow) +
                   std::abs(frame.right_brow - last->right_brow);
            count += 2;
        }
        last = &frame;
    }
    return count > 0 ? std::optional(sum / count) : std::nullopt;
}

std::optional<double> head_motion_dynamics(const ThevalWatch& watch, const FaceTrack& track,
                                           double pixel) {
    std::vector<double> pitch, yaw, roll, x, y;
    for (std::size_t i = 0; i < std::min(track.size(), watch.frames().size()); ++i) {
        const ThevalWatch::Frame& frame = watch.frames()[i];
        if (!frame.present) continue;
        pitch.push_back(track[i].pitch_deg);
        yaw.push_back(track[i].yaw_deg);
        roll.push_back(track[i].roll_deg);
        x.push_back(frame.centre.x * pixel);
        y.push_back(frame.centre.y * pixel);
    }
    if (pitch.size() < 3) return std::nullopt;
    const double spread =
        (standard_deviation(pitch) + standard_deviation(yaw) + standard_deviation(roll)) / 3;
    const double unrest =
        (variance(differences(pitch)) + variance(differences(yaw)) + variance(differences(roll))) /
        3;
    return std::sqrt(spread * unrest + (variance(x) + variance(y)) / 2);
}

}  // namespace

void ThevalWatch::add(const std::optional<face::FaceMesh>& mesh) {
    Frame& frame = frames_.emplace_back();
    if (!mesh) return;
    const auto& points = mesh->landmarks.points;
    const Point2 left = mean_of(points, left_eye);
    const Point2 right = mean_of(points, right_eye);
    const double middles = length(left - right);
    const double corners = length(points[33].xy() - points[263].xy());
    if (middles < 1e-3 || corners < 1e-3) return;
    frame.present = true;
    ++found_;
    for (std::size_t i = 0; i < inner_upper.size(); ++i)
        frame.lip_opening += std::abs(points[inner_upper[i]].y - points[inner_lower[i]].y);
    frame.lip_opening /= inner_upper.size() * corners;
    frame.left_brow = length(mean_of(points, left_brow) - left) / middles;
    frame.right_brow = length(mean_of(points, right_brow) - right) / middles;
    Point2 low = points.front().xy();
    Point2 high = low;
    for (const Point3& point : points) {
        low = {std::min(low.x, point.x), std::min(low.y, point.y)};
        high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
    frame.centre = (low + high) * .5;
    std::size_t pair = 0;
    for (std::size_t i = 0; i < lips.size(); ++i) {
        for (std::size_t j = i + 1; j < lips.size(); ++j, ++pair) {
            const double apart = length(points[lips[i]].xy() - points[lips[j]].xy());
            const double change = apart - mean_[pair];
            mean_[pair] += change / found_;
            squares_[pair] += change * (apart - mean_[pair]);
        }
    }
}

std::optional<double> ThevalWatch::lip_dynamics_px() const {
    if (found_ < 2) return std::nullopt;
    double sum = 0;
    for (const double squares : squares_)
        sum += std::sqrt(squares / found_);
    return sum / pairs_;
}

void add_theval_measures(Report& report, const ThevalWatch& watch, const FaceTrack& track,
                         const Sound& sound) {
    constexpr double any = Measure::no_limit;
    const double eyes_px = median(track.curve(&FaceSignals::eye_distance_px).values());
    const double square_px = square_d * std::max(eyes_px, 1.);
    auto lip_dynamics = watch.lip_dynamics_px();
    if (lip_dynamics) *lip_dynamics *= lips_square_px / square_px;
    const auto add = [&](const char* key, std::optional<double> value, const char* note,
                         double real) {
        report.measures.push_back({key, value, -any, any, beside(note, real)});
    };
    add("lip_sync", lip_sync(watch, track.fps(), sound),
        "THEval: opening against loudness, 0 is equal", ThevalReal::lip_sync);
    add("silent_lip_stability", silent_lip_stability(watch, track.fps(), sound.pauses),
        "THEval: opening in silence, less is calmer", ThevalReal::silent_lip_stability);
    add("lip_dynamics", lip_dynamics, "THEval: variety of the lips' shapes",
        ThevalReal::lip_dynamics);
    add("eyebrow_dynamics", eyebrow_dynamics(watch), "THEval: the brows' change a frame",
        ThevalReal::eyebrow_dynamics);
    add("head_motion_dynamics", head_motion_dynamics(watch, track, head_square_px / square_px),
        "THEval: turning and moving of the head", ThevalReal::head_motion_dynamics);
}

}  // namespace ditto::judge
