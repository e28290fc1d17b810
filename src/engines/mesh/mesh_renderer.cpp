#include "engines/mesh/mesh_renderer.h"

#include <numbers>

namespace ditto::mesh {
namespace {

constexpr float cells_per_unit = 25;
constexpr float focal_length = 9;    // D
constexpr float reach = 1.065F;      // moving radius per crop_scale, D: 2.45 at 2.3
constexpr float rigid_share = .58F;  // of the radius in which the head moves as one
constexpr float narrower = 1.22F;
constexpr std::uint8_t mouth_layers = 1;
constexpr std::uint8_t eye_layers = 2;
constexpr float border_fade = .3F;  // D at the photo's edge where nothing may move

EyeRenderer::State eye_state(const FaceState& state, std::size_t side) {
    return {side == 0 ? state.blink_left : state.blink_right,
            state.squint,
            {state.gaze_x, state.gaze_y}};
}

}  // namespace

/// The turn of one frame, undone: from a place in the frame to the place on the unturned head.
struct MeshRenderer::HeadTurn {
    float m[3][3];  // inverse rotation
    Vec2 shift;     // pixels
    Vec2 pivot;
    float focal = 1;
    bool none = true;

    HeadTurn(const FaceState& s, Vec2 pivot_at, float unit)
        : shift{s.shift_x * unit, s.shift_y * unit}, pivot(pivot_at), focal(focal_length * unit) {
        none = s.yaw_deg == 0 && s.pitch_deg == 0 && s.roll_deg == 0 && s.shift_x == 0 &&
               s.shift_y == 0;
        constexpr float radians = std::numbers::pi_v<float> / 180;
        const float cy = std::cos(s.yaw_deg * radians);
        const float sy = std::sin(s.yaw_deg * radians);
        const float cp = std::cos(s.pitch_deg * radians);
        const float sp = std::sin(s.pitch_deg * radians);
        const float cr = std::cos(s.roll_deg * radians);
        const float sr = std::sin(s.roll_deg * radians);
        // Forward: roll * pitch * yaw with x right, y down, z away from the viewer.
        // yaw > 0 takes what is near (z < 0) to the right; pitch > 0 takes it down.
        const float yaw[3][3] = {{cy, 0, -sy}, {0, 1, 0}, {sy, 0, cy}};
        const float pitch[3][3] = {{1, 0, 0}, {0, cp, -sp}, {0, sp, cp}};
        const float roll[3][3] = {{cr, -sr, 0}, {sr, cr, 0}, {0, 0, 1}};
        float py[3][3];
        float forward[3][3];
        multiply(pitch, yaw, py);
        multiply(roll, py, forward);
        for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j)
                m[i][j] = forward[j][i];
        }
    }

    static void multiply(const float (&a)[3][3], const float (&b)[3][3], float (&out)[3][3]) {
        for (int i = 0; i < 3; ++i) {
            for (int j = 0; j < 3; ++j) {
                out[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j];
            }
        }
    }

    Vec2 undo(Vec2 p, float depth) const {
        const Vec2 d = p - shift - pivot;
        const float scale = (focal + depth) / focal;  // unproject
        const float x = d.x * scale;
        const float y = d.y * scale;
        const float tx = m[0][0] * x + m[0][1] * y + m[0][2] * depth;
        const float ty = m[1][0] * x + m[1][1] * y + m[1][2] * depth;
        const float tz = m[2][0] * x + m[2][1] * y + m[2][2] * depth;
        const float back = focal / (focal + tz);
        return {pivot.x + tx * back, pivot.y + ty * back};
    }
};

MeshRenderer::MeshRenderer(const Image& photo, const PhotoLandmarks& landmarks, double crop_scale)
    : face_(measure_face(photo, landmarks)), photo_bounds_(photo.bounds()) {
    choose_region(photo, crop_scale);
    const DepthMap depth(face_, region_);
    pivot_ = face_.chin + face_.down * (.15F * face_.unit);
    pivot_depth_ = face_.ear_depth + .35F * face_.unit;
    make_grid(depth, crop_scale);
    at_rest_ = crop(photo, region_);
    texture_ = Texture(photo, region_);
    mouth_warp_ = std::make_unique<MouthWarp>(face_, depth);
    interior_ = std::make_unique<MouthInterior>(photo, face_, texture_);
    for (const EyeGeometry& eye : face_.eyes)
        eyes_.emplace_back(photo, eye, texture_);
}

