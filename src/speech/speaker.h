#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace ditto::speech {

struct Voice {
    std::string id;
    /// For people; UTF-8.
    std::string name;
    /// BCP 47, e.g. "zh", "en-US".
    std::string language;
};

/// A speaking program that an operator chose: a JSON file such as
///   {"command": ["piper", "--model", "/opt/voices/{voice}.onnx", "--length_scale", "{slowness}",
///                "--output_file", "{output}"],
///    "voices": [{"id": "zh_CN-huayan-medium", "name": "華燕", "language": "zh"}]}
/// The text comes on its standard input, in UTF-8. In each word {voice}, {language}, {speed} (1 is
/// normal), {slowness} (1 / speed) and {output} are filled in; no shell sees them. It writes a
/// recording that FFmpeg reads to {output}.
struct SpeechProgram {
    std::vector<std::string> command;
    std::vector<Voice> voices;
};
/// Throws Error{option_value} that says what is wrong with the file.
SpeechProgram read_speech_program(const std::filesystem::path& settings);
SpeechProgram parse_speech_program(std::string_view json, const std::string& name);

/// Reads what `espeak-ng --voices` prints; what is unexpected is passed over. Voices that need
/// another program (MBROLA) are left out. Chinese and English come with a female variant.
std::vector<Voice> parse_espeak_voices(std::string_view listing);

/// Turns text into recordings. Thread-safe; at most two programs run at once, others wait.
class Speaker {
  public:
    static constexpr std::size_t longest_text = 10'000;
    static constexpr double slowest = 0.5;
    static constexpr double fastest = 2;

    /// espeak-ng.
    Speaker() = default;
    explicit Speaker(SpeechProgram program) : program_(std::move(program)) {}

    /// Nothing where it can speak, else Error{program_missing | option_value}.
    std::optional<Error> why_not() const;
    /// In the order in which they are shown; empty where it cannot speak.
    std::vector<Voice> voices() const;
    /// The first voice of the language that the text's characters tell (Han, kana, Hangul), else of
    /// `language`, such as "en"; "" where it cannot speak.
    std::string voice_for(std::string_view text, std::string_view language) const;

    /// Speaks at most `longest_text` characters into `recording`, which appears when it is
    /// complete; its folder exists. `speed`: `slowest` to `fastest`, 1 is normal. Throws Error:
    /// speech_empty, speech_too_long, voice_unknown, program_missing, program_failed, program_slow,
    /// disk_full, folder_unwritable, cancelled.
    void speak(std::string_view text, const std::string& voice, double speed,
               const std::filesystem::path& recording, const std::stop_token& stop) const;

  private:
    std::vector<std::string> command(const Voice& voice, double speed) const;

    std::optional<SpeechProgram> program_;
    mutable std::mutex mutex_;
    /// What espeak-ng said; empty until it was asked and did answer.
    mutable std::vector<Voice> voices_;
};

}  // namespace ditto::speech
