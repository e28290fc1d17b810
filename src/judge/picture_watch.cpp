#include "judge/picture_watch.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "face/mesh_points.h"
#include "face/sampling.h"

namespace ditto::judge {
namespace {

using face::FaceMesh;

constexpr int block = 8;
/// D from the middle of the face. Hair, hats, neck and shoulders move with the head up to there.
constexpr double head_reach = 3.5;
/// D from the middle of the face to beyond its oval.
constexpr double face_reach = 1.7;
constexpr std::size_t nose_tip = 4;
/// Middle of the forehead and of the cheeks.
constexpr std::array<std::size_t, 3> skin_points{151, 50, 280};

double luma(const std::uint8_t* rgb) {
    return .2126 * rgb[0] + .7152 * rgb[1] + .0722 * rgb[2];
}

double eye_distance(const FaceMesh& mesh) {
    const auto& p = mesh.landmarks.points;
    return length((p[33] + p[133]) * .5 - (p[263] + p[362]) * .5);
}

Image around(const Image& image, Point2 centre, double width, double height, int columns,
             int rows) {
    const double sx = width / columns;
    const double sy = height / rows;
    const Affine crop_to_photo{sx, 0, centre.x - width / 2, 0, sy, centre.y - height / 2};
    return face::sample(image, crop_to_photo, columns, rows);
}

double mean_luma(const Image& image) {
    double sum = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            sum += luma(image.pixel(x, y));
    }
    return sum / (static_cast<double>(image.width()) * image.height());
}

double mean_laplacian(const Image& image) {
    double sum = 0;
    for (int y = 1; y + 1 < image.height(); ++y) {
        for (int x = 1; x + 1 < image.width(); ++x) {
            sum += std::abs(4 * luma(image.pixel(x, y)) - luma(image.pixel(x - 1, y)) -
                            luma(image.pixel(x + 1, y)) - luma(image.pixel(x, y - 1)) -
                            luma(image.pixel(x, y + 1)));
        }
    }
    return sum / std::max(1., (image.width() - 2.) * (image.height() - 2.));
}

/// The mouth's surroundings with `pixels_per_eye` pixels a D.
Image mouth_crop(const Image& image, const FaceMesh& mesh, double pixels_per_eye) {
    constexpr double width = 1.4;
    constexpr double height = .8;
    const double unit = eye_distance(mesh);
    const Point2 centre = (mesh.landmarks[face::left_mouth_corner].xy() +
                           mesh.landmarks[face::right_mouth_corner].xy()) *
                          .5;
    return around(image, centre, width * unit, height * unit,
                  std::max(3, static_cast<int>(width * pixels_per_eye)),
                  std::max(3, static_cast<int>(height * pixels_per_eye)));
}

/// The luma of the face above the mouth, upright and of one size, each value about a tenth of an
/// eye's width.
std::vector<double> upper_face(const Image& image, const FaceMesh& mesh) {
    constexpr int columns = 40;
    constexpr int rows = 32;
    constexpr double width = 2.0;
    constexpr double above = .85;
    const auto& p = mesh.landmarks.points;
    const Point2 left = ((p[33] + p[133]) * .5).xy();
    const Point2 right = ((p[263] + p[362]) * .5).xy();
    const Point2 along = (right - left) * (width / columns);  // one column
    const Point2 down{-along.y, along.x};                     // one row
    const Point2 corner =
        (left + right) * .5 - along * (columns / 2.) - down * (above * columns / width);
    const Image crop = face::sample(
        image, Affine{along.x, down.x, corner.x, along.y, down.y, corner.y}, columns, rows);
    std::vector<double> values;
    for (int y = 0; y < rows; ++y) {
        for (int x = 0; x < columns; ++x)
            values.push_back(luma(crop.pixel(x, y)));
    }
    return values;
}

BlockGrid blocks_of(const Image& image) {
    BlockGrid blocks{image.width() / block, image.height() / block, {}};
    for (int row = 0; row < blocks.rows; ++row) {
        for (int column = 0; column < blocks.columns; ++column) {
            double sum = 0;
            for (int y = row * block; y < (row + 1) * block; ++y) {
                for (int x = column * block; x < (column + 1) * block; ++x)
                    sum += luma(image.pixel(x, y));
            }
            blocks.luma.push_back(static_cast<float>(sum / (block * block)));
        }
    }
    return blocks;
}

/// Between a block and its neighbours to the right and below.
double largest_step(const BlockGrid& blocks, int column, int row) {
    const auto step = [&](int right, int down) {
        return std::abs(blocks.at(column + right, row + down) - blocks.at(column, row));
    };
    return std::max(step(1, 0), step(0, 1));
}

/// Where nothing is near whose edge could move to here with the head.
bool is_smooth(const BlockGrid& blocks, int column, int row) {
    constexpr int reach = 4;
    constexpr double smooth_levels = 6;
    for (int y = std::max(0, row - reach); y <= std::min(blocks.rows - 2, row + reach); ++y) {
        for (int x = std::max(0, column - reach); x <= std::min(blocks.columns - 2, column + reach);
             ++x) {
            if (largest_step(blocks, x, y) > smooth_levels) return false;
        }
    }
    return true;
}

}  // namespace

PictureWatch::PictureWatch(const face::FaceModels& models, const std::optional<Image>& photo)
    : photo_(photo) {
    if (!photo_) return;
    const auto faces = models.detector.detect(*photo_);
    if (faces.empty()) return;
    FaceMesh mesh = models.landmarker.locate(*photo_, faces.front());
    if (mesh.present()) photo_mesh_ = std::move(mesh);
}

