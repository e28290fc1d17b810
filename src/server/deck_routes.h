#pragma once

#include <vector>

#include "server/deck_store.h"
#include "server/replies.h"

namespace ditto::server {

/// Decks: a PDF or PPTX becomes the pictures of its slides.
class DeckRoutes {
  public:
    /// `decks` must outlive it.
    explicit DeckRoutes(DeckStore& decks) : decks_(decks) {}

    std::vector<Route> routes();

  private:
    Response upload(const Request& request);

    DeckStore& decks_;
};

}  // namespace ditto::server
