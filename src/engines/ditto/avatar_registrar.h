#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/affine.h"
#include "core/image.h"
#include "core/tensor.h"
#include "engines/ditto/dump.h"
#include "engines/ditto/eye_info.h"
#include "engines/ditto/face_crop.h"
#include "engines/ditto/motion.h"
#include "nn/session.h"

namespace ditto::reenact {

/// All that is known of one picture of the source.
struct SourceFrame {
    MotionInfo motion;     // x_s_info
    EyeInfo eyes;          // eye_open, eye_ball
    Tensor appearance;     // f_s, (1,32,16,64,64)
    Affine crop_to_photo;  // M_c2o
};

/// Where a picture is cropped, and LivePortrait's 203 points that say so, in its pixels (pixel
/// centres at whole numbers).
struct RefinedCrop {
    FaceCrop crop;
    std::vector<Point2> points;
};

/// Extracts from a picture what never changes: where the face is, how it looks and is held.
/// Method: Ditto, core/atomic_components/source2info.py and avatar_registrar.py, by MediaPipe's 478
/// points or InsightFace's 106.
/// Networks: appearance_extractor image (1,3,256,256) RGB 0..1 -> pred (1,32,16,64,64);
/// motion_extractor image -> pitch, yaw, roll (1,66), t (1,3), exp (1,63), scale (1,1), kp (1,63);
/// landmark203 input (1,3,224,224) RGB 0..1 -> 203 points x, y in 0..1 of the crop.
class AvatarRegistrar {
  public:
    /// Without `landmarks` the crop follows the 478 points. Throws Error{model_mismatch}.
    AvatarRegistrar(nn::Session appearance, nn::Session motion,
                    std::optional<nn::Session> landmarks);

    /// `points`: 478, in photo pixels, pixel centres at .5.
    SourceFrame operator()(const Image& photo, std::span<const Point3> points,
                           const CropOptions& crop, const Dump& dump) const;
    /// The same in the crop that refined_crop() gave with these options.
    SourceFrame operator()(const Image& photo, std::span<const Point3> points,
                           const RefinedCrop& crop, const CropOptions& options,
                           const Dump& dump) const;

    /// Looks for the 203 points around `points`, pixel centres at whole numbers. Only where there
    /// is a network of landmarks.
    RefinedCrop refined_crop(const Image& photo, std::span<const Point2> points,
                             const FaceAxis& axis, const CropOptions& options) const;

  private:
    SourceFrame cropped(const Image& photo, std::span<const Point3> points, const FaceCrop& crop,
                        int size, const Dump& dump) const;
    std::vector<Point2> find_203(const Image& photo, const FaceCrop& around) const;
    MotionInfo motion_of(const TensorView& image) const;

    nn::Session appearance_;
    nn::Session motion_;
    std::optional<nn::Session> landmarks_;
};

/// As the reference: at most `max_size` pixels on the longer side, and even sizes where it is
/// scaled; `always_even`: also where it is not.
Image fitted(const Image& photo, int max_size, bool always_even);

}  // namespace ditto::reenact
