#pragma once

#include <filesystem>
#include <memory>

#include "core/image.h"
#include "core/landmarks.h"
#include "face/detector.h"
#include "face/sampling.h"
#include "nn/session.h"

namespace ditto::face {

/// 468 points of the canonical mesh, then five for each iris: its middle, then right, top, left and
/// bottom of its rim; 468-472 for the eye on the image's left, 473-477 for the other.
struct FaceMesh {
    static constexpr std::size_t point_count = 478;

    PhotoLandmarks landmarks;
    /// How sure the network is that this is a face, in [0, 1]; below 0.5 it is none.
    double presence = 0;

    bool present() const { return presence > 0.5; }
};

/// Attention Mesh (Grishchenko et al., 2020). Immutable: may be used from several threads at once.
class Landmarker {
  public:
    /// Throws Error{model_missing | model_corrupt | model_mismatch}.
    Landmarker(std::shared_ptr<const nn::Runtime> runtime, const std::filesystem::path& model,
               int threads);

    /// Looks again at the region that it found before, until the points hold still: twice where the
    /// box is good, up to five times where it is rough. `presence` must be judged by the last look.
    FaceMesh locate(const Image& photo, const DetectedFace& face) const;
    /// One pass around the landmarks of the frame before. Where the result is not present(), the
    /// face is lost: detect again.
    FaceMesh track(const Image& photo, const PhotoLandmarks& previous) const;
    FaceMesh locate_in(const Image& photo, const Region& region) const;

  private:
    nn::Session session_;
};

/// How far the points move, on average over eight looks at regions a little shifted, scaled
/// and turned, in distances of the eyes. On people 0.013 to 0.035; on animals, where the network
/// must guess, 0.045 and more, whatever it says of their presence.
double unsteadiness(const Landmarker& landmarker, const Image& photo, const FaceMesh& mesh);

/// Root mean square distance of the mesh's points, in distances of the eyes of `a`.
double distance_in_eyes(const PhotoLandmarks& a, const PhotoLandmarks& b);

/// The region that the network wants to see: 1.5 times the box, upright with the face.
Region region_of(const DetectedFace& face);
Region region_of(const PhotoLandmarks& landmarks);

}  // namespace ditto::face
