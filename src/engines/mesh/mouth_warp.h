#pragma once

#include <array>
#include <vector>

#include "engines/mesh/depth_map.h"
#include "engines/mesh/face_geometry.h"
#include "engines/mesh/face_state.h"

namespace ditto::mesh {

/// How the lower face moves: two smooth displacement fields over the photo, one for what hangs on
/// the skull (upper sheet) and one for what hangs on the jaw (lower sheet). They differ only
/// between the corners of the mouth, so that the lips part along the inner lip line and nowhere
/// else. Everything is in the mouth's frame, in D.
///
/// A field is a sum of fixed shapes, one for each movement, made once; a frame adds them with its
/// weights and inverts both sums on the grid by Newton's method (the renderer asks which place of
/// the photo shows at a place of the frame).
class MouthWarp {
  public:
    MouthWarp(const FaceGeometry& face, const DepthMap& depth);

    /// A frame's inverse fields; one per rendering thread, reused.
    struct Solution {
        struct Node {
            Vec2 upper;  // photo position minus frame position
            Vec2 lower;
        };
        bool at_rest = true;
        std::vector<Node> nodes;
        // Scratch: the forward fields.
        std::vector<Vec2> forward_upper;
        std::vector<Vec2> forward_lower;
    };

    void solve(const FaceState& state, Solution& solution) const;

    /// The inverse at any place of the mouth's frame; zero outside the grid.
    Solution::Node inverse(const Solution& solution, Vec2 local) const;

  private:
    struct Shape {
        std::vector<Vec2> upper;
        std::vector<Vec2> lower;
    };
    enum Movement : std::size_t {
        jaw_plain,
        jaw_puckered,
        close,
        press,
        pucker,
        spread,
        upper_raise,
        lower_drop,
        smile_left,
        smile_right,
        corner_in,
        nose,
        movement_count
    };

    struct Place;
    Place place(const FaceGeometry& face, const DepthMap& depth, Vec2 local) const;
    void fill(const Place& place, std::size_t node);
    void add(Movement movement, float weight, Solution& solution) const;
    /// Where `target`, the grid's `node`, comes from; `guess` is near.
    Vec2 invert(const std::vector<Vec2>& forward, std::size_t node, Vec2 target, Vec2 guess) const;
    Vec2 node_position(int i, int j) const;

    MouthGeometry mouth_;
    float left_ = 0;
    float top_ = 0;
    int nodes_x_ = 0;
    int nodes_y_ = 0;
    std::array<Shape, movement_count> shapes_;
};

}  // namespace ditto::mesh
