#include "engines/mesh/mouth_warp.h"

namespace ditto::mesh {
namespace {

constexpr float nodes_per_unit = 34;
constexpr float step = 1 / nodes_per_unit;

/// 1 at 0, 0 from 1 on, smooth.
float bump(float x) {
    const float rest = 1 - std::min(x * x, 1.F);
    return rest * rest;
}

float gaussian(float x, float y) {
    return std::exp(-(x * x + y * y));
}

}  // namespace

/// What the shapes depend on at one place.
struct MouthWarp::Place {
    Vec2 local;
    float below_line = 0;  // D under the line between the lips
    float t = 0;           // 0 middle, 1 corner
    float skull = 0;       // O: 0 above the mouth, 1 below
    float jaw = 0;         // how far the jaw takes it along, 0..1
    float gap = 0;         // the photo's own gap at this x, D
};

MouthWarp::MouthWarp(const FaceGeometry& face, const DepthMap& depth) : mouth_(face.mouth) {
    left_ = -1.35F;
    top_ = -.95F;
    const float bottom = mouth_.chin_y + .8F;
    nodes_x_ = static_cast<int>(std::ceil((1.35F - left_) * nodes_per_unit)) + 1;
    nodes_y_ = static_cast<int>(std::ceil((bottom - top_) * nodes_per_unit)) + 1;
    const auto count = static_cast<std::size_t>(nodes_x_ * nodes_y_);
    for (Shape& shape : shapes_) {
        shape.upper.resize(count);
        shape.lower.resize(count);
    }
    for (int j = 0; j < nodes_y_; ++j) {
        for (int i = 0; i < nodes_x_; ++i) {
            fill(place(face, depth, node_position(i, j)),
                 static_cast<std::size_t>(j * nodes_x_ + i));
        }
    }
}

Vec2 MouthWarp::node_position(int i, int j) const {
    return {left_ + static_cast<float>(i) * step, top_ + static_cast<float>(j) * step};
}

MouthWarp::Place MouthWarp::place(const FaceGeometry& face, const DepthMap& depth,
                                  Vec2 local) const {
    Place p;
    p.local = local;
    p.below_line = local.y - mouth_.line(local.x);
    p.t = mouth_.t(local.x);
    p.skull = smoothstep(-.5F, .33F, p.below_line);
    p.gap = p.t < 1 ? std::max(mouth_.lower_inner(local.x) - mouth_.upper_inner(local.x), 0.F) : 0;

    // Hinge at the ears: what lies nearer to the viewer swings further. Mixed with a plain shift,
    // since a pure rotation makes a pointed chin and a pure shift fat jowls.
    const Vec2 photo = mouth_.frame.to_photo(local);
    const float swing = std::clamp((face.ear_depth - depth(photo)) /
                                       std::max(face.ear_depth - face.lip_depth, .1F * face.unit),
                                   0.F, 1.F);
    const float outside = face.distance_outside(photo) / face.unit;
    const float downward =
        std::clamp((local.y - .2F) / std::max(mouth_.chin_y - .2F, .1F), 0.F, 1.F);
    const float held = 1 - smoothstep(-.05F, lerp(.25F, .52F, downward), outside);
    p.jaw = (.3F + .7F * swing) * held * bump(local.x / 1.3F) *
            (1 - smoothstep(mouth_.chin_y + .3F, mouth_.chin_y + .75F, local.y));
    return p;
}

void MouthWarp::fill(const Place& p, std::size_t node) {
    const auto set = [&](Movement movement, Vec2 upper, Vec2 lower) {
        shapes_[movement].upper[node] = upper;
        shapes_[movement].lower[node] = lower;
    };
    const float u = p.local.x;
    const float v = p.below_line;
    const float half = u < 0 ? mouth_.half_left : mouth_.half_right;
    const float around = bump(p.t / 1.8F) * bump(v / .5F);

    // Shares of the upper and lower sheet for an opening that ends at t = end.
    const auto shares = [&](float end) {
        const float q = std::max(1 - (p.t / end) * (p.t / end), 0.F);
        struct Shares {
            float upper, lower;
        };
        return Shares{p.skull * (1 - q), p.skull + (1 - p.skull) * q};
    };
    const auto plain = shares(1);
    const auto puckered = shares(.7F);
    // Opening draws the corners in by a tenth per .3 D.
    const float corners_in = -.3F * u * around;
    set(jaw_plain, {corners_in, p.jaw * plain.upper}, {corners_in, p.jaw * plain.lower});
    set(jaw_puckered, {corners_in, p.jaw * puckered.upper}, {corners_in, p.jaw * puckered.lower});

    const float above_fall = bump(std::min(v, 0.F) / .34F);
    const float below_fall = bump(std::max(v, 0.F) / .5F);
    set(close, {0, .38F * p.gap * above_fall}, {0, -.68F * p.gap * below_fall});

    const float inner = std::max(1 - p.t * p.t, 0.F);
    set(press, {0, .022F * std::sqrt(inner) * bump(std::min(v, 0.F) / .2F)},
        {0, -.022F * std::sqrt(inner) * bump(std::max(v, 0.F) / .25F)});

    const float pucker_around = smoothstep(2.2F, 1, p.t) * bump(v / .56F);
    const float corner_rise = mouth_.line(u) - mouth_.line(0);
    const Vec2 puckering{-.32F * u * pucker_around,
                         (.16F * v * bump(p.t / 1.1F) - .6F * corner_rise) * pucker_around};
    set(pucker, puckering, puckering);

    const Vec2 spreading{.11F * u * around, -.02F * std::min(p.t * p.t, 1.F) * around};
    set(spread, spreading, spreading);

    // Raised and dropped lips end at the corners and fade towards nose and chin.
    const float lift = bump(p.t / 1.05F) * bump(std::min(v, 0.F) / .36F);
    const float below = p.t < 1 ? inner : 0;
    set(upper_raise, {0, -lift}, {0, -lift * (1 - below) * (1 - smoothstep(-.1F, .15F, v))});
    const float drop = bump(p.t / 1.05F) * bump(std::max(v, 0.F) / .42F);
    set(lower_drop, {0, drop * (1 - below) * smoothstep(-.15F, .1F, v)}, {0, drop});

    const auto corner = [&](float side) {
        const float dx = (u - side * (side < 0 ? mouth_.half_left : mouth_.half_right));
        const float weight = gaussian(dx / .34F, v / .3F);
        return Vec2{side * .5F * weight, -weight};
    };
    set(smile_left, corner(-1), corner(-1));
    set(smile_right, corner(1), corner(1));
    const float tuck = gaussian((std::abs(u) - half) / .25F, v / .22F) * (u < 0 ? 1.F : -1.F);
    set(corner_in, {tuck, 0}, {tuck, 0});

    const float wing =
        gaussian((std::abs(u) - .26F) / .2F, (v + .25F) / .22F) * (1 - smoothstep(-.12F, .04F, v));
    set(nose, {0, -wing}, {0, -wing});
}

void MouthWarp::add(Movement movement, float weight, Solution& solution) const {
    if (weight == 0) return;
    const Shape& shape = shapes_[movement];
    const std::size_t count = shape.upper.size();
    for (std::size_t i = 0; i < count; ++i) {
        solution.forward_upper[i].x += weight * shape.upper[i].x;
        solution.forward_upper[i].y += weight * shape.upper[i].y;
    }
    for (std::size_t i = 0; i < count; ++i) {
        solution.forward_lower[i].x += weight * shape.lower[i].x;
        solution.forward_lower[i].y += weight * shape.lower[i].y;
    }
    solution.at_rest = false;
}

Vec2 MouthWarp::invert(const std::vector<Vec2>& forward, std::size_t node, Vec2 target,
                       Vec2 guess) const {
    // What does not move stays exactly where it is.
    if (forward[node].x == 0 && forward[node].y == 0) return target;
    Vec2 x = guess;
    for (int round = 0; round < 3; ++round) {
        const float gx = std::clamp((x.x - left_) * nodes_per_unit, 0.F,
                                    static_cast<float>(nodes_x_ - 1) - .001F);
        const float gy = std::clamp((x.y - top_) * nodes_per_unit, 0.F,
                                    static_cast<float>(nodes_y_ - 1) - .001F);
        const int i = static_cast<int>(gx);
        const int j = static_cast<int>(gy);
        const float fx = gx - static_cast<float>(i);
        const float fy = gy - static_cast<float>(j);
        const Vec2* a = forward.data() + j * nodes_x_ + i;
        const Vec2* b = a + nodes_x_;
        const Vec2 top = a[0] + (a[1] - a[0]) * fx;
        const Vec2 bottom = b[0] + (b[1] - b[0]) * fx;
        const Vec2 moved = top + (bottom - top) * fy;
        const Vec2 error = x + moved - target;
        if (std::abs(error.x) + std::abs(error.y) < 4e-4F) break;
        // Jacobian of x + d(x) inside this cell.
        const Vec2 dx = ((a[1] - a[0]) * (1 - fy) + (b[1] - b[0]) * fy) * nodes_per_unit;
        const Vec2 dy = (bottom - top) * nodes_per_unit;
        const float xx = 1 + dx.x;
        const float yy = 1 + dy.y;
        const float determinant = std::max(xx * yy - dy.x * dx.y, .15F);
        x.x -= (yy * error.x - dy.x * error.y) / determinant;
        x.y -= (xx * error.y - dx.y * error.x) / determinant;
    }
    return x;
}

void MouthWarp::solve(const FaceState& s, Solution& solution) const {
    const std::size_t count = shapes_[0].upper.size();
    solution.at_rest = true;
    solution.forward_upper.assign(count, {});
    solution.forward_lower.assign(count, {});
    const float rounded = std::clamp(s.pucker, 0.F, 1.F);
    add(jaw_plain, s.open * (1 - rounded), solution);
    add(jaw_puckered, s.open * rounded, solution);
    add(close, s.close, solution);
    add(press, s.press, solution);
    add(pucker, s.pucker, solution);
    add(spread, s.spread, solution);
    add(upper_raise, s.upper_raise, solution);
    add(lower_drop, s.lower_drop, solution);
    add(smile_left, s.smile_left, solution);
    add(smile_right, s.smile_right, solution);
    add(corner_in, s.corner_in, solution);
    add(nose, s.nose, solution);
    if (solution.at_rest) return;

    solution.nodes.resize(count);
    for (int j = 0; j < nodes_y_; ++j) {
        // A node's answer is a good guess for its right neighbour.
        Vec2 upper_guess = node_position(0, j);
        Vec2 lower_guess = upper_guess;
        for (int i = 0; i < nodes_x_; ++i) {
            const Vec2 target = node_position(i, j);
            const auto node = static_cast<std::size_t>(j * nodes_x_ + i);
            const Vec2 upper = invert(solution.forward_upper, node, target, upper_guess);
            const Vec2 lower = mouth_.t(target.x) < 1.4F
                                   ? invert(solution.forward_lower, node, target, lower_guess)
                                   : upper;
            solution.nodes[node] = {upper - target, lower - target};
            upper_guess = upper + Vec2{step, 0};
            lower_guess = lower + Vec2{step, 0};
        }
    }
}

MouthWarp::Solution::Node MouthWarp::inverse(const Solution& solution, Vec2 local) const {
    const float gx = (local.x - left_) * nodes_per_unit;
    const float gy = (local.y - top_) * nodes_per_unit;
    if (solution.at_rest || gx < 0 || gy < 0 || gx >= static_cast<float>(nodes_x_ - 1) ||
        gy >= static_cast<float>(nodes_y_ - 1)) {
        return {};
    }
    const int i = static_cast<int>(gx);
    const int j = static_cast<int>(gy);
    const float fx = gx - static_cast<float>(i);
    const float fy = gy - static_cast<float>(j);
    const Solution::Node* a = solution.nodes.data() + j * nodes_x_ + i;
    const Solution::Node* b = a + nodes_x_;
    const float aa = (1 - fx) * (1 - fy);
    const float ab = fx * (1 - fy);
    const float ba = (1 - fx) * fy;
    const float bb = fx * fy;
    return {a[0].upper * aa + a[1].upper * ab + b[0].upper * ba + b[1].upper * bb,
            a[0].lower * aa + a[1].lower * ab + b[0].lower * ba + b[1].lower * bb};
}

}  // namespace ditto::mesh
