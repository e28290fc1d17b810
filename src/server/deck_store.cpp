#include "server/deck_store.h"

#include <fstream>
#include <system_error>

#include "base/error.h"
#include "jobs/job_store.h"
#include "programs/work_folder.h"
#include "server/replies.h"

namespace ditto::server {
namespace {

constexpr const char* list_name = "deck.json";

Json to_json(const slides::Deck& deck) {
    Json list = Json::array();
    for (const slides::DeckSlide& slide : deck.slides) {
        list.push_back({{"number", slide.number},
                        {"title", slide.title},
                        {"notes", slide.notes},
                        {"width", slide.width},
                        {"height", slide.height}});
    }
    return {{"created", jobs::now_s()}, {"title", deck.title}, {"slides", list}};
}

/// Throws what nlohmann::json throws where the file was changed by others.
slides::Deck from_json(const Json& json, const std::filesystem::path& folder) {
    slides::Deck deck;
    deck.title = json.at("title");
    for (const Json& entry : json.at("slides")) {
        slides::DeckSlide slide;
        slide.number = entry.at("number");
        slide.picture = folder / ("slide_" + std::to_string(slide.number) + ".png");
        slide.title = entry.at("title");
        slide.notes = entry.at("notes");
        slide.width = entry.at("width");
        slide.height = entry.at("height");
        deck.slides.push_back(std::move(slide));
    }
    return deck;
}

void write_list(const std::filesystem::path& folder, const slides::Deck& deck) {
    std::ofstream file(folder / list_name, std::ios::binary);
    file << json_text(to_json(deck));
    file.close();
    if (!file) throw Error(ErrorCode::disk_full, {{"path", folder.filename().string()}});
}

}  // namespace

std::filesystem::path DeckStore::folder_of(const std::string& id) const {
    return data_.uploads() / ("deck_" + id);
}

DeckStore::Stored DeckStore::add(const std::filesystem::path& file, const std::string& name,
                                 const std::stop_token& stop) {
    const std::lock_guard one(reading_);
    const programs::WorkFolder work(data_.temporary().parent_path());
    Stored stored{jobs::new_id(), slides::read_deck(file, work.path(), stop)};
    if (stored.deck.title.empty()) {
        stored.deck.title = std::filesystem::path(name).stem().string();
    }
    write_list(work.path(), stored.deck);
    // It has its name only when all is there.
    const std::filesystem::path folder = folder_of(stored.id);
    std::error_code error;
    std::filesystem::rename(work.path(), folder, error);
    if (error) {
        throw Error(ErrorCode::folder_unwritable, {{"path", folder.filename().string()}},
                    error.message());
    }
    for (slides::DeckSlide& slide : stored.deck.slides)
        slide.picture = folder / slide.picture.filename();
    return stored;
}

std::optional<slides::Deck> DeckStore::find(const std::string& id) const {
    if (!is_id(id)) return {};
    const std::filesystem::path folder = folder_of(id);
    std::ifstream file(folder / list_name, std::ios::binary);
    try {
        return from_json(Json::parse(file), folder);
    } catch (const Json::exception&) {
        return {};
    }
}

}  // namespace ditto::server
