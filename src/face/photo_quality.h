#pragma once

#include "core/image.h"
#include "core/landmarks.h"

namespace ditto::face {

/// What can be measured of a face in a photo, beside where it is.
struct PhotoQuality {
    /// 0 (sharp) to 1 (blurred): how little is lost where the face is blurred once more (Crete et
    /// al., "The blur effect: perception and estimation with a new no-reference perceptual blur
    /// metric", 2007). Independent of contrast and brightness.
    double blur = 0;
    /// The brightness that a tenth of the face exceeds, [0, 255]. Dark skin has highlights too, so
    /// this speaks of the light and not of the skin.
    double highlight = 0;
    /// Share of the face's points that lie outside of the photo.
    double share_outside = 0;
    /// Gap between the inner edges of the lips over the width of the mouth.
    double mouth_opening = 0;
};

PhotoQuality measure_quality(const Image& photo, const PhotoLandmarks& landmarks);

}  // namespace ditto::face
