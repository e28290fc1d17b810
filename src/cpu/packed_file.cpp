#include "cpu/packed_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cache_folder.h"
#include "base/error.h"

namespace ditto::cpu {
namespace {

/// To be changed with the order of packed weights.
constexpr std::uint64_t format_version = 1;
constexpr std::uint64_t largest_file = 1ULL << 32U;

/// At a file's beginning, as this processor stores it; 64 bytes, then the floats.
struct Header {
    std::array<char, 8> magic{'D', 'i', 't', 't', 'o', 'C', 'P', 'U'};
    std::uint64_t version = format_version;
    std::uint64_t key = 0;    // of the source
    std::uint64_t count = 0;  // floats
    std::uint64_t checksum = 0;
    std::array<std::uint64_t, 3> unused{};

    bool operator==(const Header&) const = default;
};
static_assert(sizeof(Header) == 64);

/// Each of 8 words in its own lane, so that they are multiplied at once. Every step can be undone:
/// a changed word always changes the result.
std::uint64_t checksum(std::span<const char> bytes) {
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15;
    std::array<std::uint64_t, 8> lanes{1, 2, 3, 4, 5, 6, 7, 8};
    std::array<std::uint64_t, 8> words{};
    for (std::size_t at = 0; at < bytes.size(); at += sizeof words) {
        if (bytes.size() - at < sizeof words) words = {};
        std::memcpy(words.data(), bytes.data() + at, std::min(sizeof words, bytes.size() - at));
        for (std::size_t i = 0; i < lanes.size(); ++i)
            lanes[i] = (lanes[i] ^ words[i]) * factor;
    }
    std::uint64_t all = bytes.size();
    for (const std::uint64_t lane : lanes)
        all = (std::rotl(all, 29) ^ lane ^ (lane >> 32U)) * factor;
    return all;
}

std::uint64_t checksum(Pool& pool, std::span<const char> bytes) {
    constexpr std::size_t piece = 4 << 20;
    std::vector<std::uint64_t> sums((bytes.size() + piece - 1) / piece);
    pool.run(static_cast<int>(sums.size()), [&](int i, int) {
        const std::size_t from = static_cast<std::size_t>(i) * piece;
        sums[static_cast<std::size_t>(i)] =
            checksum(bytes.subspan(from, std::min(piece, bytes.size() - from)));
    });
    const auto* words = reinterpret_cast<const char*>(sums.data());
    return checksum({words, sums.size() * sizeof(std::uint64_t)});
}

/// Some of a file's bytes, since to read all of them takes as long as packing.
std::uint64_t sample(std::string_view bytes) {
    constexpr std::size_t pieces = 64, piece = 4096;
    if (bytes.size() <= pieces * piece) return checksum(bytes);
    std::array<std::uint64_t, pieces> sums{};
    for (std::size_t i = 0; i < pieces; ++i)
        sums[i] = checksum(bytes.substr((bytes.size() - piece) / (pieces - 1) * i, piece));
    return checksum({reinterpret_cast<const char*>(sums.data()), sizeof sums});
}

std::string in_hex(std::uint64_t value) {
    std::string text(16, '0');
    for (std::size_t i = text.size(); i-- > 0; value >>= 4U)
        text[i] = "0123456789abcdef"[value & 15U];
    return text;
}

/// Closed at the end.
class Descriptor {
  public:
    Descriptor(const std::filesystem::path& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {}  // NOLINT
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    int number() const { return number_; }
    bool close() { return number_ >= 0 && ::close(std::exchange(number_, -1)) == 0; }

    bool write(const void* from, std::size_t bytes) const {
        const char* next = static_cast<const char*>(from);
        while (bytes > 0) {
            const ssize_t written = ::write(number_, next, bytes);
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return false;
            next += written;
            bytes -= static_cast<std::size_t>(written);
        }
        return true;
    }

  private:
    int number_;
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, std::uint64_t limit) {
    const Descriptor file(path, O_RDONLY | O_NONBLOCK);
    struct stat info {};
    const auto refuse = [&](ErrorCode code, const std::string& why) {
        throw Error(code, {{"path", path.string()}}, why);
    };
    if (file.number() < 0 && errno != EACCES) refuse(ErrorCode::model_missing, {});
    if (file.number() < 0) refuse(ErrorCode::model_corrupt, "cannot be read");
    if (fstat(file.number(), &info) != 0 || !S_ISREG(info.st_mode)) {
        refuse(ErrorCode::model_missing, {});
    }
    if (static_cast<std::uint64_t>(info.st_size) > limit) {
        refuse(ErrorCode::model_corrupt, "larger than " + std::to_string(limit) + " bytes");
    }
    size_ = static_cast<std::size_t>(info.st_size);
    written_ = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
    if (size_ == 0) return;
    void* memory = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file.number(), 0);
    if (memory == MAP_FAILED) refuse(ErrorCode::model_corrupt, "cannot be read");
    memory_ = {static_cast<const char*>(memory),
               [size = size_](const char* from) { munmap(const_cast<char*>(from), size); }};
}

PackedFile::PackedFile(const std::filesystem::path& folder, std::string_view network,
                       const std::filesystem::path& source, const MappedFile& model)
    : folder_(folder), network_(network) {
    if (folder.empty()) return;
    std::error_code ignored;
    const std::string place = std::filesystem::weakly_canonical(source, ignored).string();
    path_ = folder_ / (network_ + "-" + in_hex(checksum(place)) + ".packed");
    const std::array<std::uint64_t, 3> key{
        model.bytes().size(), static_cast<std::uint64_t>(model.written()), sample(model.bytes())};
    key_ = checksum({reinterpret_cast<const char*>(key.data()), sizeof key});
}

std::optional<PackedFile::Kept> PackedFile::open(Pool& pool) const {
    if (path_.empty()) return std::nullopt;
    try {
        const MappedFile file(path_, largest_file);
        Header header;
        const std::string_view bytes = file.bytes();
        if (bytes.size() < sizeof header) return std::nullopt;
        std::memcpy(&header, bytes.data(), sizeof header);
        const std::string_view floats = bytes.substr(sizeof header);
        const Header wanted{
            .key = key_, .count = floats.size() / sizeof(float), .checksum = header.checksum};
        if (header != wanted || floats.size() % sizeof(float) != 0 ||
            header.checksum != checksum(pool, floats)) {
            return std::nullopt;
        }
        utimensat(AT_FDCWD, path_.c_str(), nullptr, 0);  // used now
        return Kept{{file.memory(), reinterpret_cast<const float*>(floats.data())}, header.count};
    } catch (const Error&) {
        return std::nullopt;
    }
}

void PackedFile::save(const Packer& packer) const {
    if (path_.empty()) return;
    using std::filesystem::file_time_type;
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    std::filesystem::path part = path_;
    part += ".part";
    // Somebody else's; left there by one that was killed, if it is old.
    const auto begun = std::filesystem::last_write_time(part, error);
    if (!error && file_time_type::clock::now() - begun < std::chrono::minutes(10)) return;
    std::filesystem::remove(part, error);
    write(packer, part);
    remove_older_kept(path_, network_ + "-", most_kept);
}

void PackedFile::write(const Packer& packer, const std::filesystem::path& part) const {
    Descriptor file(part, O_WRONLY | O_CREAT | O_EXCL);
    if (file.number() < 0) return;
    Header header{.key = key_};
    bool good = file.write(&header, sizeof header);
    for (const Packer::Part& one : packer.made()) {
        header.count += one.count;
        good = good && file.write(one.weights.get(), one.count * sizeof(float));
    }
    std::error_code error;
    try {
        if (good) {
            const MappedFile whole(part, largest_file);
            header.checksum = checksum(packer.pool(), whole.bytes().substr(sizeof header));
            good = pwrite(file.number(), &header, sizeof header, 0) == sizeof header;
        }
    } catch (const Error&) {
        good = false;
    }
    good = file.close() && good;
    if (good) std::filesystem::rename(part, path_, error);
    if (!good || error) std::filesystem::remove(part, error);
}

}  // namespace ditto::cpu
