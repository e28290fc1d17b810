#include "engines/mesh/eye_renderer.h"

#include <vector>

namespace ditto::mesh {
namespace {

constexpr float upper_share = .9F;  // of a blink's way that the upper lid goes
constexpr float lash_band = .022F;  // D above the lid edge that moves rigidly
constexpr float lower_fade = .17F;  // D under the lower lid until nothing moves

Color photo_color(const Image& photo, Vec2 p) {
    const int x = std::clamp(static_cast<int>(p.x), 0, photo.width() - 1);
    const int y = std::clamp(static_cast<int>(p.y), 0, photo.height() - 1);
    const std::uint8_t* c = photo.pixel(x, y);
    return {static_cast<float>(c[0]), static_cast<float>(c[1]), static_cast<float>(c[2])};
}

}  // namespace

EyeRenderer::EyeRenderer(const Image& photo, const EyeGeometry& eye, const Texture& texture)
    : texture_(&texture), eye_(eye) {
    reach_above_ = eye.brow_distance - eye.upper(0);
    reach_below_ = eye.lower(0) + lower_fade;
    inner_top_ = eye.upper(0);
    inner_bottom_ = eye.lower(0);
    std::array<Color, table_size> lids;
    std::array<Color, table_size> lashes;
    for (int i = 0; i < table_size; ++i) {
        const float x = ((static_cast<float>(i) + .5F) / table_size * 2 - 1) * eye.half_width;
        Column& here = columns_[static_cast<std::size_t>(i)];
        here.upper = eye.upper(x);
        here.lower = std::max(eye.lower(x), here.upper);
        inner_top_ = std::min(inner_top_, here.upper - .02F);
        inner_bottom_ = std::max(inner_bottom_, here.lower + .02F);
        // Lid skin: the middle of what lies above the crease, where no lash reaches.
        std::vector<Color> above;
        for (float d = .05F; d < std::min(.13F, .6F * eye.brow_distance); d += .008F) {
            above.push_back(photo_color(photo, eye.frame.to_photo({x, here.upper - d})));
        }
        std::sort(above.begin(), above.end(),
                  [](Color a, Color b) { return a.luminance() < b.luminance(); });
        // Sockets lie in shade; a closed lid bulges out of it towards the light of the cheek.
        const Color cheek = photo_color(photo, eye.frame.to_photo({x, here.lower + .12F}));
        const Color socket = above[above.size() * 2 / 3];
        lids[static_cast<std::size_t>(i)] = mix(socket, cheek, .25F);
        Color darkest{255, 255, 255};
        for (float d = -.012F; d < .02F; d += .004F) {
            const Color c = photo_color(photo, eye.frame.to_photo({x, here.upper - d}));
            if (c.luminance() < darkest.luminance()) darkest = c;
        }
        lashes[static_cast<std::size_t>(i)] = darkest;
    }
    constexpr int radius = 11;
    for (int i = 0; i < table_size; ++i) {
        Color lid;
        Color lash;
        for (int k = -radius; k <= radius; ++k) {
            const auto j = static_cast<std::size_t>(std::clamp(i + k, 0, table_size - 1));
            lid = lid + lids[j] * (1.F / (2 * radius + 1));
            lash = lash + lashes[j] * (1.F / (2 * radius + 1));
        }
        Column& here = columns_[static_cast<std::size_t>(i)];
        here.lid = lid;
        // A lash line is darker than the skin even where the photo hardly shows it.
        here.lash = mix(lash, lid * .38F, .35F);
    }
}

EyeRenderer::Column EyeRenderer::column(float x) const {
    const float position = (x / eye_.half_width + 1) * .5F * table_size - .5F;
    const float inside = std::clamp(position, 0.F, static_cast<float>(table_size - 2));
    const auto i = static_cast<std::size_t>(inside);
    const float part = std::clamp(position - static_cast<float>(i), 0.F, 1.F);
    const Column& a = columns_[i];
    const Column& b = columns_[i + 1];
    return {lerp(a.upper, b.upper, part), lerp(a.lower, b.lower, part), mix(a.lid, b.lid, part),
            mix(a.lash, b.lash, part)};
}

Color EyeRenderer::at(Vec2 local) const {
    return Color::unpack(texture_->sample(eye_.frame.to_photo(local)));
}

Color EyeRenderer::eyeball(Vec2 local, const Column& here, float edge_above, Vec2 gaze) const {
    const float distance = length(local - eye_.iris) / std::max(eye_.iris_radius, .03F);
    Vec2 seen = local - gaze * smoothstep(2.3F, 1.15F, distance);
    const float inset = std::min(.014F, (here.lower - here.upper) / 3);
    const float middle = lerp(here.upper, here.lower, .5F);
    if (edge_above < here.upper && seen.y < middle) {
        // What a lid opened wide uncovers is unknown: stretch the upper half of the eye.
        seen.y = middle - (middle - seen.y) * (middle - here.upper - inset) / (middle - edge_above);
    }
    seen.y = std::clamp(seen.y, here.upper + inset, here.lower - inset);
    return at(seen);
}

Color EyeRenderer::upper_lid(Vec2 local, const Column& here, float moved,
                             const State& state) const {
    // Forward: a place d above the lid edge moves by moved * w(d), w = 1 within the lashes'
    // band, then (1 - e)^2 with e = (d - band) / (brow - band). Solved for d.
    const float edge = here.upper + moved;
    const float above = edge - local.y;
    const float span = eye_.brow_distance - lash_band;
    float d = above;
    if (above > lash_band) {
        // e: span e + moved (1 - (1 - e)^2) = above - band
        const float rest = above - lash_band;
        if (std::abs(moved) > 1e-5F) {
            const float b = span + 2 * moved;
            const float root = std::sqrt(std::max(b * b - 4 * moved * rest, 0.F));
            const float e = 2 * rest / (b + root);
            d = lash_band + span * std::min(e, 1.F);
            if (e >= 1) d = above - moved;
        }
    }
    Color c = at({local.x, here.upper - d});
    const float closing = smoothstep(.2F, .85F, state.blink);
    if (closing <= 0) return c;
    // Unrolled skin: the photo shows a fold there, with lashes' shadow and highlights.
    const float fold = smoothstep(-.01F, .03F, above) * smoothstep(.15F, .06F, d);
    const float bulge =
        1.03F - .16F * smoothstep(.06F, 0, above) - .06F * smoothstep(.1F, .2F, above);
    const float across = std::abs(local.x) / eye_.half_width;
    const float inner = smoothstep(1.04F, .88F, across);
    c = mix(c, here.lid * bulge, .82F * closing * fold * inner);
    const float line = smoothstep(.02F, .004F, above) * smoothstep(1, .85F, across);
    return mix(c, here.lash, .6F * closing * line);
}

Color EyeRenderer::color(Vec2 local, const State& state) const {
    const Column here = column(local.x);
    const float opening = here.lower - here.upper;
    const float closed = std::max(state.blink, 0.F);
    const float upper_moved =
        state.blink > 0 ? upper_share * state.blink * opening : .5F * state.blink * opening;
    const float lower_moved =
        std::min((1 - upper_share) * closed + state.squint, 1 - upper_share * closed) * opening;
    const float soft = .6F / eye_.frame.unit;  // antialiasing, about a pixel
    const float edge_above = here.upper + upper_moved;
    const float edge_below = here.lower - lower_moved;

    const float on_lid = smoothstep(soft, -soft, local.y - edge_above);
    if (on_lid >= 1) return upper_lid(local, here, upper_moved, state);

    const float below = local.y - edge_below;
    const float on_lower = smoothstep(-soft, soft, below);
    Color c;
    if (on_lower < 1) c = eyeball(local, here, edge_above, state.gaze);
    if (on_lower > 0) {
        // Backward with the same fade: small enough not to need an exact inverse.
        const float fade = 1 - smoothstep(0, lower_fade, below);
        const float from = std::max(local.y + lower_moved * fade, here.lower);
        c = mix(c, at({local.x, from}), on_lower);
    } else if (closed > 0 || state.squint > 0) {
        // The upper lid throws a soft shadow on the eyeball.
        c = c * (1 - .25F * closed * smoothstep(.05F, 0, local.y - edge_above));
    }
    if (on_lid > 0) c = mix(c, upper_lid(local, here, upper_moved, state), on_lid);
    return c;
}

}  // namespace ditto::mesh
