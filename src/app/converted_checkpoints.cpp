#include "app/converted_checkpoints.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "base/cache_folder.h"
#include "base/error.h"
#include "checkpoints/convert.h"
#include "hub/digest.h"
#include "hub/store.h"

namespace ditto {
namespace {

namespace fs = std::filesystem;

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

enum class Reading { changed, all };

/// Whether all converted files are as they were written. Those that have not changed their size and
/// time since they were last hashed are read again only where all are.
bool is_whole(const fs::path& kept, Reading reading) {
    hub::LockFile record = hub::LockFile::load(kept);
    const std::vector<std::string> names = record.names();
    bool hashed = false;
    try {
        for (const std::string& name : names) {
            if (reading == Reading::changed && record.find_unchanged(name)) continue;
            const std::string hash = hub::sha256_of(kept / name);
            if (hash != record.find(name)->sha256) return false;
            record.put(name, hash, hub::CheckedAgainst::nothing, {});
            hashed = true;
        }
    } catch (const Error&) {
        return false;
    }
    try {
        if (hashed) record.save();
    } catch (const Error&) {
        return true;  // hashed again at the next start
    }
    return !names.empty();
}

/// What the names of all that is kept of a folder begin with.
std::string place_of(const fs::path& folder) {
    std::error_code ignored;
    return "converted-" + hash_of(fs::weakly_canonical(folder, ignored).string()) + '-';
}

fs::path kept_folder(const fs::path& folder, const fs::path& cache) {
    return cache / (place_of(folder) + hash_of(state_of(folder)));
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

void convert_into(const fs::path& folder, const fs::path& target) {
    std::vector<checkpoints::ConvertedNetwork> done =
        checkpoints::convert(folder, target, [](const checkpoints::ConvertedNetwork&) {});
    hub::LockFile record = hub::LockFile::load(target);
    for (const auto& network : done) {
        // What is only linked is the user's own file.
        if (network.parameters == 0) continue;
        record.put(fs::relative(network.to, target).string(), hub::sha256_of(network.to),
                   hub::CheckedAgainst::nothing, {});
    }
    record.save();
}

}  // namespace

bool has_pytorch_checkpoints(const fs::path& folder) {
    std::error_code ignored;
    return fs::is_directory(folder / "ditto_pytorch" / "models", ignored);
}

fs::path converted_checkpoints(const fs::path& folder, const fs::path& cache,
                               const std::function<void(const Notice&)>& tell) {
    check_complete(folder);
    const fs::path kept = kept_folder(folder, cache);
    if (is_whole(kept, Reading::changed)) return kept;

    tell({NoticeCode::checkpoints_converting,
          {{"folder", folder.string()}, {"path", kept.string()}}});
    std::error_code error;
    fs::remove_all(kept, error);
    const Unfinished part(new_folder(kept.string() + ".part-XXXXXX"));
    convert_into(folder, part.folder());
    fs::rename(part.folder(), kept, error);
    // Another program may have been faster; then its files are there.
    if (error && !is_whole(kept, Reading::changed)) {
        throw Error(ErrorCode::model_write, {{"path", kept.string()}}, error.message());
    }
    remove_older_kept(kept, place_of(folder));
    return kept;
}

std::optional<bool> verify_converted_checkpoints(const fs::path& folder, const fs::path& cache) {
    const fs::path kept = kept_folder(folder, cache);
    std::error_code ignored;
    if (cache.empty() || !fs::is_directory(kept, ignored)) return std::nullopt;
    if (is_whole(kept, Reading::all)) return true;
    fs::remove_all(kept, ignored);
    return false;
}

}  // namespace ditto
