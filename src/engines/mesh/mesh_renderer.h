#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/image.h"
#include "core/landmarks.h"
#include "engines/mesh/eye_renderer.h"
#include "engines/mesh/face_geometry.h"
#include "engines/mesh/face_state.h"
#include "engines/mesh/mouth_interior.h"
#include "engines/mesh/mouth_warp.h"
#include "engines/mesh/texture.h"

namespace ditto::mesh {

/// A photo that can move. Built once; immutable, so that any number of threads may render from it,
/// each with a Scratch of its own.
///
/// A frame is drawn backwards: for every pixel, where in the photo does it come from? The head's
/// turn, the movements of the upper face and the two sheets of the lower face are composed on a
/// grid of about D/25, and the photo is sampled once. Only around the mouth and the eyes is the
/// answer worked out for each pixel, since there layers lie over each other.
class MeshRenderer {
  public:
    /// `crop_scale` (1.5 .. 4, usually 2.3) sets how far around the face things move.
    MeshRenderer(const Image& photo, const PhotoLandmarks& landmarks, double crop_scale);
    MeshRenderer(const MeshRenderer&) = delete;
    MeshRenderer& operator=(const MeshRenderer&) = delete;

    /// Working memory of one thread.
    struct Scratch {
        struct Node {
            Vec2 face;   // where the place lies on the face before the head turned
            Vec2 photo;  // where in the photo its colour comes from
        };
        MouthWarp::Solution mouth;
        std::vector<Vec2> upper_face;
        bool upper_face_rests = true;
        std::vector<Node> nodes;
        std::vector<std::uint8_t> layered;  // cells drawn pixel by pixel
        std::vector<Node> row;  // the nodes above and below, mixed for one row of pixels
        std::vector<std::int32_t> x;
        std::vector<std::int32_t> y;
        std::vector<std::uint32_t> colors;
    };

    /// The moving region of one frame. For a default FaceState it is the photo's own pixels.
    Image render(const FaceState& state, Scratch& scratch) const;

    const Rect& region() const { return region_; }
    const FaceGeometry& face() const { return face_; }

  private:
    struct UpperFaceNode {
        Vec2 brow_inner, brow_outer, brow_squeeze, cheek;
    };
    struct HeadNode {
        float depth = 0;   // relative to the pivot, pixels
        float weight = 0;  // 1 on the head, 0 where nothing moves
    };
    struct HeadTurn;

    void choose_region(const Image& photo, double crop_scale);
    void make_grid(const DepthMap& depth, double crop_scale);
    float head_weight(Vec2 p, double crop_scale) const;
    UpperFaceNode upper_face(Vec2 p) const;

    void solve_nodes(const FaceState& state, Scratch& scratch) const;
    void mark_layered_cells(const FaceState& state, Scratch& scratch) const;
    void add_upper_face(const FaceState& state, Scratch& scratch) const;
    Vec2 upper_face_shift(Vec2 face, const Scratch& scratch) const;
    /// The cells of row j in which anything differs from the photo: [begin, end).
    struct CellRange {
        int begin = 0;
        int end = 0;
    };
    CellRange moving_cells(int j, const Scratch& scratch) const;
    void draw_row(int y, CellRange cells, const FaceState& state, Scratch& scratch,
                  Image& image) const;
    std::uint32_t layered_pixel(Scratch::Node place, std::uint8_t layers, const FaceState& state,
                                const Scratch& scratch) const;
    Color mouth_pixel(Vec2 face, const FaceState& state, const Scratch& scratch) const;

    FaceGeometry face_;
    Rect region_;
    Rect photo_bounds_;
    int cell_ = 1;  // pixels
    int nodes_x_ = 0;
    int nodes_y_ = 0;
    Vec2 pivot_;
    float pivot_depth_ = 0;
    std::vector<HeadNode> head_;
    std::vector<UpperFaceNode> upper_face_;
    Image at_rest_;
    Texture texture_;
    std::unique_ptr<MouthWarp> mouth_warp_;
    std::unique_ptr<MouthInterior> interior_;
    std::vector<EyeRenderer> eyes_;
};

}  // namespace ditto::mesh
