#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ditto::slides {

struct TestSlide {
    std::string title;
    std::string notes;
    bool hidden = false;
};

/// The parts of a whole PPTX with these slides, by name.
std::map<std::string, std::string> pptx_parts(const std::vector<TestSlide>& slides,
                                              const std::string& title = {});
void write_zip(const std::filesystem::path& path, const std::map<std::string, std::string>& parts);

}  // namespace ditto::slides
