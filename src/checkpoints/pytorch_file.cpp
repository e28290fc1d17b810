#include "checkpoints/pytorch_file.h"

#include <bit>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/pickle.h"
#include "checkpoints/zip_reader.h"

namespace ditto::checkpoints {
namespace {

using Kind = PickleValue::Kind;

constexpr std::uint64_t file_limit = std::uint64_t{4} << 30;
constexpr std::size_t pickle_limit = 16U << 20;
constexpr std::size_t most_axes = 8;
constexpr std::string_view zip_magic = "PK\3\4";
// The pickled number 0x1950a86a20f9469cfc6c, with which the older format begins.
constexpr std::string_view legacy_magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// A file taken apart: what is pickled, and the raw bytes of each storage.
struct Contents {
    std::unique_ptr<Pickle> pickle;
    std::map<std::string, std::string_view, std::less<>> storages;
    std::optional<ZipReader> zip;  // whose entries are read when they are asked for
    std::string folder;

    std::string_view storage(std::string_view key) {
        const auto known = storages.find(key);
        if (known != storages.end()) return known->second;
        if (!zip) throw std::runtime_error("a storage is missing");
        const std::string_view bytes = zip->read(folder + "data/" + std::string(key));
        storages.emplace(key, bytes);
        return bytes;
    }
};

Contents read_zip(std::string_view bytes, const std::string& path) {
    Contents contents;
    const ZipReader& zip = contents.zip.emplace(bytes);
    const std::string pickle_name = zip.name_ending_with("/data.pkl");
    if (pickle_name.empty()) throw std::runtime_error("there is no data.pkl in it");
    contents.folder = pickle_name.substr(0, pickle_name.size() - std::strlen("data.pkl"));
    const std::string order = contents.folder + "byteorder";
    if (zip.has(order) && zip.read(order) != "little") {
        throw std::runtime_error("it was written on a big-endian machine");
    }
    const std::string_view text = zip.read(pickle_name);
    if (text.size() > pickle_limit) throw std::runtime_error("its data.pkl is too large");
    contents.pickle = std::make_unique<Pickle>(std::string(text), path);
    return contents;
}

/// Five pickles (a magic number, a version, the machine, the value, the storages' keys), then each
/// storage: its number of elements and its bytes.
Contents read_legacy(std::string_view bytes, const std::string& path) {
    std::unique_ptr<Pickle> pickles[5];
    for (auto& pickle : pickles) {
        pickle = std::make_unique<Pickle>(std::string(bytes.substr(0, pickle_limit)), path);
        bytes.remove_prefix(pickle->size());
    }
    Contents contents;
    contents.pickle = std::move(pickles[3]);
    std::map<std::string_view, std::size_t> element_bytes;
    for (const PickleValue& value : contents.pickle->values()) {
        if (value.kind == Kind::storage) element_bytes[value.text] = value.element.bytes;
    }
    for (const PickleValue* key : pickles[4]->root().items) {
        const auto element = element_bytes.find(key->text);
        if (element == element_bytes.end() || bytes.size() < 8) {
            throw std::runtime_error("its storages are cut off");
        }
        std::uint64_t count = 0;
        std::memcpy(&count, bytes.data(), sizeof count);
        bytes.remove_prefix(sizeof count);
        if (count > bytes.size() / element->second) {
            throw std::runtime_error("its storages are cut off");
        }
        const auto size = static_cast<std::size_t>(count) * element->second;
        contents.storages.emplace(key->text, bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    return contents;
}

/// IEEE 754 half precision.
float from_half(std::uint16_t half) {
    const std::uint32_t sign = (half & 0x8000U) << 16;
    std::uint32_t exponent = half >> 10 & 0x1F;
    std::uint32_t fraction = half & 0x3FF;
    if (exponent == 31) return std::bit_cast<float>(sign | 0x7F800000 | fraction << 13);
    if (exponent == 0) {
        const float value = static_cast<float>(fraction) * 0x1p-24F;
        return sign != 0 ? -value : value;
    }
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | fraction << 13);
}

Tensor to_float(Tensor tensor) {
    if (tensor.type() != DataType::f16) return tensor;
    Tensor result(DataType::f32, tensor.shape());
    const auto* halves = static_cast<const std::uint16_t*>(tensor.data());
    for (float& value : result.values<float>())
        value = from_half(*halves++);
    return result;
}

/// Elements of a tensor that lie scattered in its storage, one after another.
std::string gather(std::string_view storage, const PickleValue& tensor, std::size_t count,
                   std::size_t element) {
    std::string result;
    result.reserve(count * element);
    std::vector<std::int64_t> index(tensor.shape.size(), 0);
    for (std::size_t i = 0; i < count; ++i) {
        std::int64_t at = tensor.integer;
        for (std::size_t axis = 0; axis < index.size(); ++axis)
            at += index[axis] * tensor.strides[axis];
        result += storage.substr(static_cast<std::size_t>(at) * element, element);
        for (std::size_t axis = index.size(); axis-- > 0;) {
            if (++index[axis] < tensor.shape[axis]) break;
            index[axis] = 0;
        }
    }
    return result;
}

bool is_contiguous(const PickleValue& tensor) {
    std::int64_t expected = 1;
    for (std::size_t axis = tensor.shape.size(); axis-- > 0;) {
        if (tensor.shape[axis] != 1 && tensor.strides[axis] != expected) return false;
        expected *= tensor.shape[axis];
    }
    return true;
}

/// Elements of the tensor, all of which lie within a storage of `available` elements.
std::size_t checked_count(const PickleValue& tensor, std::size_t available) {
    const auto limit = static_cast<std::int64_t>(available);
    if (tensor.shape.size() > most_axes || tensor.shape.size() != tensor.strides.size()) {
        throw std::runtime_error("a tensor has odd sizes");
    }
    std::int64_t count = 1;
    std::int64_t last = tensor.integer;
    if (last < 0 || last > limit) throw std::runtime_error("a tensor lies outside its storage");
    for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
        const std::int64_t size = tensor.shape[axis];
        const std::int64_t stride = tensor.strides[axis];
        if (size == 0) return 0;
        // Divisions in place of products, which could overflow.
        if (size < 0 || stride < 0 || size > limit / count ||
            (size > 1 && stride > (limit - last) / (size - 1))) {
            throw std::runtime_error("a tensor lies outside its storage");
        }
        count *= size;
        if (size > 1) last += (size - 1) * stride;
    }
    if (last >= limit) throw std::runtime_error("a tensor lies outside its storage");
    return static_cast<std::size_t>(count);
}

Tensor read_tensor(Contents& contents, const PickleValue& tensor) {
    const PickleValue& storage = *tensor.items[0];
    const std::size_t element = storage.element.bytes;
    const std::string_view bytes = contents.storage(storage.text);
    const std::size_t count = checked_count(tensor, bytes.size() / element);
    if (is_contiguous(tensor)) {
        const auto start = static_cast<std::size_t>(tensor.integer) * element;
        return to_float(
            to_tensor(bytes.substr(start, count * element), storage.element, tensor.shape, false));
    }
    return to_float(
        to_tensor(gather(bytes, tensor, count, element), storage.element, tensor.shape, false));
}

std::string without_module(std::string name) {
    constexpr std::string_view prefix = "module.";
    for (auto at = name.find(prefix); at != std::string::npos; at = name.find(prefix, at))
        name.erase(at, prefix.size());
    return name;
}

StateDict read(const std::string& bytes, const std::string& path, std::string_view part) {
    const std::string_view text(bytes);
    const bool legacy = text.substr(0, 20).find(legacy_magic) != std::string_view::npos;
    if (!legacy && !text.starts_with(zip_magic)) {
        throw std::runtime_error("this is no PyTorch file");
    }
    Contents contents = legacy ? read_legacy(text, path) : read_zip(text, path);
    const PickleValue* dictionary = &contents.pickle->root();
    if (!part.empty()) dictionary = dictionary->find(part);
    if (dictionary == nullptr || dictionary->kind != Kind::dictionary) {
        throw std::invalid_argument(part.empty() ? "it holds no state dict"
                                                 : "it holds no " + std::string(part));
    }
    StateDict state{path, {}};
    // Tensors may share storages, but not to become many times the file.
    std::size_t left = 2 * bytes.size() + (1U << 20);
    for (std::size_t i = 0; i + 1 < dictionary->items.size(); i += 2) {
        const PickleValue& key = *dictionary->items[i];
        const PickleValue& value = *dictionary->items[i + 1];
        if (key.kind != Kind::text || value.kind != Kind::tensor) continue;
        Tensor tensor = read_tensor(contents, value);
        if (tensor.bytes() > left) throw std::runtime_error("its tensors are too large");
        left -= tensor.bytes();
        state.tensors[without_module(std::string(key.text))] =
            std::make_shared<const Tensor>(std::move(tensor));
    }
    if (state.tensors.empty()) throw std::invalid_argument("it holds no tensors");
    return state;
}

}  // namespace

StateDict parse_state_dict(const std::string& bytes, const std::string& path,
                           std::string_view part) {
    try {
        return read(bytes, path, part);
    } catch (const std::runtime_error& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", path}}, error.what());
    } catch (const std::invalid_argument& error) {
        throw Error(ErrorCode::model_mismatch, {{"path", path}, {"what", error.what()}});
    }
}

StateDict load_state_dict(const std::filesystem::path& path, std::string_view part) {
    return parse_state_dict(load_file(path, file_limit), path.string(), part);
}

}  // namespace ditto::checkpoints