void MeshRenderer::choose_region(const Image& photo, double crop_scale) {
    const float radius = reach * static_cast<float>(crop_scale) * face_.unit;
    const auto left = static_cast<int>(face_.head_centre.x - radius) & ~1;
    const auto top = static_cast<int>(face_.head_centre.y - radius) & ~1;
    const int size = (static_cast<int>(2 * radius) + 2) & ~1;
    region_ = intersection({left, top, size, size}, photo.bounds());
}

float MeshRenderer::head_weight(Vec2 p, double crop_scale) const {
    const float unit = face_.unit;
    const float radius = reach * static_cast<float>(crop_scale);
    // A head is taller than wide: beside it, the background should hold still sooner.
    const Vec2 from_centre = (p - face_.head_centre) * (1 / unit);
    const float distance =
        length({narrower * dot(from_centre, face_.right), dot(from_centre, face_.down)});
    const float around = 1 - smoothstep(rigid_share * radius, radius, distance);
    const float below = dot(p - face_.chin, face_.down) / unit;
    const float neck = 1 - smoothstep(.02F, 1, below);
    const auto width = static_cast<float>(photo_bounds_.width);
    const auto height = static_cast<float>(photo_bounds_.height);
    const float border = std::min({p.x, p.y, width - p.x, height - p.y}) / unit;
    return around * neck * smoothstep(0, border_fade, border);
}

MeshRenderer::UpperFaceNode MeshRenderer::upper_face(Vec2 p) const {
    UpperFaceNode node;
    const float unit = face_.unit;
    for (std::size_t side = 0; side < 2; ++side) {
        const EyeGeometry& eye = face_.eyes[side];
        const BrowGeometry& brow = face_.brows[side];
        const Vec2 local = eye.frame.to_local(p);
        // Nothing moves at the lid's crease; above the brow the forehead follows for .6 D.
        const auto around = [&](Vec2 centre, float width) {
            const Vec2 d = (p - centre) * (1 / unit);
            const float across = dot(d, eye.frame.x_axis) / width;
            const float down = dot(d, eye.frame.y_axis);
            const float fade = down < 0 ? std::exp(-down * down / (.34F * .34F))
                                        : 1 - smoothstep(.02F, .85F * eye.brow_distance, down);
            return std::exp(-across * across) * fade;
        };
        const Vec2 up = eye.frame.y_axis * -unit;
        node.brow_inner = node.brow_inner + up * around(brow.inner, .26F);
        node.brow_outer = node.brow_outer + up * around(brow.middle * .4F + brow.outer * .6F, .3F);
        const float inward = side == 0 ? 1.F : -1.F;
        node.brow_squeeze =
            node.brow_squeeze + eye.frame.x_axis * (inward * unit * around(brow.inner, .2F));
        const float dx = local.x / .3F;
        const float dy = (local.y - (eye.lower(0) + .26F)) / .2F;
        const float lid = smoothstep(eye.lower(local.x) + .0F, eye.lower(local.x) + .1F, local.y);
        node.cheek = node.cheek + up * (std::exp(-dx * dx - dy * dy) * lid);
    }
    return node;
}

void MeshRenderer::make_grid(const DepthMap& depth, double crop_scale) {
    cell_ = std::max(2, static_cast<int>(std::lround(face_.unit / cells_per_unit)));
    nodes_x_ = (region_.width + cell_ - 1) / cell_ + 1;
    nodes_y_ = (region_.height + cell_ - 1) / cell_ + 1;
    for (int j = 0; j < nodes_y_; ++j) {
        for (int i = 0; i < nodes_x_; ++i) {
            const Vec2 p{static_cast<float>(region_.x + i * cell_) + .5F,
                         static_cast<float>(region_.y + j * cell_) + .5F};
            head_.push_back({depth(p) - pivot_depth_, head_weight(p, crop_scale)});
            upper_face_.push_back(upper_face(p));
        }
    }
}

