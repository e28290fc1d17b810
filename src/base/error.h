#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ditto {

/// What a failure is about; decides the exit status and the HTTP status.
enum class ErrorKind { usage, photo, audio, deck, output, model, resource, cancelled, internal };

/// Everything that can go wrong for a user. base/messages.cpp holds a name and a sentence in every
/// language for each of them, in this order.
enum class ErrorCode {
    // usage
    option_unknown,
    option_value,
    option_value_missing,
    option_missing,
    phones_missing,
    phones_format,
    voice_unknown,
    speech_empty,
    speech_too_long,
    // photo
    photo_missing,
    photo_unreadable,
    photo_format,
    photo_corrupt,
    photo_animated,
    photo_too_large,
    photo_too_small,
    face_none,
    face_too_small,
    face_turned,
    face_cut_off,
    face_blurred,
    face_dark,
    face_lost,
    // audio
    audio_missing,
    audio_unreadable,
    audio_format,
    audio_corrupt,
    audio_empty,
    audio_silent,
    audio_too_long,
    // deck
    deck_missing,
    deck_unreadable,
    deck_format,
    deck_corrupt,
    deck_encrypted,
    deck_empty,
    deck_too_large,
    deck_too_many,
    scripts_missing,
    scripts_format,
    scripts_slide,
    scripts_twice,
    scripts_too_many,
    voices_missing,
    voices_twice,
    voices_unplaced,
    slides_failed,
    slide_picture,
    slides_unspoken,
    slides_voiceless,
    // output
    output_folder,
    output_write,
    output_name,
    output_is_input,
    output_full,
    output_encoder,
    video_unreadable,
    // model
    model_missing,
    model_corrupt,
    model_mismatch,
    model_write,
    model_unsafe,
    runtime_missing,
    library_missing,
    engine_unavailable,
    device_unavailable,
    face_finder_unavailable,
    download_failed,
    download_refused,
    download_absent,
    download_wrong,
    // resource
    memory,
    network_memory,
    gpu_memory,
    disk_full,
    folder_unwritable,
    program_missing,
    program_failed,
    program_slow,
    // the rest
    cancelled,
    internal,
};

/// Named values that fill the placeholders of a sentence, e.g. {"path", "a.jpg"} for "{path}".
using MessageValues = std::vector<std::pair<std::string, std::string>>;

/// The one exception type of the product. `what()` is the English sentence with the detail, for
/// logs; base/messages.h makes the sentence for users.
class Error : public std::exception {
  public:
    /// `detail` is technical and untranslated (a library's own words); may be empty.
    explicit Error(ErrorCode code, MessageValues values = {}, std::string detail = {});

    ErrorCode code() const noexcept { return code_; }
    ErrorKind kind() const noexcept;
    const MessageValues& values() const noexcept { return values_; }
    const std::string& detail() const noexcept { return detail_; }
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    ErrorCode code_;
    MessageValues values_;
    std::string detail_;
    std::string what_;
};

}  // namespace ditto
