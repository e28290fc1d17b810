#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ditto::server {

/// The keys that open the service. The file holds a line for each: a name, and the SHA-256 of the
/// key in hex; lines that begin with '#' say nothing. A key is 256 random bits, so that its hash
/// needs no salt and no slowness.
class ApiKeys {
  public:
    /// Throws Error{option_value} where the file cannot be read or a line is neither.
    explicit ApiKeys(std::filesystem::path file);

    /// The name of the key, nothing where it is none. Takes as long for every text. Reads the file
    /// again where it has changed; one that has become unreadable leaves the keys as they were.
    std::optional<std::string> name_of(std::string_view key);

    /// Makes a key, appends its hash to the file (created for its owner alone) and returns it: the
    /// only time that it can be read. `name`: letters, digits, '-', '_' and '.', at most 64.
    /// Throws Error{option_value} for another name or one that the file has,
    /// Error{folder_unwritable}.
    static std::string add(const std::filesystem::path& file, const std::string& name);

  private:
    struct Key {
        std::string name;
        std::string hash;
    };
    static std::vector<Key> read(const std::filesystem::path& file);
    void read_again_if_changed();

    const std::filesystem::path file_;
    std::mutex mutex_;
    std::filesystem::file_time_type changed_;
    std::vector<Key> keys_;
};

/// The signed-in browsers: what a cookie says instead of a key. They last until the program ends
/// or `lifetime` has passed; signing in with a key that is taken away later ends at once.
class Sessions {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::hours lifetime{24 * 7};
    static constexpr std::size_t most = 10'000;

    /// A new cookie value for who holds `key`. The oldest session goes where there are too many.
    std::string open(std::string_view key, Clock::time_point now = Clock::now());
    /// The key that belongs to it.
    std::optional<std::string> key_of(std::string_view token, Clock::time_point now = Clock::now());
    void close(std::string_view token);

  private:
    struct Session {
        std::string key;
        Clock::time_point end;
    };
    std::mutex mutex_;
    /// By the hash of the token: how far a comparison gets tells nothing about it.
    std::map<std::string, Session> sessions_;
};

/// Slows down who guesses keys: after `most` wrong ones within a minute an address has to wait.
class FailureLimit {
  public:
    using Clock = std::chrono::steady_clock;
    static constexpr int most = 10;
    static constexpr std::chrono::seconds window{60};
    static constexpr std::size_t most_addresses = 10'000;

    bool blocked(const std::string& address, Clock::time_point now = Clock::now());
    void failed(const std::string& address, Clock::time_point now = Clock::now());

  private:
    struct Count {
        int failures = 0;
        Clock::time_point since;
    };
    std::mutex mutex_;
    std::map<std::string, Count> counts_;
};

/// 64 hex digits from the system's generator.
std::string random_token();
/// In a time that depends on the lengths only.
bool equal_in_constant_time(std::string_view left, std::string_view right);
/// The value of a cookie in a Cookie header; nothing where it is missing or there twice.
std::optional<std::string> cookie_value(std::string_view header, std::string_view name);

}  // namespace ditto::server
