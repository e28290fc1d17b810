#include "face/detector.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace ditto::face {
namespace {

constexpr int input_size = 128;
constexpr std::size_t anchor_count = 896;
constexpr std::size_t values_per_anchor = 16;
constexpr double min_score = 0.5;
constexpr double min_overlap = 0.3;
/// Of the longer side of what the network sees; smaller ones are found by luck only.
constexpr double reliable_share = 0.15;

/// Centres of the anchors, in [0, 1]: two for each cell of a 16x16 grid, six for each of 8x8.
const std::array<Point2, anchor_count>& anchors() {
    static const auto made = [] {
        std::array<Point2, anchor_count> result;
        std::size_t at = 0;
        for (const auto& [cells, per_cell] : {std::pair{16, 2}, std::pair{8, 6}}) {
            for (int i = 0; i < cells * cells * per_cell; ++i) {
                const int cell = i / per_cell;
                result[at++] = {(cell % cells + .5) / cells, (cell / cells + .5) / cells};
            }
        }
        return result;
    }();
    return made;
}

double overlap(const DetectedFace& a, const DetectedFace& b) {
    const double width = std::min(a.centre.x + a.width / 2, b.centre.x + b.width / 2) -
                         std::max(a.centre.x - a.width / 2, b.centre.x - b.width / 2);
    const double height = std::min(a.centre.y + a.height / 2, b.centre.y + b.height / 2) -
                          std::max(a.centre.y - a.height / 2, b.centre.y - b.height / 2);
    if (width <= 0 || height <= 0) return 0;
    const double both = width * height;
    return both / (a.width * a.height + b.width * b.height - both);
}

DetectedFace average(const std::vector<DetectedFace>& faces) {
    double total = 0;
    for (const DetectedFace& face : faces)
        total += face.score;
    DetectedFace result{.score = faces.front().score};
    for (const DetectedFace& face : faces) {
        const double weight = face.score / total;
        result.centre = result.centre + face.centre * weight;
        result.width += face.width * weight;
        result.height += face.height * weight;
        for (std::size_t k = 0; k < face.keypoints.size(); ++k) {
            result.keypoints[k] = result.keypoints[k] + face.keypoints[k] * weight;
        }
    }
    return result;
}

void sort_largest_first(std::vector<DetectedFace>& faces) {
    std::ranges::stable_sort(faces, std::ranges::greater(),
                             [](const DetectedFace& face) { return face.width * face.height; });
}

}  // namespace

double DetectedFace::angle_rad() const {
    const Point2 across = keypoints[1] - keypoints[0];
    return std::atan2(across.y, across.x);
}

Detector::Detector(std::shared_ptr<const nn::Runtime> runtime, const std::filesystem::path& model,
                   int threads)
    : session_(std::move(runtime), model, {.threads = threads}) {
    session_.require_input({"input", DataType::f32, {1, input_size, input_size, 3}});
    session_.require_output({"regressors", DataType::f32, {1, anchor_count, values_per_anchor}});
    session_.require_output({"classificators", DataType::f32, {1, anchor_count, 1}});
}

std::vector<DetectedFace> Detector::detect_in(const Image& photo, const Region& region) const {
    const Tensor input = sample_tensor(photo, region, input_size, Border::black, 1 / 127.5F, -1);
    const auto out = session_.run({{"input", input.view()}}, {"regressors", "classificators"});
    const auto boxes = out[0].values<float>();
    const auto scores = out[1].values<float>();
    const Affine unit_to_photo = region.crop_to_photo(1);
    std::vector<DetectedFace> found;
    for (std::size_t i = 0; i < anchor_count; ++i) {
        const double score = 1 / (1 + std::exp(-std::clamp<double>(scores[i], -100, 100)));
        if (!(score >= min_score)) continue;
        const float* raw = &boxes[i * values_per_anchor];
        const auto point = [&](const float* xy) {
            return unit_to_photo(Point2{xy[0], xy[1]} * (1. / input_size) + anchors()[i]);
        };
        DetectedFace face{.centre = point(raw),
                          .width = raw[2] / input_size * region.side,
                          .height = raw[3] / input_size * region.side,
                          .score = score};
        for (std::size_t k = 0; k < face.keypoints.size(); ++k)
            face.keypoints[k] = point(raw + 4 + 2 * k);
        if (face.width > 0 && face.height > 0) found.push_back(face);
    }
    return merged(std::move(found));
}

std::vector<DetectedFace> Detector::detect_in_tiles(const Image& photo, int divisions) const {
    const double width = photo.width();
    const double height = photo.height();
    const double side = std::max(width, height) / divisions;
    const auto steps = [&](double length) {  // tiles overlap by half or more
        return std::max(1, static_cast<int>(std::ceil((length - side) / (side / 2) - 1e-6)) + 1);
    };
    const auto middle = [&](double length, int step, int count) {
        if (count == 1) return length / 2;
        return side / 2 + (length - side) * step / (count - 1);
    };
    std::vector<DetectedFace> found;
    for (int row = 0; row < steps(height); ++row) {
        for (int column = 0; column < steps(width); ++column) {
            const Region tile{
                {middle(width, column, steps(width)), middle(height, row, steps(height))}, side, 0};
            for (const DetectedFace& face : detect_in(photo, tile)) {
                // A face that a tile cuts is whole in the next one.
                const double reach = side / 2 - std::max(face.width, face.height) / 2;
                const bool whole = std::abs(face.centre.x - tile.centre.x) < reach &&
                                   std::abs(face.centre.y - tile.centre.y) < reach;
                if (whole) found.push_back(face);
            }
        }
    }
    return found;
}

std::vector<DetectedFace> Detector::detect(const Image& photo) const {
    if (photo.empty()) return {};
    const double side = std::max(photo.width(), photo.height());
    std::vector<DetectedFace> faces =
        detect_in(photo, {{photo.width() / 2., photo.height() / 2.}, side, 0});
    const auto large_enough = [&](int divisions) {
        return std::ranges::any_of(faces, [&](const DetectedFace& face) {
            return face.width > reliable_share * side / divisions;
        });
    };
    for (int divisions = 2; divisions <= 4 && !large_enough(divisions / 2); divisions *= 2) {
        const auto more = detect_in_tiles(photo, divisions);
        faces.insert(faces.end(), more.begin(), more.end());
        faces = merged(std::move(faces));
    }
    sort_largest_first(faces);
    return faces;
}

std::vector<DetectedFace> merged(std::vector<DetectedFace> faces) {
    std::ranges::stable_sort(faces, std::ranges::greater(), &DetectedFace::score);
    std::vector<DetectedFace> result;
    while (!faces.empty()) {
        std::vector<DetectedFace> same;
        std::vector<DetectedFace> others;
        for (const DetectedFace& face : faces) {
            // The first overlaps itself; boxes of hostile numbers must not go round forever.
            const bool joins = same.empty() || overlap(faces.front(), face) > min_overlap;
            (joins ? same : others).push_back(face);
        }
        result.push_back(average(same));
        faces = std::move(others);
    }
    return result;
}

}  // namespace ditto::face
