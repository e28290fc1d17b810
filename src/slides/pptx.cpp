#include "slides/pptx.h"

#include <array>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

#include <pugixml.hpp>
#include <zip.h>

#include "base/error.h"
#include "slides/subtitles.h"
#include "slides/text.h"

namespace ditto::slides {
namespace {

constexpr zip_uint64_t largest_part = 16'000'000;
constexpr zip_uint64_t largest_sum = 128'000'000;
/// More than anybody says on a slide.
constexpr std::size_t longest_notes = 100'000;

Error corrupt(const std::string& why) {
    return Error(ErrorCode::deck_corrupt, {}, why);
}

/// A zip archive whose parts are read whole.
class Archive {
  public:
    explicit Archive(const std::filesystem::path& path)
        : zip_(zip_open(path.c_str(), ZIP_RDONLY, nullptr), &zip_discard) {}

    explicit operator bool() const { return zip_ != nullptr; }
    bool has(const std::string& name) const {
        return zip_name_locate(zip_.get(), name.c_str(), 0) >= 0;
    }
    /// Nothing where there is no such part.
    std::optional<std::string> read(const std::string& name);

  private:
    std::unique_ptr<zip_t, decltype(&zip_discard)> zip_;
    zip_uint64_t sum_ = 0;
};

std::optional<std::string> Archive::read(const std::string& name) {
    zip_stat_t stat{};
    if (zip_stat(zip_.get(), name.c_str(), 0, &stat) != 0) return {};
    const bool sized = (stat.valid & ZIP_STAT_SIZE) != 0;
    sum_ += sized ? stat.size : 0;
    if (!sized || stat.size > largest_part || sum_ > largest_sum)
        throw corrupt(name + " too large");
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> part(
        zip_fopen(zip_.get(), name.c_str(), 0), &zip_fclose);
    if (!part) throw corrupt(name);
    std::string bytes(stat.size, '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const zip_int64_t count = zip_fread(part.get(), bytes.data() + done, bytes.size() - done);
        if (count <= 0) throw corrupt(name);
        done += static_cast<std::size_t>(count);
    }
    return bytes;
}

/// Namespaces have any prefix.
std::string_view local(const char* name) {
    const std::string_view whole(name);
    const std::size_t colon = whole.find(':');
    return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
    return node.find_child([&](const pugi::xml_node& one) { return local(one.name()) == name; });
}

pugi::xml_node below(pugi::xml_node node, std::initializer_list<std::string_view> path) {
    for (const std::string_view name : path)
        node = child(node, name);
    return node;
}

void parse(pugi::xml_document& document, const std::string& bytes, const std::string& name) {
    if (!document.load_buffer(bytes.data(), bytes.size(), pugi::parse_default)) throw corrupt(name);
}

/// Text of runs; paragraphs and breaks become lines. Fields, such as the number of the slide, are
/// left out.
class TextOfShape final : public pugi::xml_tree_walker {
  public:
    bool for_each(pugi::xml_node& node) override {
        const std::string_view name = local(node.name());
        if ((name == "p" || name == "br") && !text_.empty()) text_ += '\n';
        const bool run = local(node.parent().name()) == "r";
        if (name == "t" && run && text_.size() < longest_notes) text_ += node.text().get();
        return true;
    }
    std::string text() const {
        return is_text(text_) ? std::string(trimmed(text_)) : std::string();
    }

