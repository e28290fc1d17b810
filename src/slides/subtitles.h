#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "slides/speech_spans.h"

namespace ditto::slides {

/// One subtitle: shown from `start_s` to `end_s`.
struct Cue {
    double start_s = 0;
    double end_s = 0;
    std::string text;  ///< UTF-8, one line
};

/// What a script reads as: pieces for one subtitle each. Sentences end at . ! ? ; and their
/// Chinese counterparts and at the end of a line; longer ones are cut at commas, then between words
/// (Chinese: between characters) so that none is wider than `widest` columns; a Chinese character
/// takes two. Pieces without a letter or digit are left out. `script` is valid UTF-8.
std::vector<std::string> split_script(std::string_view script, int widest = 42);

/// Lays the pieces over the spans in which the voice speaks (in order, not overlapping), each as
/// long as its text is, borders moved into a pause that is near. Empty where either is empty.
std::vector<Cue> time_pieces(const std::vector<std::string>& pieces,
                             const std::vector<SpeechSpan>& spans);

/// The cues as a SubRip file.
std::string to_srt(const std::vector<Cue>& cues);

/// The cues as a WebVTT file; its special characters are escaped.
std::string to_vtt(const std::vector<Cue>& cues);

/// True for well-formed UTF-8 without NUL.
bool is_text(std::string_view bytes);

}  // namespace ditto::slides
