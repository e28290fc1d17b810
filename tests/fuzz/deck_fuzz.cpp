// What reads decks, scripts and the lists of other programs: the first byte chooses.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

#include <unistd.h>

#include "base/error.h"
#include "slides/pdf.h"
#include "slides/placement.h"
#include "slides/pptx.h"
#include "slides/scripts.h"
#include "slides/subtitles.h"
#include "slides/voices_folder.h"
#include "speech/speaker.h"

namespace {

using namespace ditto;

void read_archive(std::string_view bytes) {
    static const std::string path = "/tmp/deck_fuzz_" + std::to_string(getpid());
    std::ofstream(path, std::ios::binary) << bytes;
    slides::is_locked_office_file(path);
    slides::is_pptx(path);
    slides::read_pptx(path, 20);
}

slides::Deck three_slides() {
    slides::Deck deck;
    for (int i = 1; i <= 3; ++i)
        deck.slides.emplace_back().number = i;
    return deck;
}

void place_lines(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        names.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    slides::place_voices(names, three_slides());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        switch (data[0] % 7) {
            case 0:
                read_archive(text);
                break;
            case 1:
                slides::parse_scripts(text, three_slides());
                break;
            case 2:
                place_lines(text);
                break;
            case 3:
                slides::read_pdfinfo(text);
                slides::first_line(text);
                break;
            case 4:
                speech::parse_espeak_voices(text);
                break;
            case 5:
                slides::placement_from_json(text);
                break;
            default:
                speech::parse_speech_program(text, "fuzz");
        }
    } catch (const Error&) {
        // Refused, as it should be.
    }
    return 0;
}
