#include "face/photo_quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

#include "face/canonical_mesh.h"
#include "face/landmarker.h"
#include "face/mesh_points.h"
#include "face/sampling.h"

namespace ditto::face {
namespace {

/// Brightness of a face, without its surroundings, size x size.
struct GreyFace {
    int size = 0;
    std::vector<double> values;

    double at(int x, int y) const { return values[static_cast<std::size_t>(y * size + x)]; }
};

GreyFace grey_face(const Image& photo, const PhotoLandmarks& landmarks) {
    Region region = region_of(landmarks);
    region.side *= 0.5;  // of 1.5 boxes: from the brows to the mouth, hardly any background
    // Never enlarged, which would look like blur; shrunk so that grain does not count as detail.
    const int size = static_cast<int>(std::clamp(region.side, 24., 128.));
    const Image crop = sample(photo, region.crop_to_photo(size), size, size);
    GreyFace grey{size, {}};
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const std::uint8_t* p = crop.pixel(x, y);
            grey.values.push_back(.299 * p[0] + .587 * p[1] + .114 * p[2]);
        }
    }
    return grey;
}

/// One axis of Crete's measure: the share of the variation that survives a mean over nine pixels.
double blur_along(const GreyFace& face, bool across) {
    constexpr int reach = 4;
    const auto value = [&](int along, int other) {
        return across ? face.at(along, other) : face.at(other, along);
    };
    double variation = 0;
    double lost = 0;
    for (int other = 0; other < face.size; ++other) {
        for (int i = reach + 1; i + reach < face.size; ++i) {
            const double sharp = std::abs(value(i, other) - value(i - 1, other));
            // Neighbouring means share all but their outermost pixels.
            const double smooth =
                std::abs(value(i + reach, other) - value(i - reach - 1, other)) / (2 * reach + 1);
            variation += sharp;
            lost += std::max(0., sharp - smooth);
        }
    }
    return variation > 0 ? (variation - lost) / variation : 1;
}

double share_outside(const Image& photo, const PhotoLandmarks& landmarks) {
    int outside = 0;
    for (std::size_t i = 0; i < CanonicalMesh::vertex_count; ++i) {
        const Point3& p = landmarks[i];
        outside += p.x < 0 || p.y < 0 || p.x > photo.width() || p.y > photo.height() ? 1 : 0;
    }
    return static_cast<double>(outside) / CanonicalMesh::vertex_count;
}

}  // namespace

PhotoQuality measure_quality(const Image& photo, const PhotoLandmarks& landmarks) {
    GreyFace grey = grey_face(photo, landmarks);
    PhotoQuality quality;
    quality.blur = std::max(blur_along(grey, true), blur_along(grey, false));
    const auto tenth =
        grey.values.begin() + static_cast<std::ptrdiff_t>(grey.values.size() * 9 / 10);
    std::ranges::nth_element(grey.values, tenth);
    quality.highlight = *tenth;
    quality.share_outside = share_outside(photo, landmarks);
    const double gap = length(landmarks[lower_lip_edge].xy() - landmarks[upper_lip_edge].xy());
    const double width =
        length(landmarks[right_mouth_corner].xy() - landmarks[left_mouth_corner].xy());
    quality.mouth_opening = gap / std::max(width, 1e-6);
    return quality;
}

}  // namespace ditto::face
