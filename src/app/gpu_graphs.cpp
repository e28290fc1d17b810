#include "app/gpu_graphs.h"

#include <optional>
#include <ostream>
#include <span>

#include "base/cache_folder.h"
#include "base/error.h"
#include "checkpoints/file_io.h"
#include "hub/digest.h"

namespace ditto {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_network = 1ULL << 31U;
constexpr std::size_t hash_length = 64;

std::string sha256(std::string_view text, std::string_view more = {}) {
    hub::Digest digest = hub::Digest::sha256();
    digest.update(std::as_bytes(std::span(text)));
    digest.update(std::as_bytes(std::span(more)));
    return digest.hex();
}

/// Nothing where there is none that is whole.
std::optional<std::string> read(const fs::path& file) {
    try {
        std::string graph = checkpoints::load_file(file, largest_network);
        if (graph.size() <= hash_length) return std::nullopt;
        const std::string hash = graph.substr(0, hash_length);
        graph.erase(0, hash_length);
        if (sha256(graph) == hash) return graph;
    } catch (const Error&) {
        return std::nullopt;
    }
    return std::nullopt;
}

void write(const fs::path& file, const std::string& graph) {
    try {
        checkpoints::save_file(file, [&](std::ostream& out) { out << sha256(graph) << graph; });
    } catch (const Error&) {
        return;  // made again at the next start
    }
}

}  // namespace

std::string kept_gpu_graph(const fs::path& source, const std::string& network,
                           const checkpoints::GpuGraphOptions& options, const fs::path& cache) {
    const std::string model = checkpoints::load_file(source, largest_network);
    if (cache.empty()) return checkpoints::gpu_graph(model, options, source.string());
    const std::string how = "gpu_graph " + std::to_string(checkpoints::gpu_graph_version) +
                            (options.half ? " half" : " single") +
                            (options.pictures ? " pictures" : "");
    const fs::path file = cache / (network + "-" + sha256(model, how) + ".onnx");
    if (auto kept = read(file)) return std::move(*kept);
    std::string graph = checkpoints::gpu_graph(model, options, source.string());
    write(file, graph);
    remove_older_kept(file, network + "-");
    return graph;
}

}  // namespace ditto
