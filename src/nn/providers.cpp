#include "nn/providers.h"

#include <algorithm>

#include <dlfcn.h>

#include "nn/onnxruntime.h"

namespace ditto::nn {
namespace {

/// The folder that ONNX Runtime was loaded from: its providers must lie there.
std::filesystem::path library_folder() {
    Dl_info info{};
    const void* inside = reinterpret_cast<const void*>(Ort::GetApi().CreateEnv);
    if (dladdr(inside, &info) == 0 || info.dli_fname == nullptr) return {};
    // As it was opened, links not followed: so does ONNX Runtime.
    return std::filesystem::path(info.dli_fname).parent_path();
}

/// Why the library cannot be opened; empty where it can.
std::string obstacle(const std::filesystem::path& library) {
    std::error_code ignored;
    if (!std::filesystem::exists(library, ignored)) return library.string() + " is missing";
    // Never closed: such libraries do not survive it.
    const auto shared = library.parent_path() / "libonnxruntime_providers_shared.so";
    dlopen(shared.c_str(), RTLD_LAZY | RTLD_GLOBAL);
    if (dlopen(library.c_str(), RTLD_LAZY | RTLD_LOCAL) != nullptr) return {};
    return dlerror();
}

}  // namespace

std::vector<Provider> find_providers(const Runtime& runtime) {
    static_cast<void>(opened(runtime));
    const std::vector<std::string> built_in = Ort::GetAvailableProviders();
    std::vector<Provider> result{{"CPU", true, true, {}}};
    const std::filesystem::path folder = library_folder();
    for (const auto& [name, id, file] :
         {std::tuple{"CUDA", "CUDAExecutionProvider", "libonnxruntime_providers_cuda.so"},
          std::tuple{"TensorRT", "TensorrtExecutionProvider",
                     "libonnxruntime_providers_tensorrt.so"}}) {
        Provider provider{name, false, false, {}};
        provider.built_in = std::find(built_in.begin(), built_in.end(), id) != built_in.end();
        if (!provider.built_in) {
            provider.reason = "this ONNX Runtime was built without it";
        } else {
            provider.reason = obstacle(folder / file);
            provider.usable = provider.reason.empty();
        }
        result.push_back(std::move(provider));
    }
    return result;
}

}  // namespace ditto::nn
