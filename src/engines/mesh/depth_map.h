#pragma once

#include <vector>

#include "core/image.h"
#include "engines/mesh/face_geometry.h"

namespace ditto::mesh {

/// Depth of the head over the photo, on a coarse grid: the landmarks' z inside the face (nearest
/// first), carried on to the ears' depth outside of it, smoothed by .15 D.
class DepthMap {
  public:
    /// `area` in photo pixels. Inside the face, depth comes from the landmarks around, weighted by
    /// inverse distance.
    DepthMap(const FaceGeometry& face, const Rect& area);

    /// z in photo pixels, smaller is nearer.
    float operator()(Vec2 photo) const;

  private:
    float node(const FaceGeometry& face, Vec2 photo) const;
    void smooth(int radius);

    Rect area_;
    float step_ = 1;
    int nodes_x_ = 0;
    int nodes_y_ = 0;
    std::vector<float> depth_;
};

}  // namespace ditto::mesh
