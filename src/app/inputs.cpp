#include "app/inputs.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "media/image_file.h"
#include "media/output_error.h"

namespace ditto {
namespace {

bool ends_in_mp4(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == ".mp4";
}

}  // namespace

void throw_if_stopped(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
}

void check_video_name(const std::filesystem::path& output,
                      std::span<const std::filesystem::path> inputs) {
    if (!ends_in_mp4(output)) throw Error(ErrorCode::output_name, {{"path", output.string()}});
    for (const auto& input : inputs) {
        std::error_code none_there;
        if (std::filesystem::equivalent(input, output, none_there)) {
            throw Error(ErrorCode::output_is_input, {{"path", input.string()}});
        }
    }
    media::check_output_folder(output);
}

Image load_face_photo(const std::filesystem::path& path, int max_size, Progress& progress) {
    media::PhotoLimits limits;
    if (max_size > 0) limits.largest_side = std::min(limits.largest_side, max_size);
    media::LoadedImage loaded = media::load_photo(path, limits);
    if (loaded.scaled()) {
        progress.notice({NoticeCode::photo_scaled,
                         {{"width", std::to_string(loaded.image.width())},
                          {"height", std::to_string(loaded.image.height())}}});
    }
    return std::move(loaded.image);
}

}  // namespace ditto
