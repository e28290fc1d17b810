#include "hub/digest.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <unistd.h>

#include "base/error.h"
#include "hub/file_handle.h"

namespace ditto::hub {
namespace {

std::string hex_of(std::span<const unsigned char> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result;
    for (const unsigned byte : bytes) {
        result += digits[byte >> 4U];
        result += digits[byte & 15U];
    }
    return result;
}

}  // namespace

struct Digest::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    explicit State(const EVP_MD* kind) {
        if (context == nullptr || EVP_DigestInit_ex(context, kind, nullptr) != 1) {
            throw Error(ErrorCode::internal, {}, "OpenSSL offers no such digest");
        }
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { EVP_MD_CTX_free(context); }
};

Digest::Digest(std::unique_ptr<State> state) : state_(std::move(state)) {}
Digest::~Digest() = default;
Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;

Digest Digest::sha256() {
    return Digest(std::make_unique<State>(EVP_sha256()));
}

Digest Digest::git_blob(std::int64_t bytes) {
    Digest digest(std::make_unique<State>(EVP_sha1()));
    const std::string head = "blob " + std::to_string(bytes);
    digest.update(std::as_bytes(std::span(head.c_str(), head.size() + 1)));
    return digest;
}

void Digest::update(std::span<const std::byte> bytes) {
    if (EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) != 1) {
        throw Error(ErrorCode::internal, {}, "OpenSSL could not go on with a digest");
    }
}

std::string Digest::hex() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    if (EVP_DigestFinal_ex(state_->context, raw.data(), &size) != 1) {
        throw Error(ErrorCode::internal, {}, "OpenSSL could not finish a digest");
    }
    return hex_of(std::span(raw).first(size));
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
    unsigned int size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), raw.data(),
             &size) == nullptr) {
        throw Error(ErrorCode::internal, {}, "OpenSSL could not make an HMAC");
    }
    return hex_of(std::span(raw).first(size));
}

std::string sha256_of(const std::filesystem::path& file, std::stop_token stop) {
    const FileHandle handle(file, O_RDONLY);
    posix_fadvise(handle.descriptor(), 0, 0, POSIX_FADV_SEQUENTIAL);
    Digest digest = Digest::sha256();
    std::vector<std::byte> block(std::size_t{1} << 20);
    std::int64_t at = 0;
    while (const std::size_t got = handle.read_at(at, block)) {
        if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        digest.update(std::span(block).first(got));
        at += static_cast<std::int64_t>(got);
    }
    return digest.hex();
}

}  // namespace ditto::hub
