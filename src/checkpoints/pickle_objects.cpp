// The few types that a pickle may name, and what is made of them here. No code of theirs runs.
#include <algorithm>
#include <array>
#include <stdexcept>

#include "checkpoints/pickle_machine.h"

namespace ditto::checkpoints {
namespace {

struct Storage {
    std::string_view name;
    ElementType element;
};

constexpr std::array storages{
    Storage{"torch.FloatStorage", {'f', 4}}, Storage{"torch.DoubleStorage", {'f', 8}},
    Storage{"torch.HalfStorage", {'f', 2}},  Storage{"torch.LongStorage", {'i', 8}},
    Storage{"torch.IntStorage", {'i', 4}},   Storage{"torch.ShortStorage", {'i', 2}},
    Storage{"torch.CharStorage", {'i', 1}},  Storage{"torch.ByteStorage", {'u', 1}},
    Storage{"torch.BoolStorage", {'b', 1}},
};

// NumPy 2 moved numpy.core to numpy._core.
constexpr std::array<std::string_view, 14> callables{
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch.Size",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",
    "numpy._core.numeric._frombuffer",
    "numpy.ndarray",
    "numpy.dtype",
    "_codecs.encode",
    "builtins.set",
};

const Storage* storage_type(std::string_view name) {
    const auto* found = std::find_if(storages.begin(), storages.end(),
                                     [&](const Storage& type) { return type.name == name; });
    return found == storages.end() ? nullptr : found;
}

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what);
}

const PickleValue& item(const PickleValue& sequence, std::size_t i, PickleValue::Kind kind) {
    if (i >= sequence.items.size() || sequence.items[i]->kind != kind) {
        fail("the pickle makes an object of the wrong parts");
    }
    return *sequence.items[i];
}

Shape integers(const PickleValue& sequence) {
    Shape result;
    for (std::size_t i = 0; i < sequence.items.size(); ++i)
        result.push_back(item(sequence, i, PickleValue::Kind::integer).integer);
    return result;
}

/// One number of an array as a double or an integer.
void read_number(const Tensor& tensor, PickleValue& to) {
    switch (tensor.type()) {
        case DataType::f32:
            to.kind = PickleValue::Kind::real;
            to.real = static_cast<double>(tensor.values<float>()[0]);
            return;
        case DataType::i64:
            to.integer = tensor.values<std::int64_t>()[0];
            break;
        case DataType::i32:
            to.integer = tensor.values<std::int32_t>()[0];
            break;
        case DataType::u8:
            to.integer = tensor.values<std::uint8_t>()[0];
            break;
        case DataType::boolean:
            to.integer = *static_cast<const unsigned char*>(tensor.data()) != 0;
            to.kind = PickleValue::Kind::boolean;
            return;
        case DataType::f16:
            fail("the pickle has a number of 16 bits");
    }
    to.kind = PickleValue::Kind::integer;
}

}  // namespace

void PickleMachine::global(std::string_view module, std::string_view name) {
    std::string full = std::string(module) + "." + std::string(name);
    const bool known = storage_type(full) != nullptr ||
                       std::find(callables.begin(), callables.end(), full) != callables.end();
    if (!known) throw ForbiddenGlobal{full.substr(0, 80)};
    push(make_text(Kind::global, pickle_.strings_.emplace_back(std::move(full))));
}

void PickleMachine::reduce() {
    const PickleValue* arguments = pop();
    const PickleValue* callable = pop();
    if (callable->kind != Kind::global || arguments->kind != Kind::sequence) {
        fail("the pickle calls what cannot be called");
    }
    push(call(callable->text, *arguments));
}

PickleValue* PickleMachine::call(std::string_view name, const PickleValue& arguments) {
    if (name == "collections.OrderedDict") return ordered_dictionary(arguments);
    if (name == "torch._utils._rebuild_tensor_v2") return rebuild_tensor(arguments);
    if (name == "torch._utils._rebuild_parameter") {
        PickleValue* made = make(Kind::tensor);
        *made = item(arguments, 0, Kind::tensor);
        return made;
    }
    if (name == "torch.Size" || name == "builtins.set") {
        return make_sequence(item(arguments, 0, Kind::sequence).items);
    }
    // An empty array; build() fills it.
    if (name.ends_with("._reconstruct")) return make(Kind::array);
    if (name.ends_with(".scalar")) return scalar(arguments);
    if (name.ends_with("._frombuffer")) return array_from_buffer(arguments);
    if (name == "numpy.dtype") {
        PickleValue* made = make(Kind::element);
        made->element = ElementType::parse(item(arguments, 0, Kind::text).text);
        return made;
    }
    if (name == "_codecs.encode") return encode(arguments);
    fail("the pickle calls " + std::string(name));
}

