#include "engines/ditto/avatar_registrar.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/error.h"
#include "engines/ditto/resample.h"

namespace ditto::reenact {
namespace {

constexpr int landmark_crop_side = 224;
constexpr int network_side = 256;

/// (1, 3, height, width), 0..1.
Tensor planes_of(const Image& image) {
    Tensor planes(DataType::f32, {1, 3, image.height(), image.width()});
    const auto values = planes.values<float>();
    std::size_t i = 0;
    for (int c = 0; c < 3; ++c) {
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                values[i++] = static_cast<float>(image.pixel(x, y)[c]) / 255.F;
        }
    }
    return planes;
}

/// In pixels whose centres are whole numbers, as the crops count.
std::vector<Point2> flat(std::span<const Point3> points) {
    std::vector<Point2> result;
    for (const Point3& point : points)
        result.push_back({point.x - .5, point.y - .5});
    return result;
}

/// The 478 points in units of the crop's side.
std::vector<Point3> in_crop(std::span<const Point3> points, const FaceCrop& crop, int side) {
    const double scale = length(Point2{crop.photo_to_crop.a, crop.photo_to_crop.d});
    std::vector<Point3> result;
    for (const Point3& point : points) {
        const Point2 at = crop.photo_to_crop({point.x - .5, point.y - .5});
        result.push_back({at.x / side, at.y / side, point.z * scale / side});
    }
    return result;
}

template <class Part>
void dump_part(const Dump& dump, const std::string& name, const Part& part) {
    dump.write("kp_info_" + name, TensorView(std::span<const float>(part),
                                             {1, static_cast<std::int64_t>(part.size())}));
}

void dump_motion(const Dump& dump, const MotionInfo& motion) {
    dump_part(dump, "pitch", motion.pitch);
    dump_part(dump, "yaw", motion.yaw);
    dump_part(dump, "roll", motion.roll);
    dump_part(dump, "t", motion.translation);
    dump_part(dump, "exp", motion.expression);
    dump_part(dump, "scale", std::array{motion.scale});
    dump_part(dump, "kp", motion.canonical);
}

void dump_points(const Dump& dump, std::string_view name, std::span<const Point2> points) {
    if (!dump.wanted()) return;
    std::vector<float> values;
    for (const Point2 point : points) {
        values.push_back(static_cast<float>(point.x));
        values.push_back(static_cast<float>(point.y));
    }
    dump.write(name, TensorView(std::span<const float>(values),
                                {static_cast<std::int64_t>(points.size()), 2}));
}

void dump_map(const Dump& dump, const Affine& map) {
    const std::array values{static_cast<float>(map.a),
                            static_cast<float>(map.b),
                            static_cast<float>(map.c),
                            static_cast<float>(map.d),
                            static_cast<float>(map.e),
                            static_cast<float>(map.f),
                            0.F,
                            0.F,
                            1.F};
    dump.write("M_c2o", TensorView(std::span<const float>(values), {3, 3}));
}

}  // namespace

AvatarRegistrar::AvatarRegistrar(nn::Session appearance, nn::Session motion,
                                 std::optional<nn::Session> landmarks)
    : appearance_(std::move(appearance)),
      motion_(std::move(motion)),
      landmarks_(std::move(landmarks)) {
    const Shape image{1, 3, network_side, network_side};
    appearance_.require_input({"image", DataType::f32, image});
    appearance_.require_output({"pred", DataType::f32, {1, 32, 16, 64, 64}});
    motion_.require_input({"image", DataType::f32, image});
    for (const char* angle : {"pitch", "yaw", "roll"})
        motion_.require_output({angle, DataType::f32, {1, bin_count}});
    motion_.require_output({"t", DataType::f32, {1, 3}});
    motion_.require_output({"exp", DataType::f32, {1, keypoint_count * 3}});
    motion_.require_output({"scale", DataType::f32, {1, 1}});
    motion_.require_output({"kp", DataType::f32, {1, keypoint_count * 3}});
    if (landmarks_) {
        landmarks_->require_input(
            {"input", DataType::f32, {1, 3, landmark_crop_side, landmark_crop_side}});
        if (landmarks_->outputs().empty()) {
            throw Error(ErrorCode::model_mismatch,
                        {{"path", landmarks_->name()}, {"what", "no outputs"}});
        }
    }
}

SourceFrame AvatarRegistrar::operator()(const Image& photo, std::span<const Point3> points,
                                        const CropOptions& options, const Dump& dump) const {
    const std::vector<Point2> all = flat(points);
    const FaceAxis axis = axis_of_478(all);
    const std::vector<Point2> outline = crop_points_of_478(all);
    if (landmarks_) {
        return (*this)(photo, points, refined_crop(photo, outline, axis, options), options, dump);
    }
    return cropped(photo, points, face_crop(outline, axis, options), options.size, dump);
}

