#include "cli/finished_judge.h"

#include <memory>
#include <optional>

#include "app/installed_files.h"
#include "judge/judge.h"
#include "nn/runtime.h"

namespace ditto::cli {

std::function<std::string(const std::filesystem::path&, const std::filesystem::path&,
                          const std::stop_token&)>
finished_judge() {
    const auto models = std::make_shared<std::optional<judge::JudgeModels>>();
    return [models](const std::filesystem::path& video, const std::filesystem::path& photo,
                    const std::stop_token& stop) {
        if (!*models) *models = judge::JudgeModels::load(nn::Runtime::open(), find_models_folder());
        judge::JudgeRequest request;
        request.video = video;
        request.photo = photo;
        return judge::to_json(judge::judge_video(request, **models, stop).report);
    };
}

}  // namespace ditto::cli
