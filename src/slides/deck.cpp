#include "slides/deck.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <unistd.h>

#include "base/error.h"
#include "programs/program.h"
#include "programs/work_folder.h"
#include "slides/pdf.h"
#include "slides/pptx.h"

namespace ditto::slides {
namespace {

std::string megabytes(std::int64_t bytes) {
    return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

/// Throws Error{deck_missing | deck_unreadable | deck_too_large}.
void check_file(const std::filesystem::path& file, const DeckLimits& limits) {
    std::error_code error;
    if (!std::filesystem::exists(file, error)) {
        throw Error(ErrorCode::deck_missing, {{"path", file.string()}});
    }
    if (!std::filesystem::is_regular_file(file, error) || access(file.c_str(), R_OK) != 0) {
        throw Error(ErrorCode::deck_unreadable, {{"path", file.string()}});
    }
    const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(file, error));
    if (bytes > limits.max_bytes) {
        throw Error(ErrorCode::deck_too_large,
                    {{"actual", megabytes(bytes)}, {"limit", megabytes(limits.max_bytes)}});
    }
}

/// "%PDF-" within the first 1024 bytes, as readers of PDF accept it.
bool is_pdf(const std::filesystem::path& file) {
    std::array<char, 1024> head{};
    std::ifstream stream(file, std::ios::binary);
    stream.read(head.data(), head.size());
    const std::string_view text(head.data(), static_cast<std::size_t>(stream.gcount()));
    return text.find("%PDF-") != std::string_view::npos;
}

/// The presentation as a PDF beside it, by LibreOffice. Throws Error{deck_corrupt | program_*}.
void convert(const std::filesystem::path& work, const std::stop_token& stop) {
    // It talks to itself through a socket in /tmp, and does not start without.
    programs::Program office{
        .name = "soffice",
        .arguments = {"-env:UserInstallation=file://" + (work / "profile").string(), "--headless",
                      "--norestore", "--convert-to", "pdf", "--outdir", work.string(), "deck.pptx"},
        .folder = work,
        .time_limit = std::chrono::minutes(5),
        .memory_bytes = std::int64_t{8} << 30U,
        .sockets = "/tmp"};
    const programs::Outcome outcome = programs::run(office, stop);
    // A signal ended it: too little memory, or a fault of its own.
    if (outcome.status >= 128) {
        throw Error(ErrorCode::program_failed,
                    {{"program", "soffice"}, {"status", std::to_string(outcome.status)}},
                    outcome.complaint.substr(0, 500));
    }
    if (outcome.status != 0 || !std::filesystem::exists(work / "deck.pdf")) {
        throw Error(
            ErrorCode::deck_corrupt, {},
            "soffice: " + std::to_string(outcome.status) + " " + outcome.complaint.substr(0, 500));
    }
}

/// Numbers, titles and notes of the slides that are shown.
void add_facts(Deck& deck, PptxFacts facts) {
    std::vector<int> shown;
    for (std::size_t i = 0; i < facts.slides.size(); ++i) {
        if (!facts.slides[i].hidden) shown.push_back(static_cast<int>(i) + 1);
    }
    if (shown.size() != deck.slides.size()) {
        throw Error(ErrorCode::deck_corrupt, {},
                    std::to_string(deck.slides.size()) + " pages, " + std::to_string(shown.size()) +
                        " slides");
    }
    deck.title = std::move(facts.title);
    // From the last on: a number only grows, so that no picture takes another's name.
    for (std::size_t i = shown.size(); i-- > 0;) {
        DeckSlide& slide = deck.slides[i];
        PptxSlide& fact = facts.slides[static_cast<std::size_t>(shown[i]) - 1];
        if (!fact.title.empty()) slide.title = std::move(fact.title);
        slide.notes = std::move(fact.notes);
        slide.number = shown[i];
        const auto picture =
            slide.picture.parent_path() / ("slide_" + std::to_string(shown[i]) + ".png");
        std::filesystem::rename(slide.picture, picture);
        slide.picture = picture;
    }
}

/// Moves the pictures beside each other into `folder`; they are in place together or not at all.
void move_pictures(Deck& deck, const std::filesystem::path& folder) {
    std::size_t moved = 0;
    try {
        for (; moved < deck.slides.size(); ++moved) {
            auto& picture = deck.slides[moved].picture;
            const auto target = folder / picture.filename();
            std::filesystem::rename(picture, target);
            picture = target;
        }
    } catch (const std::filesystem::filesystem_error&) {
        std::error_code ignored;
        for (std::size_t i = 0; i < moved; ++i)
            std::filesystem::remove(deck.slides[i].picture, ignored);
        throw Error(ErrorCode::folder_unwritable, {{"path", folder.string()}});
    }
}

}  // namespace

Deck read_deck(const std::filesystem::path& file, const std::filesystem::path& folder,
               const std::stop_token& stop, const DeckLimits& limits) {
    check_file(file, limits);
    const bool pdf = is_pdf(file);
    if (!pdf && !is_pptx(file)) {
        throw Error(is_locked_office_file(file) ? ErrorCode::deck_encrypted
                                                : ErrorCode::deck_format);
    }
    const programs::WorkFolder work(folder);
    std::error_code error;
    std::filesystem::copy_file(file, work.path() / (pdf ? "deck.pdf" : "deck.pptx"), error);
    if (error) {
        const bool full = error == std::errc::no_space_on_device;
        throw Error(full ? ErrorCode::disk_full : ErrorCode::deck_unreadable,
                    {{"path", file.string()}});
    }
    PptxFacts facts;
    if (!pdf) {
        facts = read_pptx(file, limits.max_slides);
        if (std::all_of(facts.slides.begin(), facts.slides.end(),
                        [](const PptxSlide& slide) { return slide.hidden; })) {
            throw Error(ErrorCode::deck_empty);
        }
        convert(work.path(), stop);
    }
    Deck deck = read_pdf(work.path(), "deck.pdf", stop, limits);
    if (!pdf) add_facts(deck, std::move(facts));
    move_pictures(deck, folder);
    return deck;
}

}  // namespace ditto::slides