SourceFrame AvatarRegistrar::operator()(const Image& photo, std::span<const Point3> points,
                                        const RefinedCrop& crop, const CropOptions& options,
                                        const Dump& dump) const {
    dump_points(dump, "lmk203", crop.points);
    return cropped(photo, points, crop.crop, options.size, dump);
}

SourceFrame AvatarRegistrar::cropped(const Image& photo, std::span<const Point3> points,
                                     const FaceCrop& crop, int size, const Dump& dump) const {
    dump.write("source_rgb", photo);
    const Image face = warp_affine(photo, crop.photo_to_crop, Rect{0, 0, size, size});
    const Tensor image = planes_of(resized(face, network_side, network_side));

    SourceFrame frame;
    frame.crop_to_photo = crop.crop_to_photo;
    frame.eyes = eye_info(in_crop(points, crop, size));
    frame.motion = motion_of(image.view());
    frame.appearance = std::move(appearance_.run({{"image", image.view()}}, {"pred"}).front());

    dump_points(dump, "lmk478", flat(points));
    dump_map(dump, frame.crop_to_photo);
    dump.write("img_crop", face);
    dump_motion(dump, frame.motion);
    dump.write("f_s", frame.appearance.view());
    dump.write("eye_open", TensorView(std::span<const float>(frame.eyes.open), {1, 2}));
    dump.write("eye_ball", TensorView(std::span<const float>(frame.eyes.ball), {1, 6}));
    return frame;
}

RefinedCrop AvatarRegistrar::refined_crop(const Image& photo, std::span<const Point2> points,
                                          const FaceAxis& axis, const CropOptions& options) const {
    if (!landmarks_) throw Error(ErrorCode::internal, {}, "no network of 203 points");
    const CropOptions tight{.size = landmark_crop_side, .scale = 1.5, .vy_ratio = -.1};
    std::vector<Point2> refined = find_203(photo, face_crop(points, axis, tight));
    const FaceCrop crop = face_crop(refined, axis_of_203(refined), options);
    return {crop, std::move(refined)};
}

std::vector<Point2> AvatarRegistrar::find_203(const Image& photo, const FaceCrop& around) const {
    const Rect area{0, 0, landmark_crop_side, landmark_crop_side};
    const Tensor image = planes_of(warp_affine(photo, around.photo_to_crop, area));
    const std::string_view output = landmarks_->outputs().front().name;
    const auto results = landmarks_->run({{"input", image.view()}}, {output});
    const auto values = results.front().values<float>();
    std::vector<Point2> found;
    for (std::size_t i = 0; i + 1 < values.size(); i += 2) {
        found.push_back(around.crop_to_photo(Point2{values[i], values[i + 1]} *
                                             static_cast<double>(landmark_crop_side)));
    }
    if (found.size() != 203) {
        throw Error(ErrorCode::model_mismatch,
                    {{"path", landmarks_->name()},
                     {"what", std::to_string(found.size()) + " points, not 203"}});
    }
    return found;
}

MotionInfo AvatarRegistrar::motion_of(const TensorView& image) const {
    const auto outputs =
        motion_.run({{"image", image}}, {"pitch", "yaw", "roll", "t", "exp", "scale", "kp"});
    MotionInfo motion;
    const auto take = [&](std::size_t i, auto& part) {
        std::ranges::copy(outputs[i].values<float>(), part.begin());
    };
    take(0, motion.pitch);
    take(1, motion.yaw);
    take(2, motion.roll);
    take(3, motion.translation);
    take(4, motion.expression);
    motion.scale = outputs[5].values<float>()[0];
    take(6, motion.canonical);
    return motion;
}

Image fitted(const Image& photo, int max_size, bool always_even) {
    int width = photo.width();
    int height = photo.height();
    const int longer = std::max(width, height);
    const bool too_large = longer > max_size;
    if (too_large) {
        const auto scaled = [&](int size) {
            return static_cast<int>(std::lrint(static_cast<double>(size) * max_size / longer));
        };
        width = scaled(width);
        height = scaled(height);
    }
    if (too_large || always_even) {
        width -= width % 2;
        height -= height % 2;
    }
    if (width == photo.width() && height == photo.height()) return photo;
    return resize_bilinear(photo, std::max(width, 2), std::max(height, 2));
}

}  // namespace ditto::reenact
