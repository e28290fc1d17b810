#pragma once

#include <string>
#include <vector>

#include "checkpoints/weights.h"
#include "checkpoints/zip_reader.h"

namespace ditto::checkpoints {

/// Draws synthetic weights and keeps them, so that they can be saved as a checkpoint.
class RecordedWeights : public WeightSource {
  public:
    explicit RecordedWeights(std::uint64_t seed) : weights_(seed) {}
    SharedTensor get(const std::string& name, const Shape& shape, const Init& init) override {
        return tensors[name] = weights_.get(name, shape, init);
    }
    std::map<std::string, SharedTensor> tensors;

  private:
    SyntheticWeights weights_;
};

/// A zip of stored entries, without zip64.
inline std::string zip_of(const std::vector<std::pair<std::string, std::string>>& entries) {
    const auto number = [](std::size_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(value >> (8 * i) & 0xFF);
        return text;
    };
    std::string archive;
    std::string directory;
    for (const auto& [name, data] : entries) {
        const std::string common = std::string(6, '\0') + number(0, 2) + number(crc32(data), 4) +
                                   number(data.size(), 4) + number(data.size(), 4) +
                                   number(name.size(), 2) + number(0, 2);
        directory += "PK\1\2" + number(20, 2) + number(20, 2) + common + std::string(10, '\0') +
                     number(archive.size(), 4) + name;
        archive += "PK\3\4" + number(20, 2) + common + name + data;
    }
    const std::size_t start = archive.size();
    return archive + directory + "PK\5\6" + std::string(4, '\0') + number(entries.size(), 2) +
           number(entries.size(), 2) + number(directory.size(), 4) + number(start, 4) +
           std::string(2, '\0');
}

/// What torch.save() writes for a state dict of floats, under `part` where that is not empty.
inline std::string pytorch_file(const std::map<std::string, SharedTensor>& tensors,
                                const std::string& part) {
    const auto little = [](std::size_t value) {
        std::string text = "J";
        for (int i = 0; i < 4; ++i)
            text += static_cast<char>(value >> (8 * i) & 0xFF);
        return text;
    };
    const auto text = [&](const std::string& value) {
        return "X" + little(value.size()).substr(1) + value;
    };
    std::string dictionary = "ccollections\nOrderedDict\n)R(";
    std::vector<std::pair<std::string, std::string>> entries(1);
    for (const auto& [name, tensor] : tensors) {
        const std::string key = std::to_string(entries.size() - 1);
        std::string sizes = "(";
        std::string strides;
        std::size_t stride = 1;
        for (std::size_t axis = tensor->shape().size(); axis-- > 0;) {
            strides = little(stride) + strides;
            stride *= static_cast<std::size_t>(tensor->shape()[axis]);
        }
        for (const std::int64_t size : tensor->shape())
            sizes += little(static_cast<std::size_t>(size));
        dictionary += text(name) + "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") +
                      "ctorch\nFloatStorage\n" + text(key) + text("cpu") + little(tensor->count()) +
                      "tQ" + little(0) + sizes + "t(" + strides +
                      "t\x89"
                      "ccollections\nOrderedDict\n)RtR";
        entries.emplace_back(
            "archive/data/" + key,
            std::string(static_cast<const char*>(tensor->data()), tensor->bytes()));
    }
    dictionary += "u";
    if (!part.empty()) dictionary = "}" + text(part) + dictionary + "s";
    entries[0] = {"archive/data.pkl", "\x80\x02" + dictionary + "."};
    return zip_of(entries);
}

}  // namespace ditto::checkpoints
