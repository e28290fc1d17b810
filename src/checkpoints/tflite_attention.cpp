#include "checkpoints/tflite_attention.h"

#include <algorithm>

namespace ditto::checkpoints {
namespace {

Value pick(OnnxGraph& graph, const Value& from, const Ints& which, std::int64_t axis) {
    return graph.node("Gather", {from, graph.ints(which)}, {{"axis", axis}});
}

/// Of every point (x, y) the result (a x + b y, -b x + a y), or with b negated: a rotation.
Value rotated(OnnxGraph& graph, const Value& x, const Value& y, const Value& cosine,
              const Value& sine) {
    const Value new_x = graph.node("Add", {graph.node("Mul", {x, cosine}),  //
                                           graph.node("Mul", {y, sine})});
    const Value new_y = graph.node("Sub", {graph.node("Mul", {y, cosine}),  //
                                           graph.node("Mul", {x, sine})});
    return graph.node("Concat", {new_x, new_y}, {{"axis", std::int64_t{2}}});
}

}  // namespace

CropParameters CropParameters::read(const FlexMap& options) {
    return {.subset = options.integers("subset_idxs"),
            .left = options.integer("left_rotation_idx"),
            .right = options.integer("right_rotation_idx"),
            .scale_x = options.number("scale_x"),
            .scale_y = options.number("scale_y"),
            .size = {options.integer("output_height"), options.integer("output_width")}};
}

bool CropParameters::fits(std::int64_t landmarks) const {
    const auto exists = [&](int index) { return index >= 0 && index < landmarks; };
    return !subset.empty() && std::ranges::all_of(subset, exists) && exists(left) &&
           exists(right) && size.height > 0 && size.width > 0;
}

Value crop_matrix(OnnxGraph& graph, const Value& landmarks, const CropParameters& parameters) {
    const Value points = pick(graph, landmarks, {0, 1}, 2);
    const Value across = graph.node("Sub", {pick(graph, points, {parameters.right}, 1),
                                            pick(graph, points, {parameters.left}, 1)});
    const Value distance =
        graph.node("ReduceL2", {across}, {{"axes", Ints{2}}, {"keepdims", std::int64_t{1}}});
    const Value direction = graph.node("Div", {across, distance});
    const Value cosine = pick(graph, direction, {0}, 2);  // [1, 1, 1]
    const Value sine = pick(graph, direction, {1}, 2);

    const Value subset = pick(graph, points,
                              Ints(parameters.subset.begin(),  //
                                   parameters.subset.end()),
                              1);
    const Value level =
        rotated(graph, pick(graph, subset, {0}, 2), pick(graph, subset, {1}, 2), cosine, sine);
    const Attributes over_points{{"axes", Ints{1}}, {"keepdims", std::int64_t{1}}};
    const Value low = graph.node("ReduceMin", {level}, over_points);
    const Value high = graph.node("ReduceMax", {level}, over_points);
    const Value middle = graph.node("Mul", {graph.node("Add", {low, high}), graph.scalar(.5F)});
    const Value centre = rotated(graph, pick(graph, middle, {0}, 2), pick(graph, middle, {1}, 2),
                                 cosine, graph.node("Neg", {sine}));

    const auto height = static_cast<double>(parameters.size.height);
    const auto width = static_cast<double>(parameters.size.width);
    const std::vector<float> step{static_cast<float>(parameters.scale_x / width),
                                  static_cast<float>(parameters.scale_y / height)};
    const Value scale = graph.node("Mul", {graph.node("Sub", {high, low}),  //
                                           graph.floats(step, {1, 1, 2})});
    const Value scale_x = pick(graph, scale, {0}, 2);
    const Value scale_y = pick(graph, scale, {1}, 2);
    const Value zero = graph.floats(std::vector{0.F}, {1, 1, 1});
    const Value column_x = graph.node(
        "Concat", {graph.node("Mul", {cosine, scale_x}), graph.node("Mul", {sine, scale_x})},
        {{"axis", std::int64_t{2}}});
    const Value column_y = graph.node("Concat",
                                      {graph.node("Neg", {graph.node("Mul", {sine, scale_y})}),
                                       graph.node("Mul", {cosine, scale_y})},
                                      {{"axis", std::int64_t{2}}});
    const auto half = [&](const Value& column, double size) {
        return graph.node("Mul", {column, graph.scalar(static_cast<float>(size / 2))});
    };
    const Value shift = graph.node(
        "Sub", {graph.node("Sub", {centre, half(column_x, width)}), half(column_y, height)});
    const Value plane = graph.floats(std::vector{0.F, 0.F}, {1, 1, 2});
    const Value columns = graph.node("Concat", {column_x, column_y, plane, shift},  //
                                     {{"axis", std::int64_t{1}}});                  // [1, 4, 2]
    const Value top = graph.node("Transpose", {columns}, {{"perm", Ints{0, 2, 1}}});
    const std::vector<float> rest{0, 0, 1, 0, 0, 0, 0, 1};
    return graph.node("Concat", {top, graph.floats(rest, {1, 2, 4})}, {{"axis", std::int64_t{1}}});
}

Value sample_crop(OnnxGraph& graph, const Value& planes, PictureSize size, const Value& matrix,
                  PictureSize crop) {
    std::vector<float> centres;
    for (std::int64_t y = 0; y < crop.height; ++y) {
        for (std::int64_t x = 0; x < crop.width; ++x) {
            centres.push_back(static_cast<float>(x) + .5F);
            centres.push_back(static_cast<float>(y) + .5F);
        }
    }
    const std::int64_t count = crop.height * crop.width;
    const Value source = transform_points(graph, graph.floats(centres, {1, count, 2}), matrix);
    // GridSample's range without aligned corners: -1 and 1 are the outer edges of the picture.
    const auto height = static_cast<float>(size.height);
    const auto width = static_cast<float>(size.width);
    const Value scale = graph.floats(std::vector{2 / width, 2 / height}, {1, 1, 2});
    const Value grid = graph.node("Sub", {graph.node("Mul", {source, scale}), graph.scalar(1)});
    const Value sampled = graph.node(
        "GridSample",
        {planes, graph.node("Reshape", {grid, graph.ints({1, crop.height, crop.width, 2})})},
        {{"mode", std::string("bilinear")},
         {"padding_mode", std::string("zeros")},
         {"align_corners", std::int64_t{0}}});

    // GridSample fades to zero over the outer half pixel; the original stops at its centre.
    const Value limit =
        graph.floats(std::vector{(width - 1) / width, (height - 1) / height}, {1, 1, 2});
    const Value inside = graph.node("LessOrEqual", {graph.node("Abs", {grid}), limit});
    const Value both =
        graph.node("ReduceMin", {graph.node("Cast", {inside}, {{"to", std::int64_t{1}}})},
                   {{"axes", Ints{2}}, {"keepdims", std::int64_t{0}}});
    const Value mask = graph.node("Reshape", {both, graph.ints({1, 1, crop.height, crop.width})});
    return graph.node("Mul", {sampled, mask});
}

Value transform_points(OnnxGraph& graph, const Value& points, const Value& matrix) {
    const Value top = pick(graph, matrix, {0, 1}, 1);
    const Value columns = graph.node("Transpose", {top}, {{"perm", Ints{0, 2, 1}}});  // [1, 4, 2]
    const Value turned = graph.node("MatMul", {points, pick(graph, columns, {0, 1}, 1)});
    return graph.node("Add", {turned, pick(graph, columns, {3}, 1)});
}

}  // namespace ditto::checkpoints
