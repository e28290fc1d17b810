#include "server/deck_routes.h"

#include "server/multipart.h"

namespace ditto::server {
namespace {

/// The largest deck that is accepted, and the form around it.
constexpr std::int64_t max_deck_body = 201 * megabyte;

}  // namespace

std::vector<Route> DeckRoutes::routes() {
    return {{"POST", "/api/presentation/deck",
             [this](const Request& request, const std::string&) { return upload(request); },
             max_deck_body, true}};
}

Response DeckRoutes::upload(const Request& request) {
    Upload& file = uploaded_file(request);
    const DeckStore::Stored stored = decks_.add(file.path(), file.name(), {});
    Json list = Json::array();
    for (const slides::DeckSlide& slide : stored.deck.slides) {
        list.push_back(
            {{"number", slide.number},
             {"image_url", "/uploads/deck_" + stored.id + "/" + slide.picture.filename().string()},
             {"width", slide.width},
             {"height", slide.height},
             {"title", slide.title},
             {"notes", slide.notes}});
    }
    return json_response(
        Json{{"deck_id", stored.id}, {"title", stored.deck.title}, {"slides", list}});
}

}  // namespace ditto::server
