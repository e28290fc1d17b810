#include "server/sentences.h"

#include <array>
#include <cmath>
#include <string_view>

namespace ditto::server {
namespace {

struct Entry {
    Sentence sentence;
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array entries{
    Entry{Sentence::photo_valid, "The photo can be used", "照片驗證通過"},
    Entry{Sentence::job_queued, "Waiting ({count} before this one)",
          "等待中(前面還有 {count} 個工作)"},
    Entry{Sentence::job_next, "Waiting (the next one)", "等待中(下一個輪到此工作)"},
    Entry{Sentence::job_completed, "Avatar video generated successfully", "影片生成完成"},
    Entry{Sentence::job_interrupted, "The service stopped during this job {attempts} times.",
          "服務在此工作進行中停止了 {attempts} 次。"},
    Entry{Sentence::not_found, "There is nothing at this address.", "找不到此網址。"},
    Entry{Sentence::id_unknown, "There is nothing with this id; use one that the service gave.",
          "找不到此 id,請使用服務回傳的 id。"},
    Entry{Sentence::method_not_allowed, "This address takes {allowed}, not {method}.",
          "此網址只接受 {allowed},不接受 {method}。"},
    Entry{Sentence::request_malformed, "The request is malformed.", "請求格式錯誤。"},
    Entry{Sentence::body_too_large, "The request is larger than this address takes.",
          "請求內容超過此網址的大小上限。"},
    Entry{Sentence::body_over_limit, "The request is larger than this address takes ({limit}).",
          "請求內容超過此網址的大小上限({limit})。"},
    Entry{Sentence::multipart_malformed, "The form data is malformed or incomplete.",
          "表單資料格式錯誤或不完整。"},
    Entry{Sentence::photo_unknown, "There is no photo with this photo_id.",
          "找不到此 photo_id 的照片。"},
    Entry{Sentence::photo_in_use, "A job that waits or runs needs this photo; cancel it first.",
          "有等待中或進行中的工作使用此照片,請先取消該工作。"},
    Entry{Sentence::audio_unknown, "There is no voice recording at this audio_path: {path}",
          "找不到此 audio_path 的語音檔:{path}"},
    Entry{Sentence::audio_path_refused,
          "audio_path must lie in outputs/ or uploads/, for example ./outputs/audio/slide_1.wav.",
          "audio_path 必須位於 outputs/ 或 uploads/ 之內,例如 ./outputs/audio/slide_1.wav。"},
    Entry{Sentence::job_unknown, "There is no such job.", "找不到此工作。"},
    Entry{Sentence::deck_unknown, "There is no presentation with this deck_id.",
          "找不到此 deck_id 的簡報。"},
    Entry{Sentence::slide_unknown, "This job has no such slide.", "此工作沒有這張投影片。"},
    Entry{Sentence::slide_not_failed, "Only a slide that failed can be made again.",
          "只有製作失敗的投影片可以重新製作。"},
    Entry{Sentence::no_preview, "This job has no picture yet.", "此工作尚無預覽畫面。"},
    Entry{Sentence::queue_full, "Too many jobs are waiting; try again later.",
          "等待中的工作過多,請稍後再試。"},
    Entry{Sentence::key_taken, "This Idempotency-Key was used for another request.",
          "此 Idempotency-Key 已用於另一個請求。"},
    Entry{Sentence::range_refused, "The file does not have this range.", "檔案沒有這個範圍。"},
    Entry{Sentence::stopping, "The service is stopping.", "服務正在停止。"},
    Entry{Sentence::field_missing, "Field required", "缺少必要欄位"},
    Entry{Sentence::json_invalid, "The body is not valid JSON", "內容不是有效的 JSON"},
    Entry{Sentence::json_no_object, "The body should be an object", "內容應為 JSON 物件"},
    Entry{Sentence::value_string, "Input should be a string", "應為字串"},
    Entry{Sentence::value_list, "Input should be a list of {expected} entries",
          "應為 {expected} 個項目的清單"},
    Entry{Sentence::value_number, "Input should be a number", "應為數字"},
    Entry{Sentence::value_integer, "Input should be an integer", "應為整數"},
    Entry{Sentence::value_range, "Input should be in the range {expected}",
          "數值應介於 {expected}"},
    Entry{Sentence::value_choice, "Input should be one of {expected}", "應為 {expected} 其中之一"},
    Entry{Sentence::value_url, "Input should be an address that begins with http:// or https://",
          "應為以 http:// 或 https:// 開頭的網址"},
    Entry{Sentence::key_too_long, "Idempotency-Key may have at most 255 characters.",
          "Idempotency-Key 最多 255 個字元。"},
    Entry{Sentence::key_unreadable,
          "Idempotency-Key must consist of visible ASCII characters, and may not be empty.",
          "Idempotency-Key 須由可見的 ASCII 字元組成,且不可為空。"},
    Entry{Sentence::busy_with, "{title}: {message}", "{title}:{message}"},
    Entry{Sentence::busy_with_more, "{title}: {message}, and {count} more",
          "{title}:{message},另有 {count} 個工作進行中"},
    Entry{Sentence::time_passed, "{passed} {unit}", "{passed} {unit}"},
    Entry{Sentence::time_of_whole, "{passed}/{whole} {unit}", "{passed}/{whole} {unit}"},
};

static_assert([] {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].sentence) != i) return false;
    }
    return entries.size() == static_cast<std::size_t>(Sentence::time_of_whole) + 1;
}());

}  // namespace

std::string say(Sentence sentence, Language language, const MessageValues& values) {
    const Entry& entry = entries[static_cast<std::size_t>(sentence)];
    std::string text(language == Language::english ? entry.english : entry.chinese);
    for (const auto& [name, value] : values) {
        const std::string placeholder = "{" + name + "}";
        const std::size_t at = text.find(placeholder);
        if (at != std::string::npos) text.replace(at, placeholder.size(), value);
    }
    return text;
}

int http_status(ErrorCode code) {
    if (code == ErrorCode::disk_full || code == ErrorCode::output_full) return 507;
    if (code == ErrorCode::photo_too_large || code == ErrorCode::deck_too_large) return 413;
    switch (kind_of(code)) {
        case ErrorKind::usage:
        case ErrorKind::photo:
        case ErrorKind::audio:
        case ErrorKind::deck:
            return 400;
        case ErrorKind::model:
        case ErrorKind::resource:
            return 503;
        case ErrorKind::cancelled:
            return 409;
        case ErrorKind::output:
        case ErrorKind::internal:
            break;
    }
    return 500;
}

std::string time_text(double passed_s, std::optional<double> whole_s, Language language) {
    const bool minutes = whole_s.value_or(passed_s) >= 90;
    const auto count = [&](double seconds) {
        return std::to_string(std::lround(minutes ? seconds / 60 : seconds));
    };
    const std::string unit =
        language == Language::english ? (minutes ? "min" : "s") : (minutes ? "分鐘" : "秒");
    MessageValues values{{"passed", count(passed_s)}, {"unit", unit}};
    if (!whole_s) return say(Sentence::time_passed, language, values);
    values.emplace_back("whole", count(*whole_s));
    return say(Sentence::time_of_whole, language, values);
}

}  // namespace ditto::server
