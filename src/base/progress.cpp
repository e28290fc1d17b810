#include "base/progress.h"

#include <array>

namespace ditto {
namespace {

struct StageEntry {
    Stage stage;
    std::string_view name;
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array stage_entries{
    StageEntry{Stage::prepare, "prepare", "Reading the files", "讀取檔案"},
    StageEntry{Stage::find_face, "find_face", "Finding the face", "尋找人臉"},
    StageEntry{Stage::register_avatar, "register_avatar", "Preparing the face", "準備臉部"},
    StageEntry{Stage::render, "render", "Animating", "生成面部運動"},
    StageEntry{Stage::finish, "finish", "Finishing the video", "輸出影片"},
};

static_assert([] {
    for (std::size_t i = 0; i < stage_entries.size(); ++i) {
        if (static_cast<std::size_t>(stage_entries[i].stage) != i) return false;
    }
    return stage_entries.size() == static_cast<std::size_t>(Stage::finish) + 1;
}());

}  // namespace

std::string_view stage_name(Stage stage) {
    return stage_entries[static_cast<std::size_t>(stage)].name;
}

std::string_view stage_text(Stage stage, Language language) {
    const StageEntry& entry = stage_entries[static_cast<std::size_t>(stage)];
    return language == Language::english ? entry.english : entry.chinese;
}

}  // namespace ditto