PickleValue* PickleMachine::ordered_dictionary(const PickleValue& arguments) {
    PickleValue* made = make(Kind::dictionary);
    if (arguments.items.empty()) return made;
    for (const PickleValue* pair : item(arguments, 0, Kind::sequence).items) {
        if (pair->kind != Kind::sequence) fail("the pickle has a dictionary of odd parts");
        fill(made, pair->items);
    }
    return made;
}

/// (storage, offset, sizes, strides, requires_grad, hooks)
PickleValue* PickleMachine::rebuild_tensor(const PickleValue& arguments) {
    PickleValue* made = make(Kind::tensor);
    made->items = {&item(arguments, 0, Kind::storage)};
    made->integer = item(arguments, 1, Kind::integer).integer;
    made->shape = integers(item(arguments, 2, Kind::sequence));
    made->strides = integers(item(arguments, 3, Kind::sequence));
    return made;
}

/// (bytes, dtype, shape, "C" or "F")
PickleValue* PickleMachine::array_from_buffer(const PickleValue& arguments) {
    PickleValue* made = make_text(Kind::array, item(arguments, 0, Kind::bytes).text);
    made->element = item(arguments, 1, Kind::element).element;
    made->shape = integers(item(arguments, 2, Kind::sequence));
    made->column_major = item(arguments, 3, Kind::text).text == "F";
    return made;
}

/// (dtype, bytes): one number.
PickleValue* PickleMachine::scalar(const PickleValue& arguments) {
    const Tensor number = to_tensor(item(arguments, 1, Kind::bytes).text,
                                    item(arguments, 0, Kind::element).element, {}, false);
    PickleValue* made = make(Kind::none);
    read_number(number, *made);
    return made;
}

/// (text, "latin1"): how protocol 2 writes bytes. Every character stands for one byte.
PickleValue* PickleMachine::encode(const PickleValue& arguments) {
    const std::string_view text = item(arguments, 0, Kind::text).text;
    const std::string_view coding = item(arguments, 1, Kind::text).text;
    if (coding != "latin1" && coding != "latin-1") fail("the pickle has text in another coding");
    std::string& bytes = pickle_.strings_.emplace_back();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto lead = static_cast<unsigned char>(text[i]);
        if (lead < 0x80) {
            bytes += text[i];
        } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
            bytes += static_cast<char>((lead & 3) << 6 | (text[++i] & 0x3F));
        } else {
            fail("the pickle has bytes that are none");
        }
    }
    return make_text(Kind::bytes, bytes);
}

/// Gives an object its state: the only objects that have one are arrays and their types.
void PickleMachine::build() {
    const PickleValue* state = pop();
    PickleValue* object = top();
    switch (object->kind) {
        case Kind::array: {
            // (version, shape, dtype, column-major, bytes)
            if (state->kind != Kind::sequence) fail("the pickle has an array without a state");
            object->shape = integers(item(*state, 1, Kind::sequence));
            object->element = item(*state, 2, Kind::element).element;
            object->column_major = item(*state, 3, Kind::boolean).integer != 0;
            object->text = item(*state, 4, Kind::bytes).text;
            return;
        }
        case Kind::element:
            // (version, byte order, ...)
            if (state->kind != Kind::sequence) fail("the pickle has a dtype without a state");
            object->element.big_endian = item(*state, 1, Kind::text).text == ">";
            return;
        case Kind::dictionary:
            return;  // PyTorch's _metadata, which no tensor depends on
        default:
            fail("the pickle gives a state to what has none");
    }
}

/// ("storage", type, key, where it was, number of elements): PyTorch's only persistent id.
void PickleMachine::persistent_id() {
    const PickleValue* id = pop();
    if (id->kind != Kind::sequence || item(*id, 0, Kind::text).text != "storage") {
        fail("the pickle refers to something outside");
    }
    const Storage* type = storage_type(item(*id, 1, Kind::global).text);
    if (type == nullptr) fail("the pickle has a storage of no type");
    PickleValue* made = make_text(Kind::storage, item(*id, 2, Kind::text).text);
    made->element = type->element;
    made->integer = item(*id, 4, Kind::integer).integer;
    push(made);
}

}  // namespace ditto::checkpoints
