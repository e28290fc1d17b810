#pragma once

#include <string>
#include <vector>

namespace ditto::slides {

struct TestPage {
    /// One line each, Latin letters; the page's colour shows in its picture.
    std::vector<std::string> lines;
    double width = 960;
    double height = 540;
    int rotate = 0;
    /// "r g b", each 0 to 1.
    std::string colour = "1 1 1";
};

/// A whole PDF with these pages. `extra` goes into its trailer.
std::string make_pdf(const std::vector<TestPage>& pages, const std::string& title = {},
                     const std::string& extra = {});

}  // namespace ditto::slides
