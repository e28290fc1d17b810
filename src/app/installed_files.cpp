#include "app/installed_files.h"

#include <system_error>

#include "base/environment.h"
#include "base/error.h"

namespace ditto {
std::filesystem::path program_folder() {
    return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

std::filesystem::path find_models_folder() {
    const std::filesystem::path named = from_environment("DITTO_MODELS");
    const std::filesystem::path program = program_folder();
    const std::filesystem::path beside = program / "models";
    const std::filesystem::path installed = program / "../share/ditto-avatar/models";
    std::error_code ignored;
    if (!named.empty()) {
        if (std::filesystem::is_directory(named, ignored)) return named;
        throw Error(ErrorCode::model_missing, {{"path", named.string()}});
    }
    if (std::filesystem::is_directory(beside, ignored)) return beside;
    if (std::filesystem::is_directory(installed, ignored)) return installed.lexically_normal();
    throw Error(ErrorCode::model_missing, {{"path", beside.string()}});
}

std::filesystem::path find_shared_folder(const std::string& name) {
    const std::filesystem::path beside = program_folder() / name;
    const std::filesystem::path installed = program_folder() / "../share/ditto-avatar" / name;
    std::error_code ignored;
    const bool found = !std::filesystem::is_directory(beside, ignored) &&
                       std::filesystem::is_directory(installed, ignored);
    return found ? installed.lexically_normal() : beside;
}

}  // namespace ditto
