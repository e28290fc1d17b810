#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "cpu/packer.h"

namespace ditto::cpu {

/// A file's bytes, read where they are looked at, and shared by all processes that do.
class MappedFile {
  public:
    /// Throws Error{model_missing}, Error{model_corrupt} where it is larger than `limit` bytes or
    /// cannot be read.
    MappedFile(const std::filesystem::path& path, std::uint64_t limit);

    std::string_view bytes() const { return {memory_.get(), size_}; }
    /// Keeps the bytes.
    const std::shared_ptr<const char[]>& memory() const { return memory_; }
    /// When it was written, in nanoseconds of the file system's clock.
    std::int64_t written() const { return written_; }

  private:
    std::shared_ptr<const char[]> memory_;
    std::size_t size_ = 0;
    std::int64_t written_ = 0;
};

/// Packed weights of one network on disk. What is there is trusted for as much as its checksum and
/// its count of floats say: another network's, version's or byte order's file, a damaged or a cut
/// one is none. Nothing here throws: without such a file the weights are packed in memory.
class PackedFile {
  public:
    /// In `folder` (empty: nothing is kept), for the network of this name in `model`, the file
    /// `source`. Every path of a source has one file.
    PackedFile(const std::filesystem::path& folder, std::string_view network,
               const std::filesystem::path& source, const MappedFile& model);

    struct Kept {
        Packed weights;
        std::size_t count;
    };
    /// What was saved for this source.
    std::optional<Kept> open(Pool& pool) const;
    /// Writes a file beside and renames it. Keeps the `most_kept` files of this network that were
    /// used last.
    void save(const Packer& packer) const;

    static constexpr std::size_t most_kept = 4;

  private:
    void write(const Packer& packer, const std::filesystem::path& part) const;

    std::filesystem::path folder_;
    std::string network_;
    std::filesystem::path path_;
    std::uint64_t key_ = 0;
};

}  // namespace ditto::cpu
