#pragma once

#include <array>

#include "core/image.h"
#include "engines/mesh/color.h"
#include "engines/mesh/face_geometry.h"
#include "engines/mesh/texture.h"

namespace ditto::mesh {

/// One eye in layers: the eyeball stays in its place (the iris turns with the gaze), lids move
/// over it with their skin and lashes. Positions in the eye's frame, D.
class EyeRenderer {
  public:
    /// Keeps a pointer to `texture`.
    EyeRenderer(const Image& photo, const EyeGeometry& eye, const Texture& texture);

    struct State {
        float blink = 0;   // 1 closed, negative wide open
        float squint = 0;  // lower lid up, share of the opening
        Vec2 gaze;         // iris shift, D
        bool at_rest() const { return blink == 0 && squint == 0 && gaze.x == 0 && gaze.y == 0; }
    };

    /// True where the eye's layers can differ from the photo: between the lids, and over their skin
    /// where they move.
    bool covers(Vec2 local, const State& state) const {
        if (state.at_rest() || std::abs(local.x) > eye_.half_width + .04F) return false;
        if (state.blink == 0 && state.squint == 0) {
            return local.y > inner_top_ && local.y < inner_bottom_;
        }
        return local.y > -reach_above_ && local.y < reach_below_;
    }
    Color color(Vec2 local, const State& state) const;

    const LocalFrame& frame() const { return eye_.frame; }

  private:
    static constexpr int table_size = 96;

    struct Column {
        float upper = 0;  // resting lid edges
        float lower = 0;
        Color lid;   // skin of the lid, free of lashes and highlights
        Color lash;  // the dark of the lash line
    };
    Column column(float x) const;
    Color eyeball(Vec2 local, const Column& here, float edge_above, Vec2 gaze) const;
    Color upper_lid(Vec2 local, const Column& here, float moved, const State& state) const;
    Color at(Vec2 local) const;

    const Texture* texture_;
    EyeGeometry eye_;
    float reach_above_ = 0;  // D, of the moving skin
    float reach_below_ = 0;
    float inner_top_ = 0;  // D, of the opening between the lids
    float inner_bottom_ = 0;
    std::array<Column, table_size> columns_;
};

}  // namespace ditto::mesh
