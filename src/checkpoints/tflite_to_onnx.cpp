#include "checkpoints/tflite_to_onnx.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/error.h"
#include "checkpoints/flex_map.h"
#include "checkpoints/tflite_attention.h"

namespace ditto::checkpoints {
namespace {

/// Where NHWC's axes lie in NCHW.
constexpr std::array<std::int64_t, 4> axis_in_planes{0, 2, 3, 1};

/// A bound on the converted weights: nodes of a hostile file may share one constant many times.
constexpr std::size_t max_weights = std::size_t{1} << 26;

struct Window {
    TflitePadding padding;
    Ints strides;
    Ints dilations;
    Ints kernel;
};

class Converter {
  public:
    explicit Converter(const TfliteModel& model)
        : model_(model), graph_(model.source, 16), tensors_(model.tensors.size()) {}

    OnnxGraph convert() {
        for (const int input : model_.inputs) {
            const TfliteTensor& tensor = tensor_at(input);
            at(input).plain = graph_.input(tensor.name, DataType::f32, tensor.shape);
        }
        for (const TfliteNode& node : model_.nodes)
            add(node);
        for (const int output : model_.outputs) {
            const TfliteTensor& tensor = tensor_at(output);
            graph_.output(tensor.name, plain(output), DataType::f32, tensor.shape);
        }
        return std::move(graph_);
    }

  private:
    /// A tensor's names in the ONNX graph, made when they are asked for: laid out as in TFLite
    /// (NHWC where it has four axes), and as planes, NCHW.
    struct Names {
        Value plain;
        Value planes;
        int constant = -1;  // the TFLite tensor that holds its values
    };

    [[noreturn]] void corrupt(const std::string& why) const {
        throw Error(ErrorCode::model_corrupt, {{"path", model_.source}}, why);
    }
    [[noreturn]] void unsupported(const std::string& what) const {
        throw Error(ErrorCode::model_mismatch, {{"path", model_.source}, {"what", what}});
    }

    const TfliteTensor& tensor_at(int tensor) const {
        return model_.tensors.at(static_cast<std::size_t>(tensor));
    }
    Names& at(int tensor) { return tensors_.at(static_cast<std::size_t>(tensor)); }

    int input(const TfliteNode& node, std::size_t i) const {
        if (i >= node.inputs.size() || node.inputs[i] < 0) corrupt("an operator lacks an input");
        return node.inputs[i];
    }
    int output(const TfliteNode& node) const {
        if (node.outputs.size() != 1) corrupt("an operator has not one output");
        return node.outputs[0];
    }
    /// The shape of a picture, [1, height, width, channels].
    const Shape& picture(int tensor) const {
        const Shape& shape = tensor_at(tensor).shape;
        if (shape.size() != 4 || std::ranges::any_of(shape, [](auto size) { return size < 1; })) {
            corrupt("an operator's tensor is not a picture");
        }
        return shape;
    }
    int constant_of(int tensor) {
        return tensor_at(tensor).constant() ? tensor : at(tensor).constant;
    }
    std::vector<float> floats_of(int tensor) {
        const int source = constant_of(tensor);
        if (source < 0) unsupported("weights that are computed");
        auto values = constant_floats(model_, source);
        if (values.size() != tensor_at(tensor).count()) corrupt("weights are not complete");
        weights_ += values.size();
        if (weights_ > max_weights) corrupt("there are too many weights");
        return values;
    }

    Value plain(int tensor) {
        Names& names = at(tensor);
        if (!names.plain.empty()) return names.plain;
        if (!names.planes.empty()) {
            return names.plain =
                       graph_.node("Transpose", {names.planes}, {{"perm", Ints{0, 2, 3, 1}}});
        }
        if (constant_of(tensor) < 0) corrupt("a tensor is used before it is computed");
        return names.plain = graph_.floats(floats_of(tensor), tensor_at(tensor).shape);
    }
    Value planes(int tensor) {
        picture(tensor);
        Names& names = at(tensor);
        if (names.planes.empty()) {
            const Value from = plain(tensor);
            names.planes = graph_.node("Transpose", {from}, {{"perm", Ints{0, 3, 1, 2}}});
        }
        return names.planes;
    }
    void set_plain(int tensor, const Value& value) { at(tensor) = {.plain = value, .planes = {}}; }
    void set_planes(int tensor, const Value& value) { at(tensor) = {.plain = {}, .planes = value}; }

    const FlatTable& options(const TfliteNode& node) const {
        if (!node.options) corrupt("an operator's options are missing");
        return *node.options;
    }
    Value activated(const Value& value, const TfliteNode& node, int field) {
        const int activation = options(node).scalar<std::int8_t>(field, 0);
        switch (static_cast<TfliteActivation>(activation)) {
            case TfliteActivation::none:
                return value;
            case TfliteActivation::relu:
                return graph_.node("Relu", {value});
            case TfliteActivation::relu6:
                return graph_.node("Clip", {value, graph_.scalar(0), graph_.scalar(6)});
        }
        unsupported("activation " + std::to_string(activation));
    }

