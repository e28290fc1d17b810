#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace ditto::checkpoints {

/// The entries of a zip archive in memory, as PyTorch writes it: stored, not compressed; zip64 or
/// not. Never reads outside the archive. PKWARE's APPNOTE.TXT, 6.3.10.
class ZipReader {
  public:
    /// `archive` must outlive the reader. Throws std::runtime_error where it is damaged.
    explicit ZipReader(std::string_view archive);

    bool has(std::string_view name) const { return entries_.find(name) != entries_.end(); }
    /// The name of the only entry that ends so, e.g. "/data.pkl"; empty where there is none.
    std::string name_ending_with(std::string_view end) const;
    /// An entry's bytes, checked against its CRC-32. Throws std::runtime_error where it is missing,
    /// compressed, encrypted or damaged.
    std::string_view read(std::string_view name) const;

  private:
    struct Entry {
        std::uint64_t size = 0;
        std::uint64_t offset = 0;  // of the local header
        std::uint32_t crc = 0;
        bool plain = true;  // neither compressed nor encrypted
    };

    void read_directory(std::uint64_t offset, std::uint64_t size, std::uint64_t count);
    std::string_view slice(std::uint64_t offset, std::uint64_t size) const;

    std::string_view archive_;
    std::map<std::string, Entry, std::less<>> entries_;
};

/// CRC-32 as in zip and PNG.
std::uint32_t crc32(std::string_view bytes);

}  // namespace ditto::checkpoints
