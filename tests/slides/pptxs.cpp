#include "pptxs.h"

#include <zip.h>

namespace ditto::slides {
namespace {

const std::string head = R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>)";
const std::string office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const std::string spaces =
    R"( xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main")"
    R"( xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r=")" +
    office + "\"";

std::string shape(const std::string& type, const std::string& text) {
    std::string paragraphs;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        paragraphs += "<a:p><a:r><a:t>" + text.substr(start, end - start) +
                      "</a:t></a:r><a:fld id=\"{0}\" type=\"slidenum\"><a:t>7</a:t></a:fld></a:p>";
        start = end + 1;
    }
    return R"(<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr><p:ph type=")" + type +
           R"("/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="900000" y="900000"/>)"
           R"(<a:ext cx="8000000" cy="2000000"/></a:xfrm></p:spPr><p:txBody><a:bodyPr/>)" +
           paragraphs + "</p:txBody></p:sp>";
}

std::string tree(const std::string& shapes) {
    return R"(<p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/>)"
           R"(</p:nvGrpSpPr><p:grpSpPr/>)" +
           shapes + "</p:spTree></p:cSld>";
}

std::string relation(const std::string& id, const std::string& type, const std::string& target) {
    return R"(<Relationship Id=")" + id + R"(" Type=")" + office + "/" + type + R"(" Target=")" +
           target + "\"/>";
}

std::string relations(const std::string& all) {
    return head +
           R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">)" +
           all + "</Relationships>";
}

}  // namespace

std::map<std::string, std::string> pptx_parts(const std::vector<TestSlide>& slides,
                                              const std::string& title) {
    std::map<std::string, std::string> parts;
    const std::string ml = "application/vnd.openxmlformats-officedocument.presentationml.";
    std::string types =
        R"(<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>)"
        R"(<Default Extension="xml" ContentType="application/xml"/>)"
        R"(<Override PartName="/ppt/presentation.xml" ContentType=")" +
        ml + R"(presentation.main+xml"/>)";
    std::string list;
    std::string of_presentation;
    // Stored in another order than they are shown.
    for (std::size_t i = 0; i < slides.size(); ++i) {
        const std::string stored = std::to_string(slides.size() - i);
        const std::string id = "rId" + stored;
        list += R"(<p:sldId id=")" + std::to_string(256 + i) + R"(" r:id=")" + id + "\"/>";
        of_presentation += relation(id, "slide", "slides/slide" + stored + ".xml");
        types += R"(<Override PartName="/ppt/slides/slide)" + stored + R"(.xml" ContentType=")" +
                 ml + R"(slide+xml"/>)";
        parts["ppt/slides/slide" + stored + ".xml"] =
            head + "<p:sld" + spaces + (slides[i].hidden ? " show=\"0\"" : "") + ">" +
            tree(shape("title", slides[i].title)) + "</p:sld>";
        if (slides[i].notes.empty()) continue;
        parts["ppt/slides/_rels/slide" + stored + ".xml.rels"] = relations(
            relation("rId1", "notesSlide", "../notesSlides/notesSlide" + stored + ".xml"));
        types += R"(<Override PartName="/ppt/notesSlides/notesSlide)" + stored +
                 R"(.xml" ContentType=")" + ml + R"(notesSlide+xml"/>)";
        parts["ppt/notesSlides/notesSlide" + stored + ".xml"] =
            head + "<p:notes" + spaces + ">" +
            tree(shape("sldImg", "") + shape("body", slides[i].notes)) + "</p:notes>";
    }
    parts["[Content_Types].xml"] =
        head + R"(<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">)" +
        types + "</Types>";
    parts["_rels/.rels"] = relations(relation("rId1", "officeDocument", "ppt/presentation.xml"));
    parts["ppt/presentation.xml"] = head + "<p:presentation" + spaces + "><p:sldIdLst>" + list +
                                    R"(</p:sldIdLst><p:sldSz cx="12192000" cy="6858000"/>)"
                                    R"(<p:notesSz cx="6858000" cy="9144000"/></p:presentation>)";
    parts["ppt/_rels/presentation.xml.rels"] = relations(of_presentation);
    parts["docProps/core.xml"] =
        head +
        R"(<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties")"
        R"( xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>)" +
        title + "</dc:title></cp:coreProperties>";
    return parts;
}

void write_zip(const std::filesystem::path& path, const std::map<std::string, std::string>& parts) {
    zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
    for (const auto& [name, bytes] : parts) {
        zip_source_t* source = zip_source_buffer(zip, bytes.data(), bytes.size(), 0);
        zip_file_add(zip, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    }
    zip_close(zip);
}

}  // namespace ditto::slides