    void add(const TfliteNode& node);
    void add_custom(const TfliteNode& node);
    void add_convolution(const TfliteNode& node, bool depthwise);
    void add_pool(const TfliteNode& node, std::string_view op);
    void add_function(const TfliteNode& node, std::string_view op) {
        set_planes(output(node), graph_.node(op, {planes(input(node, 0))}));
    }
    void add_resize(const TfliteNode& node);
    void add_transposed_convolution(const TfliteNode& node);
    void add_prelu(const TfliteNode& node);
    void add_arithmetic(const TfliteNode& node, std::string_view op);
    void add_concatenation(const TfliteNode& node);
    void add_pad(const TfliteNode& node);
    void add_reshape(const TfliteNode& node);
    void add_identity_slice(const TfliteNode& node);
    Ints pads(const Window& window, const Shape& from) const;
    Window checked(Window window) const;

    const TfliteModel& model_;
    OnnxGraph graph_;
    std::vector<Names> tensors_;
    std::size_t weights_ = 0;
};

void Converter::add(const TfliteNode& node) {
    switch (node.type) {
        case TfliteOperator::add:
            return add_arithmetic(node, "Add");
        case TfliteOperator::mul:
            return add_arithmetic(node, "Mul");
        case TfliteOperator::conv_2d:
            return add_convolution(node, false);
        case TfliteOperator::depthwise_conv_2d:
            return add_convolution(node, true);
        case TfliteOperator::max_pool_2d:
            return add_pool(node, "MaxPool");
        case TfliteOperator::average_pool_2d:
            return add_pool(node, "AveragePool");
        case TfliteOperator::prelu:
            return add_prelu(node);
        case TfliteOperator::relu:
            return add_function(node, "Relu");
        case TfliteOperator::hard_swish:
            return add_function(node, "HardSwish");
        case TfliteOperator::logistic:
            return add_function(node, "Sigmoid");
        case TfliteOperator::resize_bilinear:
            return add_resize(node);
        case TfliteOperator::concatenation:
            return add_concatenation(node);
        case TfliteOperator::pad:
            return add_pad(node);
        case TfliteOperator::reshape:
            return add_reshape(node);
        case TfliteOperator::strided_slice:
            return add_identity_slice(node);
        case TfliteOperator::dequantize:
            at(output(node)).constant = constant_of(input(node, 0));
            return;
        case TfliteOperator::custom:
            return add_custom(node);
    }
    unsupported("operator " + std::to_string(static_cast<int>(node.type)));
}

Window Converter::checked(Window window) const {
    for (const Ints* sizes : {&window.strides, &window.dilations, &window.kernel}) {
        for (const std::int64_t size : *sizes) {
            if (size < 1 || size > 4096) corrupt("a window's size is impossible");
        }
    }
    return window;
}

/// Top, left, bottom, right. SAME: the output has ceil(input / stride) pixels, and where the
/// padding is odd, the larger part comes after.
Ints Converter::pads(const Window& window, const Shape& from) const {
    if (window.padding == TflitePadding::valid) return {0, 0, 0, 0};
    if (window.padding != TflitePadding::same) corrupt("padding of an unknown kind");
    Ints result(4);
    for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::int64_t size = from[axis + 1];
        const std::int64_t stride = window.strides[axis];
        const std::int64_t reach = (window.kernel[axis] - 1) * window.dilations[axis] + 1;
        const std::int64_t steps = (size + stride - 1) / stride;
        const std::int64_t total = std::max<std::int64_t>((steps - 1) * stride + reach - size, 0);
        result[axis] = total / 2;
        result[axis + 2] = total - total / 2;
    }
    return result;
}

void Converter::add_convolution(const TfliteNode& node, bool depthwise) {
    const Shape from = picture(input(node, 0));
    const int filter = input(node, 1);
    const Shape& shape = picture(filter);  // out, height, width, in; or 1, height, width, out
    const FlatTable& o = options(node);
    const int activation = depthwise ? 4 : 3;
    const Window window = checked(
        {static_cast<TflitePadding>(o.scalar<std::int8_t>(0, 0)),
         {o.scalar<std::int32_t>(2, 1), o.scalar<std::int32_t>(1, 1)},
         {o.scalar<std::int32_t>(activation + 2, 1), o.scalar<std::int32_t>(activation + 1, 1)},
         {shape[1], shape[2]}});
    const std::int64_t out = depthwise ? shape[3] : shape[0];
    const std::int64_t in = depthwise ? 1 : shape[3];
    if (depthwise ? shape[0] != 1 || out % from[3] != 0 : in != from[3]) {
        corrupt("a filter does not fit its picture");
    }
    const std::vector<float> values = floats_of(filter);
    std::vector<float> moved(values.size());
    const std::int64_t area = shape[1] * shape[2];
    const std::int64_t last = shape[3];
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(values.size()); ++i) {
        const std::int64_t first = i / (area * last);
        const std::int64_t pixel = i / last % area;
        const std::int64_t to =
            depthwise ? (i % last) * area + pixel : (first * last + i % last) * area + pixel;
        moved[static_cast<std::size_t>(to)] = values[static_cast<std::size_t>(i)];
    }
    std::vector<Value> inputs{planes(input(node, 0)),
                              graph_.floats(moved, {out, in, shape[1], shape[2]})};
    if (node.inputs.size() > 2 && node.inputs[2] >= 0) inputs.push_back(plain(node.inputs[2]));
    const Value result = graph_.node("Conv", inputs,
                                     {{"kernel_shape", window.kernel},
                                      {"strides", window.strides},
                                      {"dilations", window.dilations},
                                      {"pads", pads(window, from)},
                                      {"group", depthwise ? from[3] : 1}});
    set_planes(output(node), activated(result, node, activation));
}

