#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "slides/deck.h"

// PDF files by poppler's programs. Inside the room only.
namespace ditto::slides {

struct PdfPage {
    /// Upright, in points.
    double width = 0;
    double height = 0;
};

struct PdfFacts {
    std::string title;
    /// In the whole file; `pages` may hold fewer.
    int page_count = 0;
    std::vector<PdfPage> pages;
};

/// Reads what `pdfinfo -f 1 -l N` prints. Anything that it does not expect is passed over.
PdfFacts read_pdfinfo(std::string_view output);

/// The first line of the page that has a letter, at most 100 characters; may be empty.
std::string first_line(std::string_view text);

/// Pictures and titles of all pages of `work`/`name`; pictures appear in `work` as
/// slide_<number>.png. Throws what read_deck() throws.
Deck read_pdf(const std::filesystem::path& work, const std::string& name,
              const std::stop_token& stop, const DeckLimits& limits);

}  // namespace ditto::slides
