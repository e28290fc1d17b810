#include "pdfs.h"

#include <iomanip>
#include <sstream>

namespace ditto::slides {
namespace {

std::string text_of(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
}

std::string drawing_of(const TestPage& page) {
    std::string drawing = page.colour + " rg 0 0 " + text_of(page.width) + " " +
                          text_of(page.height) + " re f 0 0 0 rg BT /F1 40 Tf 60 " +
                          text_of(page.height - 100) + " Td 50 TL";
    for (const std::string& line : page.lines)
        drawing += " (" + line + ") Tj T*";
    return drawing + " ET";
}

}  // namespace

std::string make_pdf(const std::vector<TestPage>& pages, const std::string& title,
                     const std::string& extra) {
    std::vector<std::string> objects{"<< /Type /Catalog /Pages 2 0 R >>",
                                     {},
                                     "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
                                     "<< /Title (" + title + ") >>"};
    std::string kids;
    for (const TestPage& page : pages) {
        kids += std::to_string(objects.size() + 1) + " 0 R ";
        objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 " + text_of(page.width) +
                          " " + text_of(page.height) + "] /Rotate " + std::to_string(page.rotate) +
                          " /Contents " + std::to_string(objects.size() + 2) +
                          " 0 R /Resources << /Font << /F1 3 0 R >> >> >>");
        const std::string drawing = drawing_of(page);
        objects.push_back("<< /Length " + std::to_string(drawing.size()) + " >>\nstream\n" +
                          drawing + "\nendstream");
    }
    objects[1] =
        "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>";

    std::ostringstream file;
    file << "%PDF-1.4\n";
    std::vector<std::streamoff> offsets;
    for (std::size_t i = 0; i < objects.size(); ++i) {
        offsets.push_back(file.tellp());
        file << i + 1 << " 0 obj\n" << objects[i] << "\nendobj\n";
    }
    const std::streamoff table = file.tellp();
    file << "xref\n0 " << objects.size() + 1 << "\n0000000000 65535 f \n";
    for (const std::streamoff offset : offsets)
        file << std::setw(10) << std::setfill('0') << offset << " 00000 n \n";
    file << "trailer\n<< /Size " << objects.size() + 1 << " /Root 1 0 R /Info 4 0 R " << extra
         << " >>\nstartxref\n"
         << table << "\n%%EOF\n";
    return file.str();
}

}  // namespace ditto::slides
