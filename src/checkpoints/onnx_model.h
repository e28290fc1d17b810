#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "checkpoints/onnx_parts.h"

namespace ditto::checkpoints {

/// An ONNX model taken apart, to be searched, or changed and written again.
class OnnxModel {
  public:
    /// Borrows `model`, which must outlive this. Throws std::runtime_error where it is damaged,
    /// std::invalid_argument where it takes or gives what is no tensor.
    explicit OnnxModel(std::string_view model);

    /// Throws std::invalid_argument where the model has more than standard operators and plain
    /// constants: functions, branches or loops, weights in another file or sparse ones. Whoever
    /// follows values from node to node asks first.
    void require_plain() const;

    std::int64_t opset = 0;
    std::vector<OnnxNode> nodes;  // in an order in which they can be computed
    /// Those of nodes, "Constant", as well.
    std::map<std::string, OnnxConstant, std::less<>> constants;
    std::vector<OnnxPort> inputs;
    std::vector<OnnxPort> outputs;

    /// `data`: little endian. The name must be free.
    void add_constant(const std::string& name, int type, const Shape& shape, std::string_view data);
    void add_floats(const std::string& name, const Shape& shape, const std::vector<float>& values);
    void add_integers(const std::string& name, const Shape& shape,
                      const std::vector<std::int64_t>& values);
    /// For a node of this model.
    OnnxAttribute text_attribute(std::string_view name, std::string_view value);
    OnnxAttribute integer_attribute(std::string_view name, std::int64_t value);
    OnnxAttribute integers_attribute(std::string_view name,
                                     const std::vector<std::int64_t>& values);

    /// A name like `stem` that no value of the model has.
    std::string free_name(std::string_view stem) const;
    /// How many nodes and outputs take a value.
    int uses(std::string_view value) const;
    /// Removes nodes and constants that no output depends on.
    void remove_unused();

    std::string bytes() const;

  private:
    void parse_graph(std::string_view text);
    std::string_view keep(std::string text);
    void move_constants();

    // Encoded fields that are not looked at.
    std::vector<std::string_view> others_;
    std::vector<std::string_view> others_of_graph_;
    bool functions_ = false;
    bool sparse_ = false;
    std::deque<std::string> kept_;  // what was added
};

/// What `work` with a model gives. What it throws of a model becomes Error{model_corrupt} and
/// Error{model_mismatch} about the file `name`.
template <class Work>
auto as_model_file(const std::string& name, Work&& work) {
    try {
        return work();
    } catch (const std::invalid_argument& error) {
        throw Error(ErrorCode::model_mismatch, {{"path", name}, {"what", error.what()}},
                    error.what());
    } catch (const std::exception& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", name}}, error.what());
    }
}

}  // namespace ditto::checkpoints
