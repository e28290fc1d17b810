#include "engines/ditto/insight_face.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "engines/ditto/resample.h"

namespace ditto::reenact {
namespace {

constexpr int detector_side = 512;
constexpr int landmark_side = 192;
constexpr double landmark_margin = 1.5;
constexpr std::size_t landmark_count = 106;
constexpr float least_score = .5F;
constexpr float most_overlap = .4F;
constexpr std::size_t anchors_per_place = 2;
constexpr std::size_t stride_count = detector_strides.size();

constexpr std::size_t anchors_of(int stride) {
    const auto places = static_cast<std::size_t>(detector_side / stride);
    return anchors_per_place * places * places;
}

/// (1, 3, side, side) in the order blue, green, red; `image` in the upper left corner of black.
Tensor planes_of(const Image& image, int side, float mean, float divisor) {
    Tensor planes(DataType::f32, {1, 3, side, side});
    const auto values = planes.values<float>();
    std::ranges::fill(values, -mean / divisor);
    const auto length = static_cast<std::size_t>(side);
    for (std::size_t c = 0; c < 3; ++c) {
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                values[(c * length + static_cast<std::size_t>(y)) * length +
                       static_cast<std::size_t>(x)] =
                    (static_cast<float>(image.pixel(x, y)[2 - c]) - mean) / divisor;
            }
        }
    }
    return planes;
}

bool usable(const FaceBox& box) {
    return std::isfinite(box.left) && std::isfinite(box.top) && box.right > box.left &&
           box.bottom > box.top && std::isfinite(box.area());
}

/// Sides are counted in pixels, both ends included.
float overlap(const FaceBox& a, const FaceBox& b) {
    const auto area = [](const FaceBox& box) {
        return (box.right - box.left + 1) * (box.bottom - box.top + 1);
    };
    const float width = std::max(0.F, std::min(a.right, b.right) - std::max(a.left, b.left) + 1);
    const float height = std::max(0.F, std::min(a.bottom, b.bottom) - std::max(a.top, b.top) + 1);
    const float shared = width * height;
    return shared / (area(a) + area(b) - shared);
}

[[noreturn]] void refuse(const nn::Session& network, const std::string& what) {
    throw Error(ErrorCode::model_mismatch, {{"path", network.name()}, {"what", what}});
}

void require_picture(const nn::Session& network, int side) {
    if (network.inputs().size() != 1) {
        refuse(network, std::to_string(network.inputs().size()) + " inputs, not 1");
    }
    network.require_input({network.inputs().front().name, DataType::f32, {1, 3, side, side}});
}

/// The first size that a detector's file states is that for another picture.
void require_rows(const nn::Session& network, std::size_t output, std::int64_t row) {
    network.require_output({network.outputs()[output].name, DataType::f32, {-1, row}});
}

std::span<const float> values_of(const nn::Session& network, const Tensor& tensor,
                                 std::string_view output, std::size_t count) {
    if (tensor.count() != count) {
        refuse(network, std::string(output) + " has " + std::to_string(tensor.count()) +
                            " values, not " + std::to_string(count));
    }
    return tensor.values<float>();
}

}  // namespace

DetectorInput detector_input(const Image& photo) {
    const double ratio = static_cast<double>(photo.height()) / photo.width();
    int width = detector_side;
    int height = detector_side;
    if (ratio > 1) {
        width = std::max(1, static_cast<int>(detector_side / ratio));
    } else {
        height = std::max(1, static_cast<int>(detector_side * ratio));
    }
    return {planes_of(resize_bilinear(photo, width, height), detector_side, 127.5F, 128.F),
            static_cast<double>(height) / photo.height()};
}

