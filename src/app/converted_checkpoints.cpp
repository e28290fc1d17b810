#include "app/converted_checkpoints.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "checkpoints/convert.h"
#include "checkpoints/file_io.h"
#include "hub/digest.h"

namespace ditto {
namespace {

namespace fs = std::filesystem;

constexpr const char* contents_file = "contents";

/// What the engine cannot do without.
constexpr std::array needed{
    "ditto_pytorch/models/appearance_extractor.pth",
    "ditto_pytorch/models/motion_extractor.pth",
    "ditto_pytorch/models/stitch_network.pth",
    "ditto_pytorch/models/warp_network.pth",
    "ditto_pytorch/models/decoder.pth",
    "ditto_pytorch/models/lmdm_v0.4_hubert.pth",
    "ditto_pytorch/aux_models/hubert_streaming_fix_kv.onnx",
};

std::string hash_of(const std::string& text) {
    hub::Digest digest = hub::Digest::sha256();
    digest.update(std::as_bytes(std::span(text)));
    constexpr std::size_t enough = 16;
    return digest.hex().substr(0, enough);
}

void check_complete(const fs::path& folder) {
    std::error_code ignored;
    for (const char* file : needed) {
        if (!fs::is_regular_file(folder / file, ignored)) {
            throw Error(ErrorCode::model_missing, {{"path", (folder / file).string()}});
        }
    }
}

/// Names, sizes and times of all files that convert() reads.
std::string state_of(const fs::path& folder) {
    std::vector<std::string> lines;
    for (const char* part : {"ditto_pytorch/models", "ditto_pytorch/aux_models", "ditto_cfg"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(folder / part, error)) {
            const auto bytes = entry.file_size(error);
            if (error) continue;
            const auto time = entry.last_write_time(error).time_since_epoch().count();
            lines.push_back(std::string(part) + '/' + entry.path().filename().string() + ' ' +
                            std::to_string(bytes) + ' ' + std::to_string(time) + '\n');
        }
    }
    std::ranges::sort(lines);
    std::string state = "converter " + std::to_string(checkpoints::converter_version) + '\n';
    for (const std::string& line : lines)
        state += line;
    return state;
}

/// Whether all converted files are as they were written.
bool is_whole(const fs::path& kept) {
    std::ifstream contents(kept / contents_file);
    std::string hash;
    fs::path file;
    bool any = false;
    while (contents >> hash >> file) {
        any = true;
        try {
            if (hub::sha256_of(kept / file) != hash) return false;
        } catch (const Error&) {
            return false;
        }
    }
    return any && contents.eof();
}

/// A folder that nobody else has; the six X become what makes it so.
fs::path new_folder(std::string pattern) {
    std::error_code error;
    fs::create_directories(fs::path(pattern).parent_path(), error);
    if (mkdtemp(pattern.data()) == nullptr) {
        throw Error(ErrorCode::model_write, {{"path", pattern}},
                    std::system_category().message(errno));
    }
    return pattern;
}

/// Removes a folder that was not finished.
class Unfinished {
  public:
    explicit Unfinished(fs::path folder) : folder_(std::move(folder)) {}
    ~Unfinished() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;
    const fs::path& folder() const { return folder_; }

  private:
    fs::path folder_;
};

/// Those of the same place, but not what another program may be making just now.
void remove_others(const fs::path& kept, const std::string& place) {
    constexpr auto abandoned = std::chrono::hours(24);
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(kept.parent_path(), ignored)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(place) || entry.path() == kept) continue;
        const bool unfinished = name.find(".part-") != std::string::npos;
        const auto age = fs::file_time_type::clock::now() - entry.last_write_time(ignored);
        if (!unfinished || age > abandoned) fs::remove_all(entry.path(), ignored);
    }
}

void convert_into(const fs::path& folder, const fs::path& target) {
    std::vector<checkpoints::ConvertedNetwork> done =
        checkpoints::convert(folder, target, [](const checkpoints::ConvertedNetwork&) {});
    checkpoints::save_file(target / contents_file, [&](std::ostream& out) {
        for (const auto& network : done) {
            // What is only linked is the user's own file.
            if (network.parameters == 0) continue;
            out << hub::sha256_of(network.to) << ' ' << fs::relative(network.to, target) << '\n';
        }
    });
}

}  // namespace

bool has_pytorch_checkpoints(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "ditto_pytorch" / "models", ignored);
}

fs::path converted_checkpoints(const fs::path& folder, const fs::path& cache,
                               const std::function<void(const Notice&)>& tell) {
    check_complete(folder);
    std::error_code error;
    const fs::path whole_path = fs::weakly_canonical(folder, error);
    const std::string place = "converted-" + hash_of(whole_path.string()) + '-';
    const fs::path kept = cache / (place + hash_of(state_of(folder)));
    if (is_whole(kept)) return kept;

    tell({NoticeCode::checkpoints_converting,
          {{"folder", folder.string()}, {"path", kept.string()}}});
    fs::remove_all(kept, error);
    const Unfinished part(new_folder(kept.string() + ".part-XXXXXX"));
    convert_into(folder, part.folder());
    fs::rename(part.folder(), kept, error);
    // Another program may have been faster; then its files are there.
    if (error && !is_whole(kept)) {
        throw Error(ErrorCode::model_write, {{"path", kept.string()}}, error.message());
    }
    remove_others(kept, place);
    return kept;
}

}  // namespace ditto
