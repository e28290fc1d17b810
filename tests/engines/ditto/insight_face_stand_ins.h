#pragma once

#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "checkpoints/onnx_graph.h"

// Networks with the inputs and outputs of InsightFace's two. The real ones may not be used here.
namespace ditto::stand_ins {

using checkpoints::OnnxGraph;
using checkpoints::Value;

/// A constant, made to depend on the picture.
inline Value answer(OnnxGraph& graph, const Value& nothing, const std::string& name,
                    const Shape& shape, const std::vector<float>& values) {
    Tensor tensor(DataType::f32, shape);
    std::ranges::copy(values, tensor.values<float>().begin());
    return graph.node("Add", {graph.initializer(name + "_values", std::move(tensor)), nothing});
}

/// (1,1): zero, of all of a (1,3,H,W) picture.
inline Value nothing_of(OnnxGraph& graph, const Value& picture) {
    const Value mean = graph.node("GlobalAveragePool", {picture});
    const Value row = graph.node("Reshape", {mean, graph.ints({1, 3})});
    return graph.node("MatMul", {row, graph.floats(std::array{0.F, 0.F, 0.F}, {3, 1})});
}

/// How the file of the detector is made.
struct DetectorFile {
    bool face = true;       // else it finds none
    bool original = false;  // det_10g.onnx: numbers for names, a picture of any size
    int places = 64;        // of the finest stride, along a side
};

/// Finds the face of assets/portrait.png, wherever it looks.
inline void save_detector(const std::filesystem::path& path, const DetectorFile& file = {}) {
    OnnxGraph graph("face detector");
    const std::int64_t side = file.original ? -1 : 512;
    const Value picture =
        graph.input(file.original ? "input.1" : "image", DataType::f32, {1, 3, side, side});
    const Value nothing = nothing_of(graph, picture);
    const std::array names =
        file.original ? std::array{"448", "471", "494", "451", "474", "497", "454", "477", "500"}
                      : std::array{"scores1", "scores2", "scores3", "boxes1", "boxes2",
                                   "boxes3",  "kps1",    "kps2",    "kps3"};
    for (std::size_t kind = 0; kind < 3; ++kind) {
        for (std::size_t level = 0; level < 3; ++level) {
            const auto places = static_cast<std::size_t>(file.places) >> level;
            const std::size_t columns = std::array{1, 4, 10}[kind];
            const std::size_t rows = 2 * places * places;
            std::vector<float> values(rows * columns);
            if (level == 2 && file.face) {
                // From (224, 128), in strides of 32 pixels.
                const std::size_t row = 2 * (4 * places + 7);
                const std::array box{1.4F, 1.8F, 1.4F, 1.8F};
                if (kind == 0) values[row] = .8F;
                if (kind == 1) std::ranges::copy(box, values.begin() + std::ptrdiff_t(row * 4));
            }
            const Shape shape{std::int64_t(rows), std::int64_t(columns)};
            const std::string name = names[kind * 3 + level];
            graph.output(name, answer(graph, nothing, name, shape, values), DataType::f32,
                         file.original ? Shape{-1, std::int64_t(columns)} : shape);
        }
    }
    graph.save(path);
}

/// Points around the middle of what it is shown; `count`: 106 but in a file that is wrong.
inline void save_landmark106(const std::filesystem::path& path, int count = 106) {
    OnnxGraph graph("106 landmarks");
    const Value picture = graph.input("data", DataType::f32, {-1, 3, 192, 192});
    std::vector<float> points;
    for (int i = 0; i < count; ++i) {
        points.push_back(static_cast<float>(.5 * std::cos(i)));
        points.push_back(static_cast<float>(.66 * std::sin(i)));
    }
    const auto put = [&](std::initializer_list<std::size_t> indices, float x, float y) {
        for (const std::size_t index : indices) {
            points[2 * index] = x;
            points[2 * index + 1] = y;
        }
    };
    if (count == 106) {
        put({33, 35, 40, 39}, -.25F, -.2F);
        put({87, 89, 94, 93}, .25F, -.2F);
        put({52}, -.2F, .3F);
        put({61}, .2F, .3F);
    }
    const Shape shape{1, 2 * std::int64_t{count}};
    graph.output("fc1", answer(graph, nothing_of(graph, picture), "fc1", shape, points),
                 DataType::f32, shape);
    graph.save(path);
}

}  // namespace ditto::stand_ins
