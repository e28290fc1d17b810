#include "hub/import.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <vector>

#include <fcntl.h>

#include "hub/digest.h"
#include "hub/part_file.h"
#include "hub/speedometer.h"
#include "hub/verifier.h"

namespace ditto::hub {
namespace {

namespace fs = std::filesystem;
using checkpoints::ModelFile;

/// Where the file lies in `from`, if anywhere.
std::optional<fs::path> find_source(const ModelFile& file, const fs::path& from) {
    const fs::path name(file.name);
    std::vector<fs::path> places{from / name, from / name.filename()};
    if (const auto source = checkpoints::hub_source(file.source)) {
        std::string cache = "models--" + source->repository;
        for (auto at = cache.find('/'); at != cache.npos; at = cache.find('/')) {
            cache.replace(at, 1, "--");
        }
        places.push_back(from / cache / "snapshots" / source->revision / name);
        places.push_back(from / "snapshots" / source->revision / name);
    }
    for (const fs::path& place : places) {
        if (facts_of(place)) return place;
    }
    return {};
}

class Import {
  public:
    Import(std::span<const ModelFile> files, const fs::path& from, const DownloadOptions& options,
           DownloadObserver& observer, std::stop_token stop)
        : from_(from),
          options_(options),
          observer_(observer),
          stop_(std::move(stop)),
          lock_(LockFile::load(options.folder)) {
        for (const ModelFile& file : files)
            files_.push_back(as_asked(file, options.hub));
    }

    DownloadResult run() {
        plan();
        for (const ModelFile& file : files_) {
            const VerifiedFile* known = lock_.find_unchanged(file.name);
            const bool there =
                known != nullptr && !file.sha256.empty() && known->sha256 == file.sha256;
            if (there) {
                result_.present.push_back(file.name);
                continue;
            }
            try {
                take(file);
                result_.fetched.push_back(file.name);
            } catch (const Error& error) {
                if (error.code() != ErrorCode::download_wrong &&
                    error.code() != ErrorCode::model_missing) {
                    throw;
                }
                result_.failed.push_back(file.name);
                observer_.failed(file.name, error);
            }
        }
        return result_;
    }

  private:
    void plan() {
        DownloadPlan plan;
        for (const ModelFile& file : files_) {
            const auto source = find_source(file, from_);
            const std::int64_t bytes = source ? facts_of(*source)->bytes : file.expected_bytes();
            plan.entries.push_back({file.name, bytes, source.has_value(), false});
            plan.total_bytes += bytes;
            if (source && !facts_of(options_.folder / file.name)) plan.missing_bytes += bytes;
        }
        plan.free_bytes = free_bytes(options_.folder);
        progress_.total_bytes = plan.total_bytes;
        progress_.files = static_cast<int>(files_.size());
        observer_.plan(plan);
        if (plan.missing_bytes > plan.free_bytes) {
            throw Error(ErrorCode::disk_full, {{"path", options_.folder.string()}},
                        std::to_string(plan.missing_bytes) + " bytes needed, " +
                            std::to_string(plan.free_bytes) + " free");
        }
    }

    [[noreturn]] void refuse(const ModelFile& file, const std::string& what) const {
        throw Error(ErrorCode::download_wrong,
                    {{"host", from_.string()}, {"path", file.name}, {"what", what}});
    }

    void check_looks(const ModelFile& file, const fs::path& source) const {
        const FileState looks = judge_beginning(source);
        if (looks != FileState::whole) refuse(file, std::string(name_of(looks)));
        const std::int64_t bytes = facts_of(source)->bytes;
        if (file.bytes ? bytes != *file.bytes
                       : std::abs(bytes - file.bytes_about) > file.bytes_about / 10) {
            refuse(file, std::to_string(bytes) + " bytes instead of " +
                             (file.bytes ? "" : "about ") + std::to_string(file.expected_bytes()));
        }
    }

    void take(const ModelFile& file) {
        const auto source = find_source(file, from_);
        if (!source) {
            throw Error(ErrorCode::model_missing, {{"path", (from_ / file.name).string()}});
        }
        check_looks(file, *source);
        PartFile part(options_.folder / file.name);
        part.open();
        part.clear();
        const std::string sha256 = copy(*source, part);
        if (!file.sha256.empty() && sha256 != file.sha256) {
            part.remove();
            refuse(file, "SHA-256 " + sha256 + " instead of " + file.sha256);
        }
        part.sync();
        part.publish(facts_of(part.data_path())->bytes);
        const auto checked =
            file.sha256.empty() ? CheckedAgainst::nothing : CheckedAgainst::manifest;
        lock_.put(file.name, sha256, checked, revision_of(file, options_.hub));
        lock_.save();
        ++progress_.files_done;
        observer_.finished(file.name, checked);
    }

    std::string copy(const fs::path& source, const PartFile& part) {
        const FileHandle input(source, O_RDONLY);
        Digest digest = Digest::sha256();
        std::vector<std::byte> block(std::size_t{1} << 20);
        std::int64_t at = 0;
        while (const std::size_t got = input.read_at(at, block)) {
            if (stop_.stop_requested()) throw Error(ErrorCode::cancelled);
            const auto bytes = std::span(block).first(got);
            digest.update(bytes);
            part.write_at(at, bytes);
            at += static_cast<std::int64_t>(got);
            progress_.done_bytes += static_cast<std::int64_t>(got);
            tell();
        }
        return digest.hex();
    }

    void tell() {
        const auto now = Speedometer::Clock::now();
        if (now - told_ < std::chrono::milliseconds(250)) return;
        told_ = now;
        progress_.bytes_per_second = speed_.update(progress_.done_bytes, now);
        observer_.progress(progress_);
    }

    const fs::path from_;
    const DownloadOptions& options_;
    DownloadObserver& observer_;
    std::stop_token stop_;
    LockFile lock_;
    std::vector<ModelFile> files_;
    DownloadResult result_;
    DownloadProgress progress_;
    Speedometer speed_;
    Speedometer::Clock::time_point told_{};
};

}  // namespace

DownloadResult import_files(std::span<const ModelFile> files, const fs::path& from,
                            const DownloadOptions& options, DownloadObserver& observer,
                            std::stop_token stop) {
    const FolderLock lock = lock_folder(options.folder, observer, stop);
    return Import(files, from, options, observer, std::move(stop)).run();
}

}  // namespace ditto::hub
