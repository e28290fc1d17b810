#include "server/replies.h"

#include <charconv>
#include <fstream>
#include <system_error>

#include "base/error.h"
#include "server/body_reader.h"
#include "server/multipart.h"

namespace ditto::server {
namespace {

std::filesystem::path note_of(std::filesystem::path upload) {
    return upload.replace_extension(".json");
}

}  // namespace

std::string json_text(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Response json_response(std::string body, int status) {
    return {status,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            std::move(body)};
}

Response json_response(const Json& json, int status) {
    return json_response(json_text(json), status);
}

Json notices_json(const std::vector<Notice>& notices, Language language) {
    Json sentences = Json::array();
    for (const Notice& notice : notices)
        sentences.push_back(user_message(notice, language));
    return sentences;
}

Response refusal(int status, Sentence sentence, const Request& request,
                 const MessageValues& values) {
    return json_response(detail_json(say(sentence, request.language(), values)), status);
}

Response refusal(int status, const OperatorText& text, const Request& request) {
    return json_response(detail_json(text.in(request.language())), status);
}

Response method_refused(const Request& request, const std::string& allowed) {
    Response response = refusal(405, Sentence::method_not_allowed, request,
                                {{"method", request.method}, {"allowed", allowed}});
    response.headers.emplace_back("Allow", allowed);
    return response;
}

Response field_missing(const std::string& field, const Request& request) {
    const std::string message = say(Sentence::field_missing, request.language());
    return json_response(field_errors_json({{field, message, "missing"}}), 422);
}

Upload& uploaded_file(const Request& request) {
    Upload& upload = *request.upload;
    if (!upload.complete()) throw Refusal{refusal(400, Sentence::multipart_malformed, request)};
    if (!upload.has_file()) throw Refusal{field_missing("file", request)};
    return upload;
}

int query_number(const Request& request, const std::string& name, int least, int most,
                 int otherwise) {
    const std::string text = query_text(request, name);
    if (text.empty()) return otherwise;
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= least &&
        value <= most) {
        return value;
    }
    const std::string range = std::to_string(least) + " - " + std::to_string(most);
    const std::string message =
        say(Sentence::value_range, request.language(), {{"expected", range}});
    throw Refusal{json_response(field_errors_json({{name, message, "value_error", "query"}}), 422)};
}

std::string query_text(const Request& request, const std::string& name) {
    const auto found = request.query.find(name);
    return found == request.query.end() ? std::string() : found->second;
}

Json read_note(const std::filesystem::path& upload) {
    std::ifstream file(note_of(upload));
    if (!file) return Json::object();
    Json note = Json::parse(file, nullptr, false);
    return note.is_object() ? note : Json::object();
}

void write_note(const std::filesystem::path& upload, const Json& note) {
    const std::filesystem::path path = note_of(upload);
    std::ofstream file(path);
    if (!file) throw Error(ErrorCode::folder_unwritable, {{"path", path.filename().string()}});
    file << json_text(note);
    if (!file.flush()) throw Error(ErrorCode::disk_full, {{"path", path.filename().string()}});
}

void remove_upload(const std::filesystem::path& upload) {
    std::error_code ignored;
    std::filesystem::remove(note_of(upload), ignored);
    std::filesystem::remove(upload, ignored);
}

}  // namespace ditto::server
