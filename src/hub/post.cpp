#include "hub/post.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "hub/curl_functions.h"

namespace ditto::hub {
namespace {

constexpr std::size_t longest_answer = 64 * 1024;

struct Net {
    std::uint32_t address;
    unsigned bits;
};
constexpr std::array<Net, 15> nearby{{
    {0x00000000, 8},
    {0x0a000000, 8},
    {0x64400000, 10},
    {0x7f000000, 8},
    {0xa9fe0000, 16},
    {0xac100000, 12},
    {0xc0000000, 24},
    {0xc0000200, 24},
    {0xc0586300, 24},
    {0xc0a80000, 16},
    {0xc6120000, 15},
    {0xc6336400, 24},
    {0xcb007100, 24},
    {0xe0000000, 4},
    {0xf0000000, 4},
}};

bool is_public(std::uint32_t address) {
    for (const Net& net : nearby) {
        if (((address ^ net.address) >> (32 - net.bits)) == 0) return false;
    }
    return true;
}

bool is_public(const std::array<std::uint8_t, 16>& bytes) {
    const auto word = [&](std::size_t at) {
        return std::uint32_t{bytes[at]} << 24 | std::uint32_t{bytes[at + 1]} << 16 |
               std::uint32_t{bytes[at + 2]} << 8 | std::uint32_t{bytes[at + 3]};
    };
    const std::uint32_t first = word(0);
    // IPv4 inside IPv6: mapped, NAT64, 6to4.
    if (first == 0 && word(4) == 0 && word(8) == 0xffff) return is_public(word(12));
    if (first == 0x0064ff9b && word(4) == 0 && word(8) == 0) return is_public(word(12));
    if (first >> 16 == 0x2002) return is_public(word(2));
    // Teredo and the documentation's; what is left of 2000::/3 is the internet.
    if (first == 0x20010000 || first == 0x20010db8) return false;
    return bytes[0] >> 5 == 1;
}

struct Call {
    const PostRequest& request;
    const std::stop_token& stop;
    std::size_t received = 0;
    bool refused = false;

    static curl_socket_t open(void* self, curlsocktype, curl_sockaddr* address) {
        Call& call = *static_cast<Call*>(self);
        if (!call.request.allow_private && !is_public_address(address->addr)) {
            call.refused = true;
            return CURL_SOCKET_BAD;
        }
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
    static std::size_t drop(char*, std::size_t size, std::size_t count, void* self) {
        Call& call = *static_cast<Call*>(self);
        call.received += size * count;
        return call.received <= longest_answer ? size * count : 0;
    }
    static int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<Call*>(self)->stop.stop_requested() ? 1 : 0;
    }
};

void prepare(CURL* easy, const PostRequest& request, Call& call, curl_slist* headers) {
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, static_cast<long>(request.limit.count()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, static_cast<long>(request.limit.count()));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, Call::open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, Call::drop);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &call);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, Call::go_on);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &call);
    if (!request.allow_private) curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

}  // namespace

bool is_public_address(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, &address, sizeof four);
        return is_public(ntohl(four.sin_addr.s_addr));
    }
    if (address.sa_family != AF_INET6) return false;
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
    return is_public(bytes);
}

PostOutcome post(const PostRequest& request, const std::stop_token& stop) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    const EasyPtr easy(curl_easy_init());
    if (!easy) throw Error(ErrorCode::memory);
    HeaderList headers;
    for (const std::string& header : request.headers) {
        curl_slist* longer = curl_slist_append(headers.get(), header.c_str());
        if (longer == nullptr) throw Error(ErrorCode::memory);
        static_cast<void>(headers.release());
        headers.reset(longer);
    }
    Call call{request, stop};
    prepare(easy.get(), request, call, headers.get());
    const CURLcode code = curl_easy_perform(easy.get());
    PostOutcome outcome;
    if (call.refused) {
        outcome.problem = "the address is private";
    } else if (code != CURLE_OK) {
        outcome.problem = curl_easy_strerror(code);
    } else {
        long status = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
        outcome.status = static_cast<int>(status);
    }
    return outcome;
}

}  // namespace ditto::hub
