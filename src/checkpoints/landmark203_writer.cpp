#include <cmath>
#include <numbers>

#include "checkpoints/network_writers.h"

namespace ditto::checkpoints {
namespace {

/// `count` points around an ellipse, x and y each, in parts of the crop.
void add_ellipse(std::vector<float>& points, int count, double x, double y, double width,
                 double height) {
    for (int i = 0; i < count; ++i) {
        const double angle = 2 * std::numbers::pi * i / count + std::numbers::pi;
        points.push_back(static_cast<float>(x + width / 2 * std::cos(angle)));
        points.push_back(static_cast<float>(y + height / 2 * std::sin(angle)));
    }
}

/// The order of the official points: eyes, lips, then the face's outline, brows and nose.
std::vector<float> average_face() {
    std::vector<float> points;
    add_ellipse(points, 24, 0.38, 0.43, 0.12, 0.05);
    add_ellipse(points, 24, 0.62, 0.43, 0.12, 0.05);
    add_ellipse(points, 36, 0.5, 0.68, 0.20, 0.08);   // outer lips: 48 and 66 are the corners
    add_ellipse(points, 24, 0.5, 0.68, 0.16, 0.02);   // inner lips
    add_ellipse(points, 37, 0.5, 0.52, 0.56, 0.70);   // outline
    add_ellipse(points, 20, 0.38, 0.37, 0.16, 0.03);  // brows
    add_ellipse(points, 20, 0.62, 0.37, 0.16, 0.03);
    add_ellipse(points, 18, 0.5, 0.55, 0.12, 0.10);  // nose
    return points;
}

}  // namespace

void write_landmark203_stand_in(NetworkBuilder& net) {
    constexpr std::int64_t outputs = 406;
    constexpr std::int64_t features = 3 * 4 * 4;
    Value x = net.graph.input("input", DataType::f32, {1, 3, 224, 224});
    x = net.graph.node("AveragePool", {x},
                       {{"kernel_shape", Ints{56, 56}}, {"strides", Ints{56, 56}}});
    x = net.linear(net.reshape(x, {1, features}), "points", features, outputs, 0.01,
                   Init::given(average_face()));
    net.graph.output("landmarks", x, DataType::f32, {1, outputs});
}

}  // namespace ditto::checkpoints
