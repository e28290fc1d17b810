#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace ditto::judge {

/// One sound of the speech and when it is heard: an IPA segment, "_" for a pause. The interval of
/// p, b and m is the time the lips are together.
struct Phone {
    double start_s = 0;
    double end_s = 0;
    std::string ipa;

    double middle_s() const { return (start_s + end_s) / 2; }
    double duration_s() const { return end_s - start_s; }
};

/// Reads a table with the columns start_s, end_s, phone (tabs, one heading line), in the order of
/// time. Throws Error{phones_missing | phones_format}.
std::vector<Phone> load_phones(const std::filesystem::path& path);

bool is_pause(const Phone& phone);
/// p b m: the lips meet.
bool is_bilabial(const Phone& phone);
/// u o w and their neighbours: the corners of the mouth come together.
bool is_rounded(const Phone& phone);
/// i e and their neighbours: the corners are drawn apart.
bool is_spread(const Phone& phone);
/// Vowels that open the mouth wide: a and its neighbours.
bool is_open_vowel(const Phone& phone);

/// How far a phone opens the mouth, 0 to 1, and how wide it makes it, -1 (rounded) to 1 (spread);
/// after the usual phonetic charts: openness follows the tongue's height, rounding the lips'.
struct MouthShape {
    double open = 0;
    double wide = 0;
};
MouthShape shape_of(const Phone& phone);

}  // namespace ditto::judge
