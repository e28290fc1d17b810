#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/emotion.h"
#include "server/api_keys.h"
#include "server/client_origin.h"
#include "server/data_folder.h"
#include "server/generate_body.h"
#include "server/head_check.h"
#include "server/multipart.h"
#include "server/static_files.h"
#include "server/webhooks.h"

// Everything of the service that reads a client's bytes; the first byte says which reader.
namespace {

using namespace ditto::server;

/// Counts what comes, so that the bytes are looked at.
class Counter final : public MultipartReader::Sink {
  public:
    void part(const std::string& field, const std::string& file_name) override {
        bytes_ += field.size() + file_name.size();
    }
    void data(std::string_view bytes) override { bytes_ += bytes.size(); }
    std::size_t bytes() const { return bytes_; }

  private:
    std::size_t bytes_ = 0;
};

void check(bool condition) {
    if (!condition) __builtin_trap();
}

void multipart(std::string_view text) {
    Counter whole;
    MultipartReader reader("xYz", whole);
    const bool good = reader.push(text);
    // The same in pieces gives the same.
    Counter parts;
    MultipartReader piecewise("xYz", parts);
    bool still_good = true;
    for (std::size_t at = 0; at < text.size() && still_good; at += 7)
        still_good = piecewise.push(text.substr(at, 7));
    check(good == still_good);
    if (good) check(whole.bytes() == parts.bytes() && reader.complete() == piecewise.complete());
}

void head(std::string_view text) {
    const HeadState state = check_head(text);
    check(state.size <= text.size() && state.size <= max_head_bytes);
}

void target(std::string_view text) {
    const auto parsed = parse_target(text);
    if (!parsed) return;
    check(parsed->path.starts_with('/') && valid_utf8(parsed->path));
    check(parsed->path.find("/../") == std::string::npos && !parsed->path.ends_with("/.."));
}

void range(std::string_view text) {
    constexpr std::int64_t size = 1000;
    const ByteRange found = parse_range(text, size);
    if (found.outcome != ByteRange::Outcome::satisfiable) return;
    check(found.first >= 0 && found.first <= found.last && found.last < size);
}

std::optional<ditto::EmotionTimeline> timeline(std::string_view text) {
    try {
        return ditto::EmotionTimeline::parse(text);
    } catch (const ditto::Error& error) {
        check(error.code() == ditto::ErrorCode::option_value);
        return std::nullopt;
    }
}

void emotion(std::string_view text) {
    const auto read = timeline(text);
    if (!read) return;
    // What is stored can be read again and means the same.
    const auto again = timeline(read->text());
    check(again && *again == *read && again->text() == read->text());
    check(read->sections().front().start_s == 0);
}

void header_values(std::string_view text) {
    cookie_value(text, "ditto_session");
    accepts_coding(text, "br");
    normalized_origin(text);
    host_name(text);
    header_parameter(text, "name");
    MultipartReader::boundary_of(text);
    Webhooks::is_url(text);
    preferred_language(text);
    Request request;
    request.headers["x-forwarded-for"] = text;
    request.headers["x-forwarded-proto"] = text;
    read_forwarded(request);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 7) {
        case 0:
            multipart(text);
            break;
        case 1:
            head(text);
            break;
        case 2:
            target(text);
            break;
        case 3:
            range(text);
            break;
        case 4: {
            ditto::server::BodyReader reader(text, ditto::Language::english);
            read_generate_body(reader);
        } break;
        case 5:
            emotion(text);
            break;
        default:
            header_values(text);
            break;
    }
    return 0;
}
