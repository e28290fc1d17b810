#pragma once

#include <filesystem>
#include <string>
#include <vector>

// PowerPoint files (ECMA-376, "Office Open XML"). Inside the room only.
namespace ditto::slides {

struct PptxSlide {
    bool hidden = false;
    /// UTF-8; may be empty.
    std::string title;
    std::string notes;
};

struct PptxFacts {
    std::string title;
    /// In the order of the presentation, hidden ones too.
    std::vector<PptxSlide> slides;
};

/// A zip archive with a presentation inside.
bool is_pptx(const std::filesystem::path& file);
/// An Office file under a password is no zip archive, but a compound file that says so.
bool is_locked_office_file(const std::filesystem::path& file);

/// Titles and notes, from the XML alone: nothing of it is run or fetched. Parts larger than 16 MB,
/// or 128 MB of them in all, are refused. Throws Error{deck_corrupt | deck_too_many}.
PptxFacts read_pptx(const std::filesystem::path& file, int max_slides);

}  // namespace ditto::slides