void PictureWatch::choose_still(const FaceMesh& mesh) {
    const double unit = eye_distance(mesh);
    const Point2 centre = mesh.landmarks[nose_tip].xy();
    for (int row = 0; row < first_.rows; ++row) {
        for (int column = 0; column < first_.columns; ++column) {
            const Point2 at{(column + .5) * block, (row + .5) * block};
            const double away = length(at - centre) / std::max(unit, 1e-6);
            still_.push_back(away > head_reach);
            off_face_.push_back(away > face_reach);
        }
    }
}

void PictureWatch::watch_blocks(const Image& frame) {
    const BlockGrid now = blocks_of(frame);
    if (now.luma.size() != first_.luma.size()) return;
    ++frames_;
    double sum = 0;
    int count = 0;
    for (std::size_t i = 0; i < now.luma.size(); ++i) {
        sum_.luma[i] += now.luma[i];
        if (!still_[i]) continue;
        const double change = std::abs(static_cast<double>(now.luma[i]) - first_.luma[i]);
        sum += change;
        ++count;
        change_max_ = std::max(change_max_, change);
    }
    if (count > 0) change_sum_ += sum / count;
}

void PictureWatch::watch_skin(const Image& frame, const FaceMesh& mesh) {
    constexpr double patch = .25;
    constexpr int pixels = 12;
    const double side = patch * eye_distance(mesh);
    double sum = 0;
    for (const std::size_t point : skin_points)
        sum += mean_luma(around(frame, mesh.landmarks[point].xy(), side, side, pixels, pixels));
    skin_luma_.push_back(sum / skin_points.size());
}

void PictureWatch::watch_mouth(const Image& frame, const FaceMesh& mesh) {
    if (!photo_mesh_) return;
    if (photo_sharpness_scale_ == 0) {
        photo_sharpness_scale_ = eye_distance(mesh);
        photo_sharpness_ =
            mean_laplacian(mouth_crop(*photo_, *photo_mesh_, photo_sharpness_scale_));
    }
    sharpness_.push_back(mean_laplacian(mouth_crop(frame, mesh, photo_sharpness_scale_)));
}

void PictureWatch::watch_identity(const Image& frame, const FaceMesh& mesh) {
    const std::vector<double> now = upper_face(frame, mesh);
    if (identity_.empty()) identity_ = photo_mesh_ ? upper_face(*photo_, *photo_mesh_) : now;
    likeness_.push_back(correlation(now, identity_));
}

void PictureWatch::add(const Image& frame, const std::optional<FaceMesh>& mesh) {
    if (first_.luma.empty()) {
        if (!mesh) return;
        first_ = blocks_of(frame);
        sum_ = first_;
        std::fill(sum_.luma.begin(), sum_.luma.end(), 0.F);
        choose_still(*mesh);
    }
    watch_blocks(frame);
    if (!mesh) return;
    watch_skin(frame, *mesh);
    watch_mouth(frame, *mesh);
    watch_identity(frame, *mesh);
}

double PictureWatch::still_share() const {
    const auto still = std::count(still_.begin(), still_.end(), true);
    return still_.empty() ? 0 : static_cast<double>(still) / static_cast<double>(still_.size());
}

std::optional<double> PictureWatch::still_change_mean_levels() const {
    if (still_share() == 0 || frames_ < 2) return std::nullopt;
    return change_sum_ / (frames_ - 1);
}

std::optional<double> PictureWatch::still_change_max_levels() const {
    if (still_share() == 0 || frames_ < 2) return std::nullopt;
    return change_max_;
}

std::optional<double> PictureWatch::flicker_levels() const {
    if (skin_luma_.size() < 3) return std::nullopt;
    // The second difference of independent noise has six times its variance; slow changes, as the
    // head's turning in the light makes them, have none.
    std::vector<double> bends;
    for (std::size_t i = 1; i + 1 < skin_luma_.size(); ++i)
        bends.push_back(skin_luma_[i - 1] - 2 * skin_luma_[i] + skin_luma_[i + 1]);
    return standard_deviation(bends) / std::sqrt(6.);
}

std::optional<double> PictureWatch::mouth_sharpness_ratio() const {
    if (sharpness_.empty() || photo_sharpness_ <= 0) return std::nullopt;
    return median(sharpness_) / photo_sharpness_;
}

std::optional<double> PictureWatch::identity_correlation() const {
    return likeness_.empty() ? std::nullopt : std::optional(median(likeness_));
}

std::optional<double> PictureWatch::seam_levels() const {
    if (!photo_ || frames_ == 0) return std::nullopt;
    const bool same_size = std::abs(photo_->width() - first_.columns * block) < 2 * block &&
                           std::abs(photo_->height() - first_.rows * block) < 2 * block;
    if (!same_size) return std::nullopt;
    const BlockGrid photo = blocks_of(*photo_);
    // The border of a small region crosses few of a large picture's blocks.
    constexpr double border_share = .998;
    std::vector<double> excess;
    for (int row = 0; row + 1 < std::min(first_.rows, photo.rows); ++row) {
        for (int column = 0; column + 1 < std::min(first_.columns, photo.columns); ++column) {
            const auto at = static_cast<std::size_t>(row * first_.columns + column);
            if (!off_face_[at] || !is_smooth(photo, column, row)) continue;
            excess.push_back(largest_step(sum_, column, row) / frames_ -
                             largest_step(photo, column, row));
        }
    }
    return excess.empty() ? std::nullopt
                          : std::optional(std::max(0., quantile(excess, border_share)));
}

}  // namespace ditto::judge
