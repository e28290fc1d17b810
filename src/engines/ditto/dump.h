#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include "core/image.h"
#include "core/tensor.h"

namespace ditto::reenact {

/// Where every intermediate result goes as a .npy file, for those who compare; docs/ditto-dump.md
/// says what is what. Without a folder nothing is written. Stages may write at once: each has its
/// own names.
class Dump {
  public:
    Dump() = default;
    /// Makes the folder. `frames`: how many frames' results are written.
    /// Throws Error{output_folder}.
    Dump(std::filesystem::path folder, int frames);

    bool wanted() const { return !folder_.empty(); }
    bool wants_frame(std::int64_t frame) const { return wanted() && frame < frames_; }

    /// `name`.npy, or name_00012.npy where there is an index.
    void write(std::string_view name, const TensorView& tensor, std::int64_t index = -1) const;
    void write(std::string_view name, const Image& image, std::int64_t index = -1) const;

  private:
    std::filesystem::path folder_;
    int frames_ = 0;
};

}  // namespace ditto::reenact
