#include "programs/confinement.h"

#include <cstdint>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ditto::programs {
namespace {

// Of later versions than the headers that the product is built with (Documentation/
// userspace-api/landlock.rst).
constexpr std::uint64_t refer = std::uint64_t{1} << 13;     // version 2
constexpr std::uint64_t truncate = std::uint64_t{1} << 14;  // version 3

constexpr std::uint64_t read_rights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/// What a rule may grant on something that is no folder.
constexpr std::uint64_t file_rights = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                      LANDLOCK_ACCESS_FS_READ_FILE | truncate;

std::uint64_t all_rights(int version) {
    std::uint64_t rights = (std::uint64_t{1} << 13) - 1;
    if (version >= 2) rights |= refer;
    if (version >= 3) rights |= truncate;
    return rights;
}

/// Grants rights below a path; a path that is not there needs none.
void allow(int rules, const std::filesystem::path& path, std::uint64_t rights) {
    const int at = open(path.c_str(), O_PATH | O_CLOEXEC);
    struct stat info {};
    if (at < 0) return;
    if (fstat(at, &info) == 0) {
        if (!S_ISDIR(info.st_mode)) rights &= file_rights;
        const landlock_path_beneath_attr rule{rights, at};
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    }
    close(at);
}

}  // namespace

int Confinement::version() {
    const auto version =
        syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version > 0 ? static_cast<int>(version) : 0;
}

Confinement::Confinement(const std::filesystem::path& whole,
                         const std::vector<std::filesystem::path>& readable,
                         const std::filesystem::path& sockets) {
    const int known = version();
    if (known == 0) return;
    const std::uint64_t rights = all_rights(known);
    landlock_ruleset_attr handled{};
    handled.handled_access_fs = rights;
    const int made = static_cast<int>(
        syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
    // The child puts its own files in the first places.
    rules_ = fcntl(made, F_DUPFD_CLOEXEC, 4);
    close(made);
    if (rules_ < 0) return;
    allow(rules_, whole, rights);
    for (const auto& path : readable)
        allow(rules_, path, read_rights);
    if (!sockets.empty()) {
        allow(rules_, sockets, LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE);
    }
    for (const char* device : {"/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"})
        allow(rules_, device, rights);
}

Confinement::~Confinement() {
    if (rules_ >= 0) close(rules_);
}

bool Confinement::enter() const {
    return rules_ >= 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           syscall(SYS_landlock_restrict_self, rules_, 0) == 0;
}

std::vector<std::filesystem::path> system_folders() {
    return {"/usr",
            "/bin",
            "/sbin",
            "/lib",
            "/lib32",
            "/lib64",
            "/opt",
            "/proc",
            "/sys",
            "/nix/store",
            "/etc/alternatives",
            "/etc/fonts",
            "/etc/group",
            "/etc/ld.so.cache",
            "/etc/libreoffice",
            "/etc/localtime",
            "/etc/nsswitch.conf",
            "/etc/papersize",
            "/etc/passwd",
            "/var/cache/fontconfig",
            "/var/lib/libreoffice",
            "/var/spool/libreoffice"};
}

}  // namespace ditto::programs
