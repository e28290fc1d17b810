#include "hub/store.h"

#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/error.h"
#include "checkpoints/manifest.h"

namespace ditto::hub {
namespace {

using Json = nlohmann::json;

constexpr CheckedAgainst all_checks[] = {CheckedAgainst::manifest, CheckedAgainst::hub,
                                         CheckedAgainst::nothing};

CheckedAgainst check_from(const std::string& name) {
    for (const CheckedAgainst check : all_checks) {
        if (name_of(check) == name) return check;
    }
    return CheckedAgainst::nothing;
}

}  // namespace

std::string_view name_of(CheckedAgainst checked) {
    switch (checked) {
        case CheckedAgainst::manifest:
            return "manifest";
        case CheckedAgainst::hub:
            return "hub";
        case CheckedAgainst::nothing:
            break;
    }
    return "nothing";
}

std::optional<FileFacts> facts_of(const std::filesystem::path& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
    return FileFacts{status.st_size,
                     std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

LockFile LockFile::load(const std::filesystem::path& folder) {
    LockFile result;
    result.folder_ = folder;
    const Json json = Json::parse(read_small_file(folder / lock_file_name), nullptr, false);
    if (!json.is_object()) return result;
    try {
        const Json entries = json.value("files", Json::object());
        for (const auto& [name, entry] : entries.items()) {
            if (!checkpoints::is_safe_name(name)) continue;
            result.files_[name] = {entry.at("bytes").get<std::int64_t>(),
                                   entry.at("sha256").get<std::string>(),
                                   entry.at("modified_ns").get<std::int64_t>(),
                                   check_from(entry.at("checked_against").get<std::string>()),
                                   entry.at("revision").get<std::string>()};
        }
    } catch (const Json::exception&) {
        result.files_.clear();
    }
    return result;
}

std::vector<std::string> LockFile::names() const {
    std::vector<std::string> result;
    for (const auto& [name, file] : files_)
        result.push_back(name);
    return result;
}

const VerifiedFile* LockFile::find(std::string_view name) const {
    const auto found = files_.find(name);
    return found == files_.end() ? nullptr : &found->second;
}

const VerifiedFile* LockFile::find_unchanged(std::string_view name) const {
    const VerifiedFile* entry = find(name);
    if (entry == nullptr) return nullptr;
    const auto facts = facts_of(folder_ / name);
    const bool same =
        facts && facts->bytes == entry->bytes && facts->modified_ns == entry->modified_ns;
    return same ? entry : nullptr;
}

void LockFile::put(const std::string& name, std::string sha256, CheckedAgainst checked,
                   std::string revision) {
    const auto facts = facts_of(folder_ / name).value_or(FileFacts{});
    files_[name] = {facts.bytes, std::move(sha256), facts.modified_ns, checked,
                    std::move(revision)};
}

void LockFile::forget(const std::string& name) {
    files_.erase(name);
}

void LockFile::save() const {
    Json entries = Json::object();
    for (const auto& [name, entry] : files_) {
        entries[name] = {{"bytes", entry.bytes},
                         {"sha256", entry.sha256},
                         {"modified_ns", entry.modified_ns},
                         {"checked_against", name_of(entry.checked)},
                         {"revision", entry.revision}};
    }
    const Json json = {{"format", 1}, {"files", std::move(entries)}};
    write_atomically(folder_ / lock_file_name, json.dump(2) + "\n");
}

std::optional<FolderLock> FolderLock::try_take(const std::filesystem::path& folder) {
    FileHandle file(folder / busy_file_name, O_RDWR | O_CREAT);
    if (flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK) return {};
        // A file system without locks: better to go on than to refuse.
    }
    return FolderLock(std::move(file));
}

}  // namespace ditto::hub
