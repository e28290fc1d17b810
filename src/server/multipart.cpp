#include "server/multipart.h"

#include <algorithm>
#include <cctype>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.h"

namespace ditto::server {
namespace {

bool same_letters(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) ==
               std::tolower(static_cast<unsigned char>(y));
    });
}

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Up to the next ';' outside quotes.
std::string_view next_item(std::string_view& rest) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < rest.size() && (quoted || rest[end] != ';'); ++end) {
        if (rest[end] == '\\' && quoted) {
            ++end;
        } else if (rest[end] == '"') {
            quoted = !quoted;
        }
    }
    end = std::min(end, rest.size());
    const std::string_view item = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
    return item;
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    std::string result;
    for (std::size_t i = 1; i + 1 < text.size(); ++i) {
        if (text[i] == '\\' && i + 2 < text.size()) ++i;
        result += text[i];
    }
    return result;
}

struct PartNames {
    std::string field;
    std::string file;
};

/// The names in the head of a part.
std::optional<PartNames> names_of(std::string_view head) {
    while (!head.empty()) {
        const std::string_view line = head.substr(0, head.find("\r\n"));
        head.remove_prefix(std::min(head.size(), line.size() + 2));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        if (same_letters(line.substr(0, colon), "content-disposition")) {
            const std::string_view value = line.substr(colon + 1);
            auto field = header_parameter(value, "name");
            if (!field) return std::nullopt;
            return PartNames{std::move(*field), header_parameter(value, "filename").value_or("")};
        }
    }
    return std::nullopt;
}

std::string without_folders(std::string name) {
    if (const auto slash = name.find_last_of("/\\"); slash != std::string::npos) {
        name.erase(0, slash + 1);
    }
    std::erase_if(name, [](unsigned char c) { return c < ' ' || c == 127; });
    constexpr std::size_t longest = 200;
    if (name.size() <= longest) return name;
    std::size_t end = longest;
    // Not in the middle of a character.
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80)
        --end;
    return name.substr(0, end);
}

}  // namespace

std::optional<std::string> header_parameter(std::string_view value, std::string_view name) {
    next_item(value);
    while (!value.empty()) {
        const std::string_view item = next_item(value);
        const auto equals = item.find('=');
        if (equals == std::string_view::npos) continue;
        if (same_letters(trimmed(item.substr(0, equals)), name)) {
            return unquoted(trimmed(item.substr(equals + 1)));
        }
    }
    return std::nullopt;
}

MultipartReader::MultipartReader(const std::string& boundary, Sink& sink)
    : delimiter_("\r\n--" + boundary), sink_(sink) {}

std::optional<std::string> MultipartReader::boundary_of(std::string_view content_type) {
    std::string_view rest = content_type;
    if (!same_letters(next_item(rest), "multipart/form-data")) return std::nullopt;
    const auto boundary = header_parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70) return std::nullopt;
    const bool allowed = std::all_of(boundary->begin(), boundary->end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0x80 && (std::isalnum(byte) != 0 ||
                               std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos);
    });
    return allowed && boundary->back() != ' ' ? boundary : std::nullopt;
}

bool MultipartReader::push(std::string_view bytes) {
    if (state_ == State::broken) return false;
    // What follows the closing delimiter means nothing.
    if (state_ == State::end) return true;
    waiting_ += bytes;
    while (advance()) {
    }
    return state_ != State::broken;
}

bool MultipartReader::advance() {
    switch (state_) {
        case State::preamble:
            return skip_preamble();
        case State::delimiter:
            return after_delimiter();
        case State::head:
            return read_head();
        case State::data:
            return read_data();
        case State::end:
        case State::broken:
            break;
    }
    return false;
}

bool MultipartReader::fail() {
    state_ = State::broken;
    waiting_.clear();
    return false;
}

bool MultipartReader::skip_preamble() {
    const std::size_t found = waiting_.find(delimiter_);
    if (found == std::string::npos) {
        if (waiting_.size() > max_part_head_bytes) return fail();
        return false;
    }
    waiting_.erase(0, found + delimiter_.size());
    state_ = State::delimiter;
    return true;
}

bool MultipartReader::after_delimiter() {
    if (waiting_.size() < 2) return false;
    if (waiting_.starts_with("--")) {
        state_ = State::end;
        waiting_.clear();
        return false;
    }
    if (!waiting_.starts_with("\r\n") || ++parts_ > max_parts) return fail();
    state_ = State::head;
    return true;
}

bool MultipartReader::read_head() {
    // The line end after the delimiter is still there: an empty head is found too.
    const std::size_t end = waiting_.find("\r\n\r\n");
    if (std::min(end, waiting_.size()) > max_part_head_bytes) return fail();
    if (end == std::string::npos) return false;
    const auto names = names_of(std::string_view(waiting_).substr(2, end < 2 ? 0 : end - 2));
    if (!names) return fail();
    sink_.part(names->field, names->file);
    waiting_.erase(0, end + 4);
    state_ = State::data;
    return true;
}

bool MultipartReader::read_data() {
    const std::size_t found = waiting_.find(delimiter_);
    // The last bytes may be the beginning of the delimiter.
    const std::size_t kept = delimiter_.size() - 1;
    const std::size_t count = found != std::string::npos ? found
                              : waiting_.size() > kept   ? waiting_.size() - kept
                                                         : 0;
    if (count > 0) sink_.data(std::string_view(waiting_).substr(0, count));
    if (found == std::string::npos) {
        waiting_.erase(0, count);
        return false;
    }
    waiting_.erase(0, found + delimiter_.size());
    state_ = State::delimiter;
    return true;
}

Upload::Upload(std::string boundary, std::filesystem::path path)
    : reader_(boundary, *this), path_(std::move(path)) {}

Upload::~Upload() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    unlink(path_.c_str());
}

void Upload::part(const std::string& field, const std::string& file_name) {
    // Of several files of that name the first counts.
    writing_ = field == "file" && files_ == 0;
    if (!writing_) return;
    ++files_;
    name_ = without_folders(file_name);
    descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor_ < 0) {
        throw Error(errno == ENOSPC ? ErrorCode::disk_full : ErrorCode::folder_unwritable,
                    {{"path", path_.filename().string()}});
    }
}

void Upload::data(std::string_view bytes) {
    if (!writing_) return;
    while (!bytes.empty()) {
        const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
            throw Error(ErrorCode::disk_full, {{"path", path_.filename().string()}});
        }
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

void Upload::take(const std::filesystem::path& target) {
    // On disk before it has its name: a power cut must not leave half a photo behind.
    if (fsync(descriptor_) != 0 || rename(path_.c_str(), target.c_str()) != 0) {
        throw Error(ErrorCode::folder_unwritable, {{"path", target.filename().string()}});
    }
    close(descriptor_);
    descriptor_ = -1;
}

}  // namespace ditto::server