void MeshRenderer::add_upper_face(const FaceState& state, Scratch& scratch) const {
    scratch.upper_face_rests = state.brow_inner == 0 && state.brow_outer == 0 &&
                               state.brow_squeeze == 0 && state.cheek == 0;
    if (scratch.upper_face_rests) return;
    scratch.upper_face.resize(upper_face_.size());
    for (std::size_t i = 0; i < upper_face_.size(); ++i) {
        const UpperFaceNode& n = upper_face_[i];
        scratch.upper_face[i] = n.brow_inner * state.brow_inner + n.brow_outer * state.brow_outer +
                                n.brow_squeeze * state.brow_squeeze + n.cheek * state.cheek;
    }
}

Vec2 MeshRenderer::upper_face_shift(Vec2 face, const Scratch& scratch) const {
    if (scratch.upper_face_rests) return {};
    const auto limit_x = static_cast<float>(nodes_x_ - 1) - .001F;
    const auto limit_y = static_cast<float>(nodes_y_ - 1) - .001F;
    const auto cell = static_cast<float>(cell_);
    const float gx =
        std::clamp((face.x - .5F - static_cast<float>(region_.x)) / cell, 0.F, limit_x);
    const float gy =
        std::clamp((face.y - .5F - static_cast<float>(region_.y)) / cell, 0.F, limit_y);
    const int i = static_cast<int>(gx);
    const int j = static_cast<int>(gy);
    const Vec2* a = scratch.upper_face.data() + j * nodes_x_ + i;
    const Vec2* b = a + nodes_x_;
    const float fx = gx - static_cast<float>(i);
    const Vec2 top = a[0] + (a[1] - a[0]) * fx;
    const Vec2 bottom = b[0] + (b[1] - b[0]) * fx;
    return top + (bottom - top) * (gy - static_cast<float>(j));
}

void MeshRenderer::solve_nodes(const FaceState& state, Scratch& scratch) const {
    const HeadTurn turn(state, pivot_, face_.unit);
    const MouthGeometry& mouth = face_.mouth;
    scratch.nodes.resize(head_.size());
    for (int j = 0; j < nodes_y_; ++j) {
        for (int i = 0; i < nodes_x_; ++i) {
            const auto index = static_cast<std::size_t>(j * nodes_x_ + i);
            const Vec2 p{static_cast<float>(region_.x + i * cell_) + .5F,
                         static_cast<float>(region_.y + j * cell_) + .5F};
            Vec2 face = p;
            const HeadNode& head = head_[index];
            if (!turn.none && head.weight > 0) {
                face = p + (turn.undo(p, head.depth) - p) * head.weight;
            }
            Vec2 photo = face - upper_face_shift(face, scratch);
            if (!scratch.mouth.at_rest) {
                const Vec2 local = mouth.frame.to_local(face);
                const auto inverse = mouth_warp_->inverse(scratch.mouth, local);
                const Vec2 low = local + inverse.lower;
                const bool below = low.y > mouth.line(low.x);
                photo = photo + mouth.frame.vector_to_photo(below ? inverse.lower : inverse.upper);
            }
            scratch.nodes[index] = {face, photo};
        }
    }
}

void MeshRenderer::mark_layered_cells(const FaceState& state, Scratch& scratch) const {
    const int cells_x = nodes_x_ - 1;
    const int cells_y = nodes_y_ - 1;
    scratch.layered.assign(static_cast<std::size_t>(cells_x * cells_y), 0);
    const bool mouth = !scratch.mouth.at_rest;
    const float drop = state.open + std::abs(state.lower_drop) + .1F;
    const MouthGeometry& m = face_.mouth;
    const auto near_mouth = [&](Vec2 face) {
        const Vec2 local = m.frame.to_local(face);
        return local.x > -m.half_left * 1.3F && local.x < m.half_right * 1.3F &&
               local.y > m.upper_inner(local.x) - .14F && local.y < m.lower_inner(local.x) + drop;
    };
    for (int j = 0; j < cells_y; ++j) {
        for (int i = 0; i < cells_x; ++i) {
            const auto& a = scratch.nodes[static_cast<std::size_t>(j * nodes_x_ + i)];
            const auto& b = scratch.nodes[static_cast<std::size_t>((j + 1) * nodes_x_ + i + 1)];
            std::uint8_t layers = 0;
            if (mouth && (near_mouth(a.face) || near_mouth(b.face))) layers |= mouth_layers;
            for (std::size_t side = 0; side < eyes_.size(); ++side) {
                const EyeRenderer& eye = eyes_[side];
                if (eye.covers(eye.frame().to_local(a.photo), eye_state(state, side)) ||
                    eye.covers(eye.frame().to_local(b.photo), eye_state(state, side))) {
                    layers |= eye_layers;
                }
            }
            scratch.layered[static_cast<std::size_t>(j * cells_x + i)] = layers;
        }
    }
}

