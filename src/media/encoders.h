#pragma once

#include <string>
#include <vector>

namespace ditto::media {

struct Encoder {
    std::string name;  // FFmpeg's, e.g. "libx264"
    bool present = false;
    /// Videos cannot be written without it.
    bool needed = false;
};

/// The encoders that this program uses or could use, in the libraries that are loaded.
std::vector<Encoder> find_encoders();

}  // namespace ditto::media
