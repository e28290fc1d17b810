#include "engines/mesh/mouth_interior.h"

#include <span>
#include <vector>

namespace ditto::mesh {
namespace {

// Mesio-distal widths from the midline outwards, D.
constexpr std::array upper_widths{.135F, .108F, .122F, .108F, .105F, .12F};
constexpr std::array upper_shorter{0.F, .016F, .004F, .014F, .02F, .03F};
constexpr std::array lower_widths{.085F, .093F, .108F, .11F, .11F, .12F};
constexpr std::array lower_shorter{0.F, .002F, -.004F, .008F, .014F, .02F};
constexpr float upper_arch = .60F;
constexpr float lower_arch = .54F;
constexpr float upper_edge = .062F;     // cutting edge under the resting upper lip
constexpr float crown = .17F;           // height of a crown
constexpr float lower_visible = .024F;  // lower row above the lower lip

Color mean_around(const Image& photo, const LocalFrame& frame, Vec2 local, float radius) {
    Color sum;
    float count = 0;
    const float pixels = std::max(radius * frame.unit, 1.F);
    const Vec2 centre = frame.to_photo(local);
    for (float y = -pixels; y <= pixels; ++y) {
        for (float x = -pixels; x <= pixels; ++x) {
            const int px = static_cast<int>(centre.x + x);
            const int py = static_cast<int>(centre.y + y);
            if (px < 0 || py < 0 || px >= photo.width() || py >= photo.height()) continue;
            const std::uint8_t* p = photo.pixel(px, py);
            sum = sum + Color{static_cast<float>(p[0]), static_cast<float>(p[1]),
                              static_cast<float>(p[2])};
            ++count;
        }
    }
    return sum * (1 / std::max(count, 1.F));
}

float saturation(Color c) {
    const float high = std::max({c.r, c.g, c.b});
    return high <= 1 ? 0 : (high - std::min({c.r, c.g, c.b})) / high;
}

}  // namespace

MouthInterior::MouthInterior(const Image& photo, const FaceGeometry& face, const Texture& texture)
    : texture_(&texture),
      mouth_(face.mouth),
      upper_(make_row(upper_widths, upper_shorter, upper_arch, .02F)),
      lower_(make_row(lower_widths, lower_shorter, lower_arch, .009F)) {
    measure_colors(photo);
    look_for_teeth(photo);
}

MouthInterior::Row MouthInterior::make_row(std::span<const float> widths,
                                           std::span<const float> shorter, float arch_radius,
                                           float rounded) {
    Row row{};
    for (int i = 0; i < table_size; ++i) {
        const float x = std::abs((static_cast<float>(i) + .5F) / table_size * 2 - 1) * table_reach;
        Tooth& place = row[static_cast<std::size_t>(i)];
        if (x >= arch_radius * .97F) continue;
        const float arc = arch_radius * std::asin(x / arch_radius);
        float from = 0;
        for (std::size_t k = 0; k < widths.size(); ++k) {
            if (arc < from + widths[k]) {
                const float within = 2 * (arc - from) / widths[k] - 1;  // -1..1 over the tooth
                const float side = std::abs(within);
                const float rounding = rounded * std::pow(side, 5.F);
                place.edge = -shorter[k] - rounding - (k == 2 ? .012F * side : 0);
                place.light = 1 - .2F * std::pow(side, 14.F) - .05F * side * side;
                break;
            }
            from += widths[k];
        }
        // Teeth further back lie in the shade of the cheeks.
        place.light *= 1 - .6F * smoothstep(.19F, .48F, x);
    }
    return row;
}

MouthInterior::Tooth MouthInterior::tooth(const Row& row, float x) {
    const float position = (x / table_reach + 1) * .5F * table_size - .5F;
    const float inside = std::clamp(position, 0.F, static_cast<float>(table_size - 2));
    const auto index = static_cast<std::size_t>(inside);
    const float part = inside - static_cast<float>(index);
    return {lerp(row[index].edge, row[index + 1].edge, part),
            lerp(row[index].light, row[index + 1].light, part)};
}

void MouthInterior::measure_colors(const Image& photo) {
    const float top = (mouth_.nose_y + mouth_.upper_outer(0)) / 2;
    const float bottom = lerp(mouth_.lower_outer(0), mouth_.chin_y, .35F);
    const Color left = mean_around(photo, mouth_.frame, {-mouth_.half_left - .12F, 0}, .05F);
    const Color right = mean_around(photo, mouth_.frame, {mouth_.half_right + .12F, 0}, .05F);
    const Color skin = (mean_around(photo, mouth_.frame, {0, top}, .04F) +
                        mean_around(photo, mouth_.frame, {0, bottom}, .06F) + left + right) *
                       .25F;
    const float light = std::max(skin.luminance(), 8.F);
    light_left_ = std::clamp(left.luminance() / light, .55F, 1.25F);
    light_right_ = std::clamp(right.luminance() / light, .55F, 1.25F);

    const float lip_y = (mouth_.lower_inner(0) * .45F + mouth_.lower_outer(0) * .55F);
    const Color lips = mean_around(photo, mouth_.frame, {0, lip_y}, .03F);
    const Color tint = skin * (1 / light);
    const float color = std::min(saturation(skin) / .2F, 1.F);
    const Color neutral{1, 1, 1};
    // Enamel is never brighter than white nor lost in a very dark picture.
    const float enamel_light = std::clamp(light * 1.24F, 40.F, 240.F);
    // Beside red lips a plain grey looks green.
    enamel_ = mix(mix(neutral, Color{1.03F, .985F, .96F}, color), tint, .32F) * enamel_light;
    const Color red = mix(neutral, Color{1.18F, .92F, .9F}, color);
    gum_ = mix(skin, lips, .6F) * red * .8F;
    tongue_color_ =
        mix(lips, skin, .25F) * red *
        (.82F * std::max(lips.luminance(), .45F * light) / std::max(lips.luminance(), 1.F));
    cavity_ = tint * mix(neutral, Color{1.5F, .75F, .7F}, color) * (light * .11F);
}

void MouthInterior::look_for_teeth(const Image& photo) {
    if (mouth_.gap < .03F) return;
    const Color skin =
        mix(mean_around(photo, mouth_.frame, {-mouth_.half_left - .12F, 0}, .05F),
            mean_around(photo, mouth_.frame, {mouth_.half_right + .12F, 0}, .05F), .5F);
    const Color lips = mean_around(photo, mouth_.frame,
                                   {0, (mouth_.lower_inner(0) + mouth_.lower_outer(0)) / 2}, .02F);
    int bright = 0;
    int total = 0;
    for (float x = -.5F * mouth_.half_left; x <= .5F * mouth_.half_right; x += .02F) {
        const float from = mouth_.upper_inner(x);
        const float to = mouth_.lower_inner(x);
        for (const float part : {.3F, .45F, .6F}) {
            const Color c = mean_around(photo, mouth_.frame, {x, lerp(from, to, part)}, .008F);
            const bool light = c.luminance() > .72F * skin.luminance();
            const bool pale = saturation(c) < std::max(.75F * saturation(lips), .12F);
            bright += light && pale ? 1 : 0;
            ++total;
        }
    }
    own_teeth_ = total > 0 && bright * 2 > total;
}

float MouthInterior::side_light(float x) const {
    return lerp(light_left_, light_right_, smoothstep(-.45F, .45F, x));
}

Color MouthInterior::tongue(const Place& place, const FaceState& state, Color behind) const {
    const float half = .62F * (place.skull.x < 0 ? mouth_.half_left : mouth_.half_right);
    const float across = place.skull.x / half;
    if (std::abs(across) >= 1) return behind;
    // Its top follows the opening; raised, the tip meets the upper teeth.
    const float room = place.above_lower + place.below_upper;
    const float height = room * lerp(.42F, .8F, state.tongue) * std::sqrt(1 - across * across);
    const float cover = smoothstep(height + .012F, height - .03F, place.above_lower);
    const float groove = 1 - .14F * std::exp(-across * across * 30) * (1 - state.tongue);
    const float depth = smoothstep(1.15F * height, 0, place.above_lower);
    const Color lit =
        tongue_color_ * (lerp(.5F, .95F, depth) * groove * (1 - .45F * across * across));
    return mix(behind, lit, cover);
}

Color MouthInterior::lower_row(const Place& place, const FaceState& state, Color behind) const {
    const Tooth here = tooth(lower_, place.jaw.x);
    const float visible = lower_visible + .03F * state.teeth - .02F * std::min(state.pucker, 1.F) +
                          here.edge * .8F - .1F * place.jaw.x * place.jaw.x;
    const float cover = smoothstep(visible + .008F, visible - .008F, place.above_lower);
    if (cover <= 0) return behind;
    const float gloss = 1 - .35F * smoothstep(.5F * visible, 1.1F * visible, place.above_lower);
    return mix(behind, enamel_ * (.8F * here.light * gloss), cover * .94F);
}

Color MouthInterior::upper_row(const Place& place, const FaceState& state, Color behind) const {
    const Tooth here = tooth(upper_, place.skull.x);
    // The row's line is the resting lip's, flattened: less curved than a smile.
    const float line = lerp(mouth_.upper_inner(0), mouth_.upper_inner(place.skull.x), .4F);
    const float edge = line + upper_edge + here.edge;
    const float above_edge = edge - place.skull.y;
    const float cover = smoothstep(-.008F, .008F, above_edge);
    if (cover <= 0) return behind;
    const float along = std::clamp(above_edge / crown, 0.F, 1.F);
    // Darker towards the gum, a touch translucent at the cutting edge.
    const float shading = (1 - .22F * along * along) * (1 - .16F * smoothstep(.16F, 0, along));
    Color enamel = enamel_ * (here.light * shading);
    enamel = mix(enamel, gum_ * here.light, smoothstep(.92F, 1.02F, above_edge / crown));
    const float hidden = .75F * smoothstep(.45F, .95F, state.pucker);
    return mix(behind, mix(enamel, behind, hidden), cover);
}

Color MouthInterior::own_row(const Place& place, Color behind) const {
    const float x = place.skull.x;
    const float top = mouth_.upper_inner(x) + .012F;
    const float bottom = mouth_.lower_inner(x) - .028F;
    if (bottom <= top) return behind;
    const float cover = smoothstep(bottom + .008F, bottom - .012F, place.skull.y);
    if (cover <= 0) return behind;
    const Vec2 seen{x, std::clamp(place.skull.y, top, bottom)};
    const Color teeth = Color::unpack(texture_->sample(mouth_.frame.to_photo(seen)));
    return mix(behind, teeth, cover);
}

Color MouthInterior::color(const Place& place, const FaceState& state) const {
    const float light = side_light(place.skull.x);
    Color c = cavity_ * (1 - .4F * smoothstep(0, .16F, place.above_lower));
    c = tongue(place, state, c);
    c = lower_row(place, state, c);
    const float shadow_above = lerp(.7F, 1, smoothstep(-.005F, .04F, place.below_upper));
    const float shadow_below = lerp(.72F, 1, smoothstep(-.005F, .03F, place.above_lower));
    if (own_teeth_) {
        // The photo's teeth carry their own light and shade.
        return own_row(place, c * (light * shadow_above * shadow_below));
    }
    c = upper_row(place, state, c);
    const float reach = lerp(.9F, 1, smoothstep(.02F, .1F, place.opening));
    return c * (light * reach * shadow_above * shadow_below);
}

}  // namespace ditto::mesh