Color MeshRenderer::mouth_pixel(Vec2 face, const FaceState& state, const Scratch& scratch) const {
    const MouthGeometry& m = face_.mouth;
    const Vec2 local = m.frame.to_local(face);
    const Vec2 cheeks = upper_face_shift(face, scratch);
    const auto inverse = mouth_warp_->inverse(scratch.mouth, local);
    const Vec2 upper = local + inverse.upper;
    const Vec2 lower = local + inverse.lower;
    // How far the sheets have come apart here, and the trim that keeps the lips' contact shadow
    // from travelling along as an outline.
    const float apart = std::max(inverse.upper.y - inverse.lower.y, 0.F);
    const float trim = .014F * smoothstep(0, .08F, apart);
    const float above = m.upper_inner(upper.x) - trim - upper.y;  // > 0: on the upper lip
    const float below = lower.y - m.lower_inner(lower.x) - trim;  // > 0: on the lower lip
    const float soft = .55F / face_.unit;
    const float on_upper = smoothstep(-soft, soft, above);
    const float on_lower = smoothstep(-soft, soft, below);
    const auto sample = [&](Vec2 at) {
        return Color::unpack(texture_.sample(m.frame.to_photo(at) - cheeks));
    };
    Color c;
    if (on_upper < 1 && on_lower < 1) {
        const float seen = smoothstep(.004F, .035F, apart);
        if (seen < 1) c = sample(above > below ? upper : lower);
        if (seen > 0) {
            const MouthInterior::Place place{local, lower, -above, -below, apart};
            c = mix(c, interior_->color(place, state), seen);
        }
    }
    if (on_upper > 0) c = mix(c, sample(upper), on_upper);
    if (on_lower > 0) c = mix(c, sample(lower), on_lower);
    return c;
}

std::uint32_t MeshRenderer::layered_pixel(Scratch::Node place, std::uint8_t layers,
                                          const FaceState& state, const Scratch& scratch) const {
    if ((layers & mouth_layers) != 0) return mouth_pixel(place.face, state, scratch).pack();
    for (std::size_t side = 0; side < eyes_.size(); ++side) {
        const Vec2 local = eyes_[side].frame().to_local(place.photo);
        const EyeRenderer::State eye = eye_state(state, side);
        if (eyes_[side].covers(local, eye)) return eyes_[side].color(local, eye).pack();
    }
    return texture_.sample(place.photo);
}

MeshRenderer::CellRange MeshRenderer::moving_cells(int j, const Scratch& scratch) const {
    const auto moves = [&](int i) {
        const Vec2 p{static_cast<float>(region_.x + i * cell_) + .5F,
                     static_cast<float>(region_.y + j * cell_) + .5F};
        const std::size_t above = static_cast<std::size_t>(j * nodes_x_ + i);
        const Vec2 a = scratch.nodes[above].photo - p;
        const Vec2 b = scratch.nodes[above + static_cast<std::size_t>(nodes_x_)].photo -
                       (p + Vec2{0, static_cast<float>(cell_)});
        const bool layered = i + 1 < nodes_x_ &&
                             scratch.layered[static_cast<std::size_t>(j * (nodes_x_ - 1) + i)] != 0;
        return layered || a.x != 0 || a.y != 0 || b.x != 0 || b.y != 0;
    };
    int first = 0;
    while (first < nodes_x_ && !moves(first))
        ++first;
    if (first == nodes_x_) return {0, 0};
    int last = nodes_x_ - 1;
    while (!moves(last))
        --last;
    // A moving node moves the cells on both of its sides.
    return {std::max(first - 1, 0), std::min(last + 1, nodes_x_ - 1)};
}

