#include "server/api_keys.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <span>
#include <system_error>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/error.h"
#include "hub/digest.h"

namespace ditto::server {
namespace {

constexpr std::string_view key_prefix = "da_";
constexpr std::size_t hash_digits = 64;

std::string hash_of(std::string_view text) {
    hub::Digest digest = hub::Digest::sha256();
    digest.update(std::as_bytes(std::span(text)));
    return digest.hex();
}

bool is_hash(std::string_view text) {
    return text.size() == hash_digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
           });
}

[[noreturn]] void refuse(const char* option, const std::string& value, const char* expected) {
    throw Error(ErrorCode::option_value,
                {{"option", option}, {"value", value}, {"expected", expected}});
}

std::filesystem::file_time_type change_of(const std::filesystem::path& file) {
    std::error_code ignored;
    return std::filesystem::last_write_time(file, ignored);
}

}  // namespace

ApiKeys::ApiKeys(std::filesystem::path file)
    : file_(std::move(file)), changed_(change_of(file_)), keys_(read(file_)) {}

std::vector<ApiKeys::Key> ApiKeys::read(const std::filesystem::path& file) {
    constexpr const char* option = "--api-key-file";
    std::ifstream in(file);
    if (!in) refuse(option, file.string(), "a file that can be read");
    std::vector<Key> keys;
    for (std::string line; std::getline(in, line);) {
        if (line.empty() || line.starts_with('#')) continue;
        const auto space = line.find(' ');
        Key key{line.substr(0, space),
                space == std::string::npos ? std::string() : line.substr(space + 1)};
        if (!is_name(key.name) || !is_hash(key.hash)) {
            refuse(option, file.string(), "lines of the form \"NAME SHA256\"");
        }
        keys.push_back(std::move(key));
    }
    return keys;
}

void ApiKeys::read_again_if_changed() {
    const auto changed = change_of(file_);
    if (changed == changed_) return;
    changed_ = changed;
    try {
        keys_ = read(file_);
    } catch (const Error&) {
        // Half written, or gone by mistake: nobody is locked out by that.
        return;
    }
}

std::optional<std::string> ApiKeys::name_of(std::string_view key) {
    const std::string hash = hash_of(key);
    const std::lock_guard lock(mutex_);
    read_again_if_changed();
    std::optional<std::string> name;
    for (const Key& known : keys_) {
        if (equal_in_constant_time(known.hash, hash)) name = known.name;
    }
    return name;
}

std::string ApiKeys::add(const std::filesystem::path& file, const std::string& name) {
    if (!is_name(name)) refuse("--new-api-key", name, "A-Z a-z 0-9 - _ .");
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        const auto keys = read(file);
        const bool taken = std::any_of(keys.begin(), keys.end(),
                                       [&](const Key& known) { return known.name == name; });
        if (taken) refuse("--new-api-key", name, "a name that the file does not have yet");
    }
    const std::string key = std::string(key_prefix) + random_token();
    const std::string line = name + " " + hash_of(key) + "\n";
    const int descriptor = open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    const bool written = descriptor >= 0 && write(descriptor, line.data(), line.size()) ==
                                                static_cast<ssize_t>(line.size());
    if (descriptor >= 0) close(descriptor);
    if (!written) {
        throw Error(ErrorCode::folder_unwritable, {{"path", file.parent_path().string()}});
    }
    return key;
}

std::string Sessions::open(std::string_view key, Clock::time_point now) {
    std::string token = random_token();
    const std::lock_guard lock(mutex_);
    std::erase_if(sessions_, [&](const auto& entry) { return entry.second.end <= now; });
    if (sessions_.size() >= most) {
        sessions_.erase(std::min_element(
            sessions_.begin(), sessions_.end(),
            [](const auto& a, const auto& b) { return a.second.end < b.second.end; }));
    }
    sessions_[hash_of(token)] = {std::string(key), now + lifetime};
    return token;
}

std::optional<std::string> Sessions::key_of(std::string_view token, Clock::time_point now) {
    const std::string hash = hash_of(token);
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(hash);
    if (found == sessions_.end() || found->second.end <= now) return std::nullopt;
    return found->second.key;
}

void Sessions::close(std::string_view token) {
    const std::string hash = hash_of(token);
    const std::lock_guard lock(mutex_);
    sessions_.erase(hash);
}

bool FailureLimit::blocked(const std::string& address, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(address);
    if (found == counts_.end() || found->second.since + window <= now) return false;
    return found->second.failures >= most;
}

void FailureLimit::failed(const std::string& address, Clock::time_point now) {
    const std::lock_guard lock(mutex_);
    if (counts_.size() >= most_addresses) {
        std::erase_if(counts_, [&](const auto& e) { return e.second.since + window <= now; });
        if (counts_.size() >= most_addresses) counts_.clear();
    }
    Count& count = counts_[address];
    if (count.failures == 0 || count.since + window <= now) count = {0, now};
    ++count.failures;
}

std::string random_token() {
    std::array<unsigned char, 32> bytes{};
    for (std::size_t filled = 0; filled < bytes.size();) {
        const ssize_t count = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
        if (count > 0) filled += static_cast<std::size_t>(count);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const unsigned byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
    if (left.size() != right.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i)
        difference |= static_cast<unsigned char>(left[i]) ^
                      static_cast<unsigned>(static_cast<unsigned char>(right[i]));
    return difference == 0;
}

std::optional<std::string> cookie_value(std::string_view header, std::string_view name) {
    std::optional<std::string> value;
    while (!header.empty()) {
        std::string_view item = header.substr(0, header.find(';'));
        header.remove_prefix(std::min(header.size(), item.size() + 1));
        while (item.starts_with(' '))
            item.remove_prefix(1);
        const auto equals = item.find('=');
        if (equals == std::string_view::npos || item.substr(0, equals) != name) continue;
        if (value) return std::nullopt;
        value = std::string(item.substr(equals + 1));
    }
    return value;
}

}  // namespace ditto::server
