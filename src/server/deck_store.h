#pragma once

#include <filesystem>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "server/data_folder.h"
#include "slides/deck.h"

namespace ditto::server {

/// The decks that were uploaded: each in uploads/deck_<id>/, its pictures as slide_<number>.png and
/// what else is known of it in deck.json. Thread-safe.
class DeckStore {
  public:
    /// `data` must outlive it.
    explicit DeckStore(const DataFolder& data) : data_(data) {}

    struct Stored {
        std::string id;
        slides::Deck deck;
    };

    /// Reads the deck `file` and keeps its slides; one at a time, others wait. `name`: what people
    /// call it where the file has no title of its own. Throws what read_deck() throws.
    Stored add(const std::filesystem::path& file, const std::string& name,
               const std::stop_token& stop);

    /// Nothing where there is none, or its folder is no longer whole.
    std::optional<slides::Deck> find(const std::string& id) const;

  private:
    std::filesystem::path folder_of(const std::string& id) const;

    const DataFolder& data_;
    std::mutex reading_;
};

}  // namespace ditto::server
