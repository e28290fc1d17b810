#include "checkpoints/zip_reader.h"

#include <array>
#include <stdexcept>

namespace ditto::checkpoints {
namespace {

constexpr std::uint32_t end_signature = 0x06054b50;
constexpr std::uint32_t end64_signature = 0x06064b50;
constexpr std::uint32_t end64_locator_signature = 0x07064b50;
constexpr std::uint32_t directory_signature = 0x02014b50;
constexpr std::uint32_t local_signature = 0x04034b50;
constexpr std::size_t end_size = 22;
constexpr std::size_t end64_locator_size = 20;
constexpr std::size_t end64_size = 56;
constexpr std::size_t directory_entry_size = 46;
constexpr std::size_t local_header_size = 30;
constexpr std::size_t longest_comment = 0xFFFF;
constexpr std::uint64_t most_entries = 100'000;
constexpr std::uint32_t in_extra_field = 0xFFFFFFFF;

[[noreturn]] void damaged(const std::string& what) {
    throw std::runtime_error("the archive " + what);
}

/// The little-endian number at `offset`, which the caller has checked.
std::uint64_t number(std::string_view bytes, std::size_t offset, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[offset + i]);
    return value;
}

std::size_t find_end(std::string_view archive) {
    if (archive.size() < end_size) damaged("is too short");
    const std::size_t last = archive.size() - end_size;
    const std::size_t first = last > longest_comment ? last - longest_comment : 0;
    for (std::size_t at = last + 1; at-- > first;) {
        if (number(archive, at, 4) == end_signature) return at;
    }
    damaged("has no end record; it may be cut off");
}

/// Zip64's extra field holds, in order, those of size, stored size and offset that did not fit.
void read_zip64_extra(std::string_view extra, std::uint64_t& size, std::uint64_t& stored,
                      std::uint64_t& offset) {
    while (extra.size() >= 4) {
        const auto id = number(extra, 0, 2);
        const auto length = static_cast<std::size_t>(number(extra, 2, 2));
        if (length > extra.size() - 4) damaged("has a damaged directory");
        std::string_view field = extra.substr(4, length);
        extra.remove_prefix(4 + length);
        if (id != 1) continue;
        for (std::uint64_t* value : {&size, &stored, &offset}) {
            if (*value != in_extra_field) continue;
            if (field.size() < 8) damaged("has a damaged directory");
            *value = number(field, 0, 8);
            field.remove_prefix(8);
        }
    }
}

constexpr std::array<std::array<std::uint32_t, 256>, 8> crc_tables() {
    std::array<std::array<std::uint32_t, 256>, 8> tables{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? value >> 1 ^ 0xEDB88320 : value >> 1;
        tables[0][i] = value;
    }
    for (std::size_t k = 1; k < 8; ++k) {
        for (std::size_t i = 0; i < 256; ++i)
            tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xFF];
    }
    return tables;
}

}  // namespace

/// Eight bytes at a time (Kounavis and Berry, "Novel Table Lookup-Based Algorithms for
/// High-Performance CRC Generation", 2008).
std::uint32_t crc32(std::string_view bytes) {
    static constexpr auto tables = crc_tables();
    std::uint32_t crc = 0xFFFFFFFF;
    while (bytes.size() >= 8) {
        const std::uint64_t block = number(bytes, 0, 8) ^ crc;
        crc = 0;
        for (std::size_t i = 0; i < 8; ++i)
            crc ^= tables[7 - i][block >> (8 * i) & 0xFF];
        bytes.remove_prefix(8);
    }
    for (const char byte : bytes)
        crc = crc >> 8 ^ tables[0][(crc ^ static_cast<unsigned char>(byte)) & 0xFF];
    return ~crc;
}

ZipReader::ZipReader(std::string_view archive) : archive_(archive) {
    const std::size_t end = find_end(archive);
    std::uint64_t count = number(archive, end + 10, 2);
    std::uint64_t size = number(archive, end + 12, 4);
    std::uint64_t offset = number(archive, end + 16, 4);
    const bool has_locator = end >= end64_locator_size && number(archive, end - end64_locator_size,
                                                                 4) == end64_locator_signature;
    if (has_locator) {
        const std::uint64_t at = number(archive, end - end64_locator_size + 8, 8);
        const std::string_view end64 = slice(at, end64_size);
        if (number(end64, 0, 4) != end64_signature) damaged("has a damaged end record");
        count = number(end64, 32, 8);
        size = number(end64, 40, 8);
        offset = number(end64, 48, 8);
    }
    read_directory(offset, size, count);
}

std::string_view ZipReader::slice(std::uint64_t offset, std::uint64_t size) const {
    if (offset > archive_.size() || size > archive_.size() - offset) damaged("is cut off");
    return archive_.substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

void ZipReader::read_directory(std::uint64_t offset, std::uint64_t size, std::uint64_t count) {
    if (count > most_entries) damaged("has too many entries");
    std::string_view rest = slice(offset, size);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (rest.size() < directory_entry_size || number(rest, 0, 4) != directory_signature) {
            damaged("has a damaged directory");
        }
        Entry entry;
        const auto flags = number(rest, 8, 2);
        entry.plain = number(rest, 10, 2) == 0 && (flags & 1) == 0;
        entry.crc = static_cast<std::uint32_t>(number(rest, 16, 4));
        std::uint64_t stored = number(rest, 20, 4);
        entry.size = number(rest, 24, 4);
        entry.offset = number(rest, 42, 4);
        const auto name_size = static_cast<std::size_t>(number(rest, 28, 2));
        const auto extra_size = static_cast<std::size_t>(number(rest, 30, 2));
        const auto comment_size = static_cast<std::size_t>(number(rest, 32, 2));
        rest.remove_prefix(directory_entry_size);
        if (name_size + extra_size + comment_size > rest.size()) {
            damaged("has a damaged directory");
        }
        read_zip64_extra(rest.substr(name_size, extra_size), entry.size, stored, entry.offset);
        entry.plain = entry.plain && stored == entry.size;
        const bool added = entries_.emplace(rest.substr(0, name_size), entry).second;
        if (!added) damaged("has two entries of one name");
        rest.remove_prefix(name_size + extra_size + comment_size);
    }
}

std::string ZipReader::name_ending_with(std::string_view end) const {
    std::string found;
    for (const auto& [name, entry] : entries_) {
        if (!name.ends_with(end)) continue;
        if (!found.empty()) damaged("has two entries that end in " + std::string(end));
        found = name;
    }
    return found;
}

std::string_view ZipReader::read(std::string_view name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) damaged("has no entry " + std::string(name));
    const Entry& entry = found->second;
    if (!entry.plain) damaged("has a compressed or encrypted entry");
    const std::string_view header = slice(entry.offset, local_header_size);
    if (number(header, 0, 4) != local_signature) damaged("has a damaged entry");
    // The extra field here, PyTorch's padding, is another than the directory's.
    const std::uint64_t before = local_header_size + number(header, 26, 2) + number(header, 28, 2);
    const std::string_view bytes = slice(entry.offset + before, entry.size);
    if (crc32(bytes) != entry.crc) damaged("has a damaged entry " + std::string(name));
    return bytes;
}

}  // namespace ditto::checkpoints
