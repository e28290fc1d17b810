#include "slides/deck.h"

#include <array>
#include <fstream>
#include <string_view>

#include <unistd.h>

#include "base/error.h"
#include "programs/work_folder.h"
#include "slides/pdf.h"

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
    if (!is_pdf(file)) throw Error(ErrorCode::deck_format);
    const programs::WorkFolder work(folder);
    std::error_code error;
    std::filesystem::copy_file(file, work.path() / "deck.pdf", error);
    if (error) {
        const bool full = error == std::errc::no_space_on_device;
        throw Error(full ? ErrorCode::disk_full : ErrorCode::deck_unreadable,
                    {{"path", file.string()}});
    }
    Deck deck = read_pdf(work.path(), "deck.pdf", stop, limits);
    move_pictures(deck, folder);
    return deck;
}

}  // namespace ditto::slides
