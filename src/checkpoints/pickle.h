#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoints/ndarray.h"
#include "core/tensor.h"

namespace ditto::checkpoints {

/// A value of a pickle. What a kind does not name stays at its default.
struct PickleValue {
    enum class Kind {
        none,
        boolean,     // integer
        integer,     // integer
        real,        // real
        text,        // text, UTF-8
        bytes,       // text
        sequence,    // items: a tuple, list or set
        dictionary,  // items: key, value, key, value, ...
        global,      // text: "module.name", one of the allowed ones
        element,     // element: a NumPy dtype
        array,       // element, shape, text: a NumPy array's bytes
        storage,     // element, text: key of a PyTorch storage; integer: its number of elements
        tensor,      // items[0]: the storage; integer: offset in elements; shape, strides
    };

    Kind kind = Kind::none;
    std::int64_t integer = 0;
    double real = 0;
    std::string_view text = {};
    std::vector<const PickleValue*> items = {};
    ElementType element = {};
    Shape shape = {};
    Shape strides = {};
    bool column_major = false;

    /// The value of a dictionary's text key, or nullptr.
    const PickleValue* find(std::string_view key) const;
};

/// Reads Python pickles, protocols 2 to 5 (PEP 307, 3154, 574), as PyTorch and NumPy write them.
/// Nothing is executed: a pickle that names anything but the few types listed in pickle.cpp is
/// refused. Values may be shared and may even contain themselves; those who walk over them must
/// bound their depth.
class Pickle {
  public:
    /// Copies `text`, which may go on after the pickle. `path` stands for the file in messages.
    /// Throws Error{model_corrupt}, Error{model_unsafe}.
    Pickle(std::string text, const std::string& path);
    Pickle(const Pickle&) = delete;
    Pickle& operator=(const Pickle&) = delete;

    const PickleValue& root() const { return *root_; }
    /// Every value, in the order in which they were made.
    const std::deque<PickleValue>& values() const { return values_; }
    /// Bytes of `text` that belong to the pickle.
    std::size_t size() const { return size_; }

  private:
    std::string text_;
    std::deque<PickleValue> values_;
    std::deque<std::string> strings_;  // those that do not stand in text_ as they are
    const PickleValue* root_ = nullptr;
    std::size_t size_ = 0;
    friend class PickleMachine;
};

/// An array as a tensor (to_tensor()). Throws std::runtime_error where it is no sound array.
Tensor array_of(const PickleValue& value);

}  // namespace ditto::checkpoints
