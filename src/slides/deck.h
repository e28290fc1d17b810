#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace ditto::slides {

/// One page of a deck.
struct DeckSlide {
    /// From 1, as the deck counts: hidden slides, which are left out, count too.
    int number = 0;
    /// A PNG of `width` x `height` pixels.
    std::filesystem::path picture;
    /// UTF-8, one line; may be empty.
    std::string title;
    /// What the speaker says, UTF-8; may be empty.
    std::string notes;
    int width = 0;
    int height = 0;
};

struct Deck {
    /// The file's own title; may be empty.
    std::string title;
    std::vector<DeckSlide> slides;
};

/// What a deck may cost.
struct DeckLimits {
    std::int64_t max_bytes = 200'000'000;
    int max_slides = 200;
    /// Each page becomes as large as fits into this.
    int width = 1920;
    int height = 1080;
};

/// Reads a PDF with poppler's programs, or a PPTX that LibreOffice turns into one (both told by
/// their content; the programs are confined and limited): pictures appear in `folder` (which
/// exists) as slide_<number>.png. Notes are those of a PPTX. After an error no picture is left.
/// Throws Error: deck_missing, deck_unreadable, deck_format, deck_corrupt, deck_encrypted,
/// deck_empty, deck_too_large, deck_too_many, program_missing, program_slow, program_failed,
/// disk_full, folder_unwritable, memory, cancelled.
Deck read_deck(const std::filesystem::path& file, const std::filesystem::path& folder,
               const std::stop_token& stop, const DeckLimits& limits = {});

}  // namespace ditto::slides