void Converter::add_pool(const TfliteNode& node, std::string_view op) {
    const FlatTable& o = options(node);
    const Window window = checked({static_cast<TflitePadding>(o.scalar<std::int8_t>(0, 0)),
                                   {o.scalar<std::int32_t>(2, 1), o.scalar<std::int32_t>(1, 1)},
                                   {1, 1},
                                   {o.scalar<std::int32_t>(4, 1), o.scalar<std::int32_t>(3, 1)}});
    // Neither operator counts the padding: ONNX's defaults.
    const Value result = graph_.node(op, {planes(input(node, 0))},
                                     {{"kernel_shape", window.kernel},
                                      {"strides", window.strides},
                                      {"pads", pads(window, picture(input(node, 0)))}});
    set_planes(output(node), activated(result, node, 5));
}

void Converter::add_resize(const TfliteNode& node) {
    const FlatTable& o = options(node);
    if (o.scalar<std::int8_t>(2, 0) != 0) unsupported("resizing with aligned corners");
    const bool half_pixel = o.scalar<std::int8_t>(3, 0) != 0;
    const Shape& to = picture(output(node));
    const Value none;
    const Value result = graph_.node(
        "Resize", {planes(input(node, 0)), none, none, graph_.ints({1, to[3], to[1], to[2]})},
        {{"mode", "linear"},
         {"coordinate_transformation_mode", half_pixel ? "half_pixel" : "asymmetric"}});
    set_planes(output(node), result);
}

/// Where windows do not overlap: each pixel becomes a block.
void Converter::add_transposed_convolution(const TfliteNode& node) {
    constexpr std::size_t parameter_bytes = 12;  // padding and strides, 32 bit each
    const CheckedBytes bytes(node.custom_options, model_.source);
    const Shape from = picture(input(node, 0));
    const int filter = input(node, 1);
    const Shape& shape = picture(filter);  // out, height, width, in
    const Shape& to = picture(output(node));
    if (shape[3] != from[3] || shape[0] != to[3]) corrupt("a filter does not fit its picture");
    if (node.custom_options.size() < parameter_bytes) corrupt("an operator's options are missing");
    const std::int64_t across = bytes.read<std::int32_t>(4);
    const std::int64_t down = bytes.read<std::int32_t>(8);
    if (shape[1] != down || shape[2] != across || to[1] != from[1] * down ||
        to[2] != from[2] * across) {
        unsupported("a transposed convolution whose windows overlap");
    }
    const std::vector<float> values = floats_of(filter);
    std::vector<float> moved(values.size());
    const std::int64_t area = shape[1] * shape[2];
    for (std::int64_t i = 0; i < static_cast<std::int64_t>(values.size()); ++i) {
        const std::int64_t out = i / (area * shape[3]);
        const std::int64_t pixel = i / shape[3] % area;
        const std::int64_t in = i % shape[3];
        moved[static_cast<std::size_t>((in * shape[0] + out) * area + pixel)] =
            values[static_cast<std::size_t>(i)];
    }
    std::vector<Value> inputs{planes(input(node, 0)),
                              graph_.floats(moved, {shape[3], shape[0], shape[1], shape[2]})};
    if (node.inputs.size() > 2 && node.inputs[2] >= 0) inputs.push_back(plain(node.inputs[2]));
    set_planes(output(node), graph_.node("ConvTranspose", inputs,
                                         {{"kernel_shape", Ints{shape[1], shape[2]}},
                                          {"strides", Ints{down, across}}}));
}

