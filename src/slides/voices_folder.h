#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "slides/deck.h"

namespace ditto::slides {

/// The recording of each slide, by the slide's number. A name tells its slide by a number:
/// slide_1.wav, 02 intro.mp3, 第3張.m4a, lesson7-03.flac. Where no name has a number, they belong
/// to the slides in the order of their names. Files of other kinds and hidden ones are passed over;
/// slides may be without.
/// Throws Error: voices_missing (no such folder), voices_twice, voices_unplaced (no such slide).
std::map<int, std::filesystem::path> find_voices(const std::filesystem::path& folder,
                                                 const Deck& deck);
/// The same for these file names; the results are indices.
std::map<int, std::size_t> place_voices(const std::vector<std::string>& names, const Deck& deck);

}  // namespace ditto::slides
