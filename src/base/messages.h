#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace ditto {

enum class Language { english, traditional_chinese };

/// Things worth saying that are not failures.
enum class NoticeCode {
    background_kept,
    checkpoints_converting,
    engine_chosen,
    faces_several,
    motion_slow,
    mouth_open,
    photo_small,
    photo_scaled,
    runtime_fallback,
    network_by_runtime,
    network_in_32_bits,
    slide_concerned,
    slides_silent,
    precision_fast,
    precision_gpu,
    precision_same,
    insightface_licence,
};

struct Notice {
    NoticeCode code;
    MessageValues values = {};
};

/// "zh", "zh-TW", "zh_TW.UTF-8", "zh-Hant" and so on are Traditional Chinese, all else English.
Language language_from_tag(std::string_view tag);

/// Stable name for programs, e.g. "face_none".
std::string_view code_name(ErrorCode code);
std::string_view code_name(NoticeCode code);

ErrorKind kind_of(ErrorCode code);

/// One sentence a user can act on.
std::string user_message(const Error& error, Language language);
std::string user_message(ErrorCode code, const MessageValues& values, Language language);
std::string user_message(const Notice& notice, Language language);

}  // namespace ditto
