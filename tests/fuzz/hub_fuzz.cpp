// Any bytes as a server's headers, as the manifest, and as the records that a download leaves in
// its folder: taken or refused, and whatever is taken makes sense.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

#include "base/error.h"
#include "checkpoints/manifest.h"
#include "hub/http_head.h"
#include "hub/part_file.h"
#include "hub/store.h"

namespace {

using namespace ditto;

void read_headers(std::string_view text) {
    hub::HttpHead head;
    while (!text.empty()) {
        const auto end = text.find('\n');
        head.add_line(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
    }
    if (head.content_length && *head.content_length < 0) std::abort();
    const auto& range = head.content_range;
    if (range && (range->first < 0 || range->last < range->first)) std::abort();
    hub::parse_retry_after(head.retry_after, std::chrono::system_clock::now());
    const std::string next = hub::resolve_url("https://a.example/x/y", head.location);
    if (hub::origin_of(next).starts_with("file")) std::abort();
}

void read_manifest(std::string_view text) {
    try {
        const auto manifest = checkpoints::Manifest::parse(text);
        for (const auto& file : manifest.files()) {
            if (file.name.find("..") == 0 || file.name.starts_with('/')) std::abort();
        }
    } catch (const Error&) {
        return;  // refused
    }
}

void read_records(std::string_view text) {
    static const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("hub_fuzz_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "a.part", std::ios::binary) << "0123456789";
    std::ofstream(folder / "a.part.json", std::ios::binary) << text;
    std::ofstream(folder / hub::lock_file_name, std::ios::binary) << text;
    hub::LockFile::load(folder);
    if (const auto state = hub::PartFile(folder / "a").load()) {
        if (state->done() < 0 || state->done() > 10 || state->contiguous() > state->bytes) {
            std::abort();
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            read_headers(text);
            break;
        case 1:
            read_manifest(text);
            break;
        default:
            read_records(text);
    }
    return 0;
}
