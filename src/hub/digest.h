#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace ditto::hub {

/// A checksum that is fed piece by piece.
class Digest {
  public:
    /// SHA-256, as large files are named by.
    static Digest sha256();
    /// Git's name of a small file: SHA-1 over "blob SIZE\0" and the bytes.
    static Digest git_blob(std::int64_t bytes);

    ~Digest();
    Digest(Digest&&) noexcept;
    Digest& operator=(Digest&&) noexcept;

    void update(std::span<const std::byte> bytes);
    /// Lower-case hex. Ends the digest.
    std::string hex();

  private:
    struct State;
    explicit Digest(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// SHA-256 of a whole file. Throws Error{model_missing} where it cannot be read,
/// Error{cancelled}.
std::string sha256_of(const std::filesystem::path& file, std::stop_token stop = {});

/// HMAC-SHA256 (RFC 2104) in lower-case hex.
std::string hmac_sha256(std::string_view key, std::string_view text);

}  // namespace ditto::hub
