#include "nn/runtime.h"

#include <vector>

#include <dlfcn.h>

#include "base/environment.h"
#include "base/error.h"
#include "nn/onnxruntime.h"

namespace ditto::nn {
namespace {

/// The oldest C interface that has everything used here: ONNX Runtime 1.17.
constexpr std::uint32_t api_version = 17;

std::vector<std::filesystem::path> candidates(const std::filesystem::path& library) {
    if (!library.empty()) return {library};
    if (const auto named = from_environment("DITTO_ONNXRUNTIME"); !named.empty()) return {named};
    std::error_code ignored;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    return {program / "libonnxruntime.so.1", program / "../libonnxruntime.so.1",
            program / "../lib/ditto-avatar/libonnxruntime.so.1", "libonnxruntime.so.1",
            "libonnxruntime.so"};
}

const OrtApiBase& open_library(const std::filesystem::path& wanted) {
    std::string reason;
    for (const auto& path : candidates(wanted)) {
        // RTLD_NODELETE in effect: the handle is never closed, since ONNX Runtime's threads and
        // static objects outlive any session.
        void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            reason = dlerror();
            continue;
        }
        using GetBase = const OrtApiBase* (*)();
        const auto get_base = reinterpret_cast<GetBase>(dlsym(library, "OrtGetApiBase"));
        if (get_base != nullptr) return *get_base();
        reason = path.string() + " is not ONNX Runtime";
    }
    throw Error(ErrorCode::runtime_missing, {{"what", reason}});
}

}  // namespace

OpenedRuntime::OpenedRuntime(const OrtApiBase& base) : version_(base.GetVersionString()) {
    const OrtApi* api = base.GetApi(api_version);
    if (api == nullptr) {
        throw Error(ErrorCode::runtime_missing, {{"what", "version " + version_ + " is too old"}});
    }
    Ort::InitApi(api);
    environment_ = Ort::Env(ORT_LOGGING_LEVEL_ERROR, "ditto-avatar");
    environment_.DisableTelemetryEvents();
}

std::shared_ptr<const Runtime> Runtime::open(const std::filesystem::path& library) {
    return std::make_shared<OpenedRuntime>(open_library(library));
}

const OpenedRuntime& opened(const Runtime& runtime) {
    return dynamic_cast<const OpenedRuntime&>(runtime);
}

std::string runtime_version() {
    try {
        return open_library({}).GetVersionString();
    } catch (const Error&) {
        return "not found";
    }
}

}  // namespace ditto::nn