std::vector<FaceBox> face_boxes(std::span<const std::span<const float>, 3> scores,
                                std::span<const std::span<const float>, 3> distances,
                                double scale) {
    const auto to_detector = static_cast<float>(scale);
    std::vector<FaceBox> found;
    for (std::size_t level = 0; level < stride_count; ++level) {
        const int stride = detector_strides[level];
        const auto size = static_cast<float>(stride);
        const auto places = static_cast<std::size_t>(detector_side / stride);
        for (std::size_t i = 0; i < scores[level].size(); ++i) {
            const float score = scores[level][i];
            if (!(score >= least_score)) continue;
            const std::size_t place = i / anchors_per_place;
            const float x = static_cast<float>(place % places) * size;
            const float y = static_cast<float>(place / places) * size;
            const std::span<const float> to = distances[level].subspan(i * 4, 4);
            const FaceBox box{(x - to[0] * size) / to_detector, (y - to[1] * size) / to_detector,
                              (x + to[2] * size) / to_detector, (y + to[3] * size) / to_detector,
                              score};
            if (usable(box)) found.push_back(box);
        }
    }
    std::ranges::stable_sort(found, std::greater(), &FaceBox::score);
    std::vector<FaceBox> kept;
    for (const FaceBox& box : found) {
        const auto hidden = [&](const FaceBox& better) {
            return overlap(better, box) > most_overlap;
        };
        if (std::ranges::none_of(kept, hidden)) kept.push_back(box);
    }
    return kept;
}

Affine photo_to_landmark_crop(const FaceBox& box) {
    const double longer = std::max(box.right - box.left, box.bottom - box.top);
    const double scale = landmark_side / (longer * landmark_margin);
    const double half = landmark_side / 2.;
    return {scale, 0,     half - (box.right + box.left) / 2 * scale,  //
            0,     scale, half - (box.bottom + box.top) / 2 * scale};
}

Tensor landmark_input(const Image& photo, const FaceBox& box) {
    const Rect area{0, 0, landmark_side, landmark_side};
    return planes_of(warp_affine(photo, photo_to_landmark_crop(box), area), landmark_side, 0, 1);
}

std::vector<Point2> landmarks_in_photo(std::span<const float> found, const FaceBox& box) {
    const Affine crop_to_photo = photo_to_landmark_crop(box).inverse();
    std::vector<Point2> points;
    for (std::size_t i = 0; i + 1 < found.size(); i += 2) {
        points.push_back(crop_to_photo(Point2{found[i] + 1., found[i + 1] + 1.} *
                                       static_cast<double>(landmark_side / 2)));
    }
    return points;
}

InsightFace::InsightFace(nn::Session detector, nn::Session landmarks)
    : detector_(std::move(detector)), landmarks_(std::move(landmarks)) {
    require_picture(detector_, detector_side);
    if (detector_.outputs().size() != 3 * stride_count) {
        refuse(detector_, std::to_string(detector_.outputs().size()) + " outputs, not 9");
    }
    for (std::size_t level = 0; level < stride_count; ++level) {
        require_rows(detector_, level, 1);
        require_rows(detector_, level + stride_count, 4);
        require_rows(detector_, level + 2 * stride_count, 10);
    }
    require_picture(landmarks_, landmark_side);
    if (landmarks_.outputs().empty()) refuse(landmarks_, "no outputs");
    require_rows(landmarks_, 0, 2 * landmark_count);
}

std::vector<FaceBox> InsightFace::detect(const Image& photo) const {
    const DetectorInput input = detector_input(photo);
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < 2 * stride_count; ++i)
        names.push_back(detector_.outputs()[i].name);
    const auto results =
        detector_.run({{detector_.inputs().front().name, input.image.view()}}, names);
    std::array<std::span<const float>, stride_count> scores;
    std::array<std::span<const float>, stride_count> distances;
    for (std::size_t level = 0; level < stride_count; ++level) {
        const std::size_t count = anchors_of(detector_strides[level]);
        const std::size_t boxes = level + stride_count;
        scores[level] = values_of(detector_, results[level], names[level], count);
        distances[level] = values_of(detector_, results[boxes], names[boxes], count * 4);
    }
    auto found = face_boxes(scores, distances, input.scale);
    std::ranges::stable_sort(found, std::greater(), &FaceBox::area);
    return found;
}

std::vector<Point2> InsightFace::landmarks(const Image& photo, const FaceBox& box) const {
    const Tensor image = landmark_input(photo, box);
    const std::string_view output = landmarks_.outputs().front().name;
    const auto results =
        landmarks_.run({{landmarks_.inputs().front().name, image.view()}}, {output});
    const auto values = values_of(landmarks_, results.front(), output, 2 * landmark_count);
    if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
        refuse(landmarks_, std::string(output) + " is not finite");
    }
    return landmarks_in_photo(values, box);
}

}  // namespace ditto::reenact
