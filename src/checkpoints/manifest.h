#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// A network's input or output as its publisher documents it; -1 in a shape stands for any size,
/// an empty shape for "not documented".
struct ModelPort {
    std::string name;
    DataType type = DataType::f32;
    Shape shape;
};

/// One model file: an entry of models/manifest.json.
struct ModelFile {
    /// Path below the checkpoints folder, with '/', e.g. "ditto_onnx/decoder.onnx".
    std::string name;
    /// Who offers it. "huggingface:OWNER/REPOSITORY@REVISION" can be downloaded by set-up.
    std::string source;
    /// Exact size where it is known; otherwise `bytes_about` says roughly.
    std::optional<std::int64_t> bytes;
    std::int64_t bytes_about = 0;
    /// Lower-case hex; empty where it is not known.
    std::string sha256;
    std::string licence;
    std::string role;
    /// Which downloads it belongs to: minimal, onnx, pytorch.
    std::vector<std::string> sets;
    std::vector<ModelPort> inputs;
    std::vector<ModelPort> outputs;

    std::int64_t expected_bytes() const { return bytes.value_or(bytes_about); }
    bool free_to_use_commercially() const;
};

/// Where a repository's files lie on the hub.
struct HubSource {
    std::string repository;  // "OWNER/NAME"
    std::string revision;
};

/// What `source` says, or nothing where it is no repository of the hub.
std::optional<HubSource> hub_source(std::string_view source);

class Manifest {
  public:
    /// Throws Error{model_corrupt} where the text is no manifest: unknown types, a name that is
    /// no plain relative path, the same name twice, a hash that is none.
    static Manifest parse(std::string_view json);
    /// The one that the program was built with.
    static Manifest built_in();

    std::span<const ModelFile> files() const { return files_; }
    const ModelFile* find(std::string_view name) const;
    /// The files that come from the hub and belong to `set` ("all": every one of them), in order.
    /// Throws Error{option_value} on an unknown set.
    std::vector<ModelFile> in_set(std::string_view set) const;

  private:
    std::vector<ModelFile> files_;
};

inline constexpr std::string_view set_names[] = {"minimal", "onnx", "pytorch", "all"};

/// True for "a/b.onnx"; false for empty names, absolute paths, "..", "." and control characters.
bool is_safe_name(std::string_view name);

std::string_view built_in_manifest_text();

}  // namespace ditto::checkpoints
