#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/http.h"
#include "server/operator_text.h"
#include "server/sentences.h"

// What the groups of routes have in common; inside the room only.
namespace ditto::server {

using Json = nlohmann::ordered_json;

/// One address of the interface.
struct Route {
    std::string_view method;
    /// "{id}" stands for a UUID, "{number}" for any word.
    std::string_view path;
    /// May throw Refusal and Error. `id`: what stands at {id}.
    std::function<Response(const Request& request, const std::string& id)> handle;
    std::int64_t max_body_bytes = 0;
    /// The body is a form with one file, which goes to disk.
    bool multipart = false;
};

inline constexpr std::int64_t megabyte = 1'000'000;
inline constexpr std::int64_t max_json_body = 64 * 1024;

/// Invalid UTF-8 is replaced, never an error.
std::string json_text(const Json& json);
Response json_response(std::string body, int status = 200);
Response json_response(const Json& json, int status = 200);
/// A sentence for each.
Json notices_json(const std::vector<Notice>& notices, Language language);
/// {"detail": sentence}
Response refusal(int status, Sentence sentence, const Request& request,
                 const MessageValues& values = {});
Response refusal(int status, const OperatorText& text, const Request& request);
/// 405; `allowed` such as "GET, HEAD, DELETE".
Response method_refused(const Request& request, const std::string& allowed);
/// 422 for a field that is not there.
Response field_missing(const std::string& field, const Request& request);

/// The uploaded file of a multipart request. Throws Refusal: 400, 422.
Upload& uploaded_file(const Request& request);

/// A whole number from the query. Throws Refusal 422 where it is none or out of range.
int query_number(const Request& request, const std::string& name, int least, int most,
                 int otherwise);
/// "" where it is missing.
std::string query_text(const Request& request, const std::string& name);

/// A small JSON file beside an upload: what was learnt when it arrived. An
/// empty object where there is none.
Json read_note(const std::filesystem::path& upload);
/// Throws Error{disk_full | folder_unwritable}.
void write_note(const std::filesystem::path& upload, const Json& note);
/// Removes an upload and its note.
void remove_upload(const std::filesystem::path& upload);

}  // namespace ditto::server
