#pragma once

#include <array>
#include <span>

#include "core/image.h"
#include "engines/mesh/color.h"
#include "engines/mesh/face_geometry.h"
#include "engines/mesh/face_state.h"
#include "engines/mesh/texture.h"

namespace ditto::mesh {

/// What is seen between the lips: the photo's own teeth where it shows them, else a drawn upper
/// row; a lower row and the tongue, which ride with the jaw; the dark of the mouth. Coloured after
/// the skin and the lips around it (a grey photo gets grey teeth), shaded by the lips in front.
/// Sizes are means of adult dental casts, in D (about 63 mm).
class MouthInterior {
  public:
    /// Keeps a pointer to `texture`.
    MouthInterior(const Image& photo, const FaceGeometry& face, const Texture& texture);

    /// One place between the lips. Positions in the mouth's frame (D).
    struct Place {
        Vec2 skull;             // fixed to the upper jaw
        Vec2 jaw;               // in the photo, moved along with the lower lip
        float below_upper = 0;  // D under the edge of the upper lip
        float above_lower = 0;  // D over the edge of the lower lip
        float opening = 0;      // D between the sheets here
    };
    Color color(const Place& place, const FaceState& state) const;

    /// True where the photo shows its own teeth and they are used.
    bool own_teeth() const { return own_teeth_; }

  private:
    struct Tooth {
        float edge = 0;   // D from the row's line to this place's cutting edge
        float light = 0;  // 0 between teeth .. 1 on them
    };
    static constexpr int table_size = 512;
    static constexpr float table_reach = .56F;  // D to either side
    using Row = std::array<Tooth, table_size>;

    static Row make_row(std::span<const float> widths, std::span<const float> shorter,
                        float arch_radius, float rounded);
    static Tooth tooth(const Row& row, float x);
    void measure_colors(const Image& photo);
    void look_for_teeth(const Image& photo);

    Color upper_row(const Place& place, const FaceState& state, Color behind) const;
    Color own_row(const Place& place, Color behind) const;
    Color lower_row(const Place& place, const FaceState& state, Color behind) const;
    Color tongue(const Place& place, const FaceState& state, Color behind) const;
    float side_light(float x) const;

    const Texture* texture_;
    MouthGeometry mouth_;
    Row upper_{};
    Row lower_{};
    Color enamel_;
    Color gum_;
    Color tongue_color_;
    Color cavity_;
    float light_left_ = 1;  // of the skin beside the mouth, relative to the mean
    float light_right_ = 1;
    bool own_teeth_ = false;
};

}  // namespace ditto::mesh