void Converter::add_prelu(const TfliteNode& node) {
    const int slope = input(node, 1);
    const std::int64_t channels = picture(input(node, 0))[3];
    if (tensor_at(slope).shape != Shape{1, 1, channels}) unsupported("a slope for every pixel");
    set_planes(output(node),
               graph_.node("PRelu", {planes(input(node, 0)),
                                     graph_.floats(floats_of(slope), {channels, 1, 1})}));
}

void Converter::add_arithmetic(const TfliteNode& node, std::string_view op) {
    const int a = input(node, 0);
    const int b = input(node, 1);
    const bool pictures = tensor_at(a).shape.size() == 4 && tensor_at(b).shape.size() == 4;
    if (pictures) {
        const Value result = graph_.node(op, {planes(a), planes(b)});
        return set_planes(output(node), activated(result, node, 0));
    }
    set_plain(output(node), activated(graph_.node(op, {plain(a), plain(b)}), node, 0));
}

void Converter::add_concatenation(const TfliteNode& node) {
    const auto rank = static_cast<std::int64_t>(tensor_at(output(node)).shape.size());
    std::int64_t axis = options(node).scalar<std::int32_t>(0, 0);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank || node.inputs.empty()) corrupt("tensors cannot be joined");
    std::vector<Value> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
        inputs.push_back(rank == 4 ? planes(input(node, i)) : plain(input(node, i)));
    }
    if (rank == 4) axis = axis_in_planes[static_cast<std::size_t>(axis)];
    const Value result = activated(graph_.node("Concat", inputs, {{"axis", axis}}), node, 1);
    if (rank == 4) return set_planes(output(node), result);
    set_plain(output(node), result);
}

void Converter::add_pad(const TfliteNode& node) {
    picture(input(node, 0));
    const auto amounts = constant_integers(model_, input(node, 1));  // [axis][before, after]
    if (amounts.size() != 8) corrupt("padding does not fit its picture");
    Ints onnx(8);
    for (std::size_t axis = 0; axis < 4; ++axis) {
        const auto to = static_cast<std::size_t>(axis_in_planes[axis]);
        onnx[to] = amounts[2 * axis];
        onnx[to + 4] = amounts[2 * axis + 1];
    }
    set_planes(output(node), graph_.node("Pad", {planes(input(node, 0)), graph_.ints(onnx)}));
}

void Converter::add_reshape(const TfliteNode& node) {
    const int from = input(node, 0);
    const int to = output(node);
    if (tensor_at(from).count() != tensor_at(to).count()) corrupt("a shape holds too much");
    set_plain(to, graph_.node("Reshape", {plain(from), graph_.ints(tensor_at(to).shape)}));
}

/// The mesh network has one slice, which takes everything.
void Converter::add_identity_slice(const TfliteNode& node) {
    const int from = input(node, 0);
    const auto begin = constant_integers(model_, input(node, 1));
    const auto strides = constant_integers(model_, input(node, 3));
    const bool all = tensor_at(from).shape == tensor_at(output(node)).shape &&
                     std::ranges::all_of(begin, [](auto value) { return value == 0; }) &&
                     std::ranges::all_of(strides, [](auto value) { return value == 1; });
    if (!all) unsupported("a slice that takes a part");
    set_plain(output(node), plain(from));
}

void Converter::add_custom(const TfliteNode& node) {
    const CheckedBytes bytes(node.custom_options, model_.source);
    if (node.custom_name == "Landmarks2TransformMatrix") {
        const auto parameters = CropParameters::read(FlexMap(bytes));
        const Shape& shape = tensor_at(input(node, 0)).shape;
        if (shape.size() != 3 || !parameters.fits(shape[1])) corrupt("a landmark does not exist");
        return set_plain(output(node), crop_matrix(graph_, plain(input(node, 0)), parameters));
    }
    if (node.custom_name == "TransformTensorBilinear") {
        const FlexMap map(bytes);
        const Shape& from = picture(input(node, 0));
        const PictureSize size{from[1], from[2]};
        const PictureSize crop{map.integer("output_height"), map.integer("output_width")};
        if (crop.height < 1 || crop.height > 256 || crop.width < 1 || crop.width > 256) {
            corrupt("a crop's size is impossible");
        }
        return set_planes(output(node), sample_crop(graph_, planes(input(node, 0)), size,
                                                    plain(input(node, 1)), crop));
    }
    if (node.custom_name == "Convolution2DTransposeBias") return add_transposed_convolution(node);
    if (node.custom_name == "TransformLandmarks") {
        return set_plain(output(node),
                         transform_points(graph_, plain(input(node, 0)), plain(input(node, 1))));
    }
    unsupported("operator " + node.custom_name);
}

}  // namespace

OnnxGraph onnx_from_tflite(const TfliteModel& model) {
    return Converter(model).convert();
}

}  // namespace ditto::checkpoints
