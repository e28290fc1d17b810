#pragma once

namespace ditto::checkpoints {

// Field numbers of ONNX's messages: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
namespace model_field {
enum { ir_version = 1, producer_name = 2, graph = 7, opset_import = 8, functions = 25 };
}
namespace opset_field {
enum { domain = 1, version = 2 };
}
namespace graph_field {
enum { node = 1, name = 2, initializer = 5, input = 11, output = 12, value_info = 13, sparse = 15 };
}
namespace node_field {
enum { input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7 };
}
namespace attribute_field {
enum { name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7, ints = 8, graphs = 11, type = 20 };
}
namespace tensor_field {
enum {
    dims = 1,
    data_type = 2,
    float_data = 4,
    int64_data = 7,
    name = 8,
    raw_data = 9,
    location = 14
};
}

}  // namespace ditto::checkpoints