  private:
    std::string text_;
};

/// The text of the first placeholder of one of these types.
std::string placeholder_text(const pugi::xml_node& slide,
                             std::initializer_list<std::string_view> types) {
    const pugi::xml_node tree = below(slide, {"cSld", "spTree"});
    for (const pugi::xml_node& shape : tree.children()) {
        if (local(shape.name()) != "sp") continue;
        const pugi::xml_node holder = below(shape, {"nvSpPr", "nvPr", "ph"});
        const std::string_view type = holder.attribute("type").as_string();
        for (const std::string_view wanted : types) {
            if (!holder || type != wanted) continue;
            TextOfShape walker;
            child(shape, "txBody").traverse(walker);
            if (std::string text = walker.text(); !text.empty()) return text;
        }
    }
    return {};
}

/// Where a part's relations lie: ppt/slides/slide1.xml has ppt/slides/_rels/slide1.xml.rels.
std::string relations_of(const std::string& part) {
    const std::size_t slash = part.rfind('/');
    return part.substr(0, slash + 1) + "_rels/" + part.substr(slash + 1) + ".rels";
}

/// A target is relative to its part's folder, or begins with '/' and the archive's root.
std::string target_of(const std::string& part, const std::string& target) {
    const auto path = target.starts_with('/') ? std::filesystem::path(target.substr(1))
                                              : std::filesystem::path(part).parent_path() / target;
    return path.lexically_normal().generic_string();
}

struct Relation {
    std::string type;
    std::string target;
};

std::map<std::string, Relation> relations(Archive& archive, const std::string& part) {
    std::map<std::string, Relation> result;
    const auto bytes = archive.read(relations_of(part));
    if (!bytes) return result;
    pugi::xml_document document;
    parse(document, *bytes, part);
    for (const pugi::xml_node& one : child(document, "Relationships").children()) {
        result[one.attribute("Id").as_string()] = {
            one.attribute("Type").as_string(),
            target_of(part, one.attribute("Target").as_string())};
    }
    return result;
}

std::string one_line(std::string text) {
    for (char& c : text)
        c = c == '\n' || c == '\v' || c == '\t' ? ' ' : c;
    return text;
}

PptxSlide read_slide(Archive& archive, const std::string& part) {
    const auto bytes = archive.read(part);
    if (!bytes) throw corrupt(part);
    pugi::xml_document document;
    parse(document, *bytes, part);
    const pugi::xml_node root = child(document, "sld");
    PptxSlide slide;
    const std::string_view show = root.attribute("show").as_string("1");
    slide.hidden = show == "0" || show == "false";
    slide.title = one_line(placeholder_text(root, {"title", "ctrTitle"}));
    for (const auto& [id, relation] : relations(archive, part)) {
        if (!relation.type.ends_with("/notesSlide")) continue;
        const auto notes = archive.read(relation.target);
        if (!notes) continue;
        pugi::xml_document page;
        parse(page, *notes, relation.target);
        slide.notes = placeholder_text(child(page, "notes"), {"body"});
    }
    return slide;
}

constexpr const char* presentation_part = "ppt/presentation.xml";

}  // namespace

bool is_pptx(const std::filesystem::path& file) {
    const Archive archive(file);
    return archive && archive.has(presentation_part);
}

bool is_locked_office_file(const std::filesystem::path& file) {
    constexpr std::size_t looked_at = 1'000'000;
    std::string start(looked_at, '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(in.gcount()));
    if (!start.starts_with("\xD0\xCF\x11\xE0")) return false;
    std::string name;
    for (const char c : std::string_view("EncryptedPackage"))
        name += {c, '\0'};
    return start.find(name) != std::string::npos;
}

PptxFacts read_pptx(const std::filesystem::path& file, int max_slides) {
    Archive archive(file);
    if (!archive) throw corrupt("zip");
    const auto bytes = archive.read(presentation_part);
    if (!bytes) throw corrupt(presentation_part);
    pugi::xml_document document;
    parse(document, *bytes, presentation_part);
    const auto parts = relations(archive, presentation_part);
    PptxFacts facts;
    const pugi::xml_node list = below(document, {"presentation", "sldIdLst"});
    for (const pugi::xml_node& entry : list.children()) {
        std::string id;
        for (const pugi::xml_attribute& attribute : entry.attributes()) {
            // "r:id"; the entry's own "id" is another number.
            const std::string_view name = attribute.name();
            if (name.find(':') != std::string_view::npos && local(attribute.name()) == "id") {
                id = attribute.as_string();
            }
        }
        const auto part = parts.find(id);
        if (part == parts.end()) throw corrupt("slide " + id);
        if (std::cmp_greater_equal(facts.slides.size(), max_slides)) {
            throw Error(ErrorCode::deck_too_many, {{"count", "> " + std::to_string(max_slides)},
                                                   {"limit", std::to_string(max_slides)}});
        }
        facts.slides.push_back(read_slide(archive, part->second.target));
    }
    if (const auto core = archive.read("docProps/core.xml")) {
        pugi::xml_document properties;
        if (properties.load_buffer(core->data(), core->size())) {
            const std::string title =
                below(properties, {"coreProperties", "title"}).text().as_string();
            if (is_text(title)) facts.title = one_line(title.substr(0, 300));
        }
    }
    return facts;
}

}  // namespace ditto::slides
