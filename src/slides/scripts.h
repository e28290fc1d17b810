#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "slides/deck.h"

namespace ditto::slides {

/// More is refused.
inline constexpr std::size_t largest_scripts = 1'000'000;

/// What is said on each slide, by the slide's number, from a Markdown or text file:
/// - headings that name a slide begin its script: "# 3", "## Slide 3: Rain", "# 第 3 張";
/// - where none does, every heading begins the next slide's script;
/// - without headings, lines of three or more dashes separate the slides' scripts.
/// The headings themselves are not spoken; marks of Markdown (emphasis, list bullets, links,
/// comments) are removed. Slides without text are left out.
/// Throws Error: scripts_missing, scripts_format (no UTF-8, too large), scripts_slide (a heading
/// names a slide that the deck does not show), scripts_twice, scripts_too_many.
std::map<int, std::string> read_scripts(const std::filesystem::path& file, const Deck& deck);
/// `text` is UTF-8.
std::map<int, std::string> parse_scripts(std::string_view text, const Deck& deck);

}  // namespace ditto::slides
