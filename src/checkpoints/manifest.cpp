#include "checkpoints/manifest.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace ditto::checkpoints {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::string& why) {
    throw Error(ErrorCode::model_corrupt, {{"path", "models/manifest.json"}}, why);
}

DataType type_from(const std::string& name) {
    for (const DataType type : {DataType::f32, DataType::f16, DataType::i64, DataType::i32,
                                DataType::u8, DataType::boolean}) {
        if (name_of(type) == name) return type;
    }
    refuse("unknown type " + name);
}

std::string text(const Json& entry, const char* key) {
    const auto found = entry.find(key);
    return found == entry.end() || found->is_null() ? std::string() : found->get<std::string>();
}

std::vector<ModelPort> ports(const Json& entry, const char* key) {
    std::vector<ModelPort> result;
    for (const Json& port : entry.value(key, Json::array())) {
        ModelPort made{
            port.at("name").get<std::string>(), type_from(port.value("type", "float32")), {}};
        if (const auto shape = port.find("shape"); shape != port.end() && !shape->is_null()) {
            made.shape = shape->get<Shape>();
        }
        result.push_back(std::move(made));
    }
    return result;
}

bool is_sha256(std::string_view hash) {
    return hash.size() == 64 && hash.find_first_not_of("0123456789abcdef") == hash.npos;
}

ModelFile file_from(const Json& entry) {
    ModelFile file;
    file.name = entry.at("name").get<std::string>();
    if (!is_safe_name(file.name)) refuse("not a plain relative path: " + file.name);
    file.source = text(entry, "source");
    if (const auto bytes = entry.find("bytes"); bytes != entry.end() && !bytes->is_null()) {
        file.bytes = bytes->get<std::int64_t>();
        if (*file.bytes < 0) refuse("negative size of " + file.name);
    }
    file.bytes_about = entry.value("bytes_about", std::int64_t{0});
    file.sha256 = text(entry, "sha256");
    if (!file.sha256.empty() && !is_sha256(file.sha256)) refuse("no SHA-256: " + file.sha256);
    file.licence = text(entry, "licence");
    file.role = text(entry, "role");
    file.sets = entry.value("sets", std::vector<std::string>());
    file.inputs = ports(entry, "inputs");
    file.outputs = ports(entry, "outputs");
    return file;
}

}  // namespace

bool is_safe_name(std::string_view name) {
    if (name.empty() || name.size() > 512) return false;
    for (const char c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f) return false;
    }
    while (true) {
        const auto slash = name.find('/');
        const auto part = name.substr(0, slash);
        if (part.empty() || part == "." || part == "..") return false;
        if (slash == name.npos) return true;
        name.remove_prefix(slash + 1);
    }
}

bool ModelFile::free_to_use_commercially() const {
    return licence.find("non-commercial") == std::string::npos;
}

std::optional<HubSource> hub_source(std::string_view source) {
    constexpr std::string_view scheme = "huggingface:";
    const auto at = source.rfind('@');
    if (!source.starts_with(scheme) || at == source.npos || at < scheme.size()) return {};
    return HubSource{std::string(source.substr(scheme.size(), at - scheme.size())),
                     std::string(source.substr(at + 1))};
}

Manifest Manifest::parse(std::string_view json) {
    Manifest result;
    std::set<std::string> names;
    try {
        const Json list = Json::parse(json);
        if (!list.is_array()) refuse("not a list");
        for (const Json& entry : list) {
            result.files_.push_back(file_from(entry));
            if (!names.insert(result.files_.back().name).second) {
                refuse("named twice: " + result.files_.back().name);
            }
        }
    } catch (const Json::exception& problem) {
        refuse(problem.what());
    }
    return result;
}

Manifest Manifest::built_in() {
    return parse(built_in_manifest_text());
}

const ModelFile* Manifest::find(std::string_view name) const {
    const auto found = std::find_if(files_.begin(), files_.end(),
                                    [&](const ModelFile& file) { return file.name == name; });
    return found == files_.end() ? nullptr : &*found;
}

std::vector<ModelFile> Manifest::in_set(std::string_view set) const {
    if (std::find(std::begin(set_names), std::end(set_names), set) == std::end(set_names)) {
        throw Error(ErrorCode::option_value, {{"option", "--set"},
                                              {"value", std::string(set)},
                                              {"expected", "minimal, onnx, pytorch, all"}});
    }
    std::vector<ModelFile> result;
    for (const ModelFile& file : files_) {
        const bool wanted =
            set == "all" || std::find(file.sets.begin(), file.sets.end(), set) != file.sets.end();
        if (wanted && hub_source(file.source)) result.push_back(file);
    }
    return result;
}

}  // namespace ditto::checkpoints
