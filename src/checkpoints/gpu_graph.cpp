#include "checkpoints/gpu_graph.h"

#include <stdexcept>

#include "base/error.h"
#include "checkpoints/half_precision.h"
#include "checkpoints/onnx_model.h"
#include "checkpoints/onnx_rewrite.h"

namespace ditto::checkpoints {

std::string gpu_graph(std::string_view model, const GpuGraphOptions& options,
                      const std::string& name) {
    const std::string raised = rewrite_grid_samples(model, 20, name);
    try {
        OnnxModel graph(raised);
        if (options.half) to_half_precision(graph);
        return graph.bytes();
    } catch (const std::invalid_argument& error) {
        throw Error(ErrorCode::model_mismatch, {{"path", name}, {"what", error.what()}},
                    error.what());
    } catch (const std::exception& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", name}}, error.what());
    }
}

}  // namespace ditto::checkpoints