void MeshRenderer::draw_row(int y, CellRange cells, const FaceState& state, Scratch& scratch,
                            Image& image) const {
    const int j = std::min(y / cell_, nodes_y_ - 2);
    const float down = static_cast<float>(y - j * cell_) / static_cast<float>(cell_);
    scratch.row.resize(static_cast<std::size_t>(nodes_x_));
    for (int i = cells.begin; i <= cells.end; ++i) {
        const auto index = static_cast<std::size_t>(j * nodes_x_ + i);
        const auto& a = scratch.nodes[index];
        const auto& b = scratch.nodes[index + static_cast<std::size_t>(nodes_x_)];
        scratch.row[static_cast<std::size_t>(i)] = {a.face + (b.face - a.face) * down,
                                                    a.photo + (b.photo - a.photo) * down};
    }
    // Plain pixels of the whole row at once, then those in layers.
    const auto padded = static_cast<std::size_t>((nodes_x_ - 1) * cell_);
    scratch.x.resize(padded);
    scratch.y.resize(padded);
    scratch.colors.resize(padded);
    Texture::Position from =
        texture_.position(scratch.row[static_cast<std::size_t>(cells.begin)].photo);
    for (int i = cells.begin; i < cells.end; ++i) {
        const Texture::Position to =
            texture_.position(scratch.row[static_cast<std::size_t>(i) + 1].photo);
        const int step_x = (to.x - from.x) * 256 / cell_;
        const int step_y = (to.y - from.y) * 256 / cell_;
        std::int32_t* x = scratch.x.data() + i * cell_;
        std::int32_t* y_of = scratch.y.data() + i * cell_;
        for (int k = 0; k < cell_; ++k) {
            x[k] = from.x + (step_x * k >> 8);
            y_of[k] = from.y + (step_y * k >> 8);
        }
        from = to;
    }
    const int begin = cells.begin * cell_;
    const int end = std::min(cells.end * cell_, region_.width);
    texture_.sample_row(scratch.x.data() + begin, scratch.y.data() + begin, end - begin,
                        scratch.colors.data() + begin);

    const std::uint8_t* layered = scratch.layered.data() + j * (nodes_x_ - 1);
    for (int i = cells.begin; i < cells.end; ++i) {
        if (layered[i] == 0) continue;
        const auto& a = scratch.row[static_cast<std::size_t>(i)];
        const auto& b = scratch.row[static_cast<std::size_t>(i) + 1];
        for (int k = 0; k < cell_; ++k) {
            const float right = static_cast<float>(k) / static_cast<float>(cell_);
            const Scratch::Node place{a.face + (b.face - a.face) * right,
                                      a.photo + (b.photo - a.photo) * right};
            scratch.colors[static_cast<std::size_t>(i * cell_ + k)] =
                layered_pixel(place, layered[i], state, scratch);
        }
    }
    std::uint8_t* out = image.pixel(begin, y);
    for (int x = begin; x < end; ++x) {
        const std::uint32_t color = scratch.colors[static_cast<std::size_t>(x)];
        *out++ = static_cast<std::uint8_t>(color);
        *out++ = static_cast<std::uint8_t>(color >> 8U);
        *out++ = static_cast<std::uint8_t>(color >> 16U);
    }
}

Image MeshRenderer::render(const FaceState& state, Scratch& scratch) const {
    mouth_warp_->solve(state, scratch.mouth);
    add_upper_face(state, scratch);
    solve_nodes(state, scratch);
    mark_layered_cells(state, scratch);
    Image image = at_rest_;
    for (int j = 0; j + 1 < nodes_y_; ++j) {
        const CellRange cells = moving_cells(j, scratch);
        if (cells.begin == cells.end) continue;
        const int end = std::min((j + 1) * cell_, region_.height);
        for (int y = j * cell_; y < end; ++y)
            draw_row(y, cells, state, scratch, image);
    }
    return image;
}

}  // namespace ditto::mesh
