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

/// The encoders that this program uses or could use. Throws Error{library_missing}.
std::vector<Encoder> find_encoders();

}  // namespace ditto::media
