#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engines/ditto/avatar_registrar.h"

namespace ditto::reenact {

/// What the registrar made of a photo, or of the pictures of a video, which are played forwards and
/// backwards behind the voice.
class DittoAvatar final : public Avatar {
  public:
    /// One picture for each frame, at least one. `canonical`: keypoints that condition the motion.
    /// `face_box`: in the first picture.
    DittoAvatar(std::vector<Image> pictures, std::vector<SourceFrame> frames,
                const Keypoints& canonical, const Rect& moving_region, const Rect& face_box)
        : pictures_(std::move(pictures)),
          frames_(std::move(frames)),
          canonical_(canonical),
          moving_region_(moving_region),
          face_box_(face_box) {}

    const Image& photo() const override { return pictures_.front(); }
    Rect moving_region() const override { return moving_region_; }
    Rect face_box() const override { return face_box_; }
    std::size_t memory_bytes() const override {
        std::size_t bytes = 0;
        for (const Image& picture : pictures_)
            bytes += picture.bytes();
        for (const SourceFrame& frame : frames_)
            bytes += frame.appearance.bytes();
        return bytes;
    }

    bool is_photo() const { return frames_.size() == 1; }
    std::size_t size() const { return frames_.size(); }
    const Image& picture(std::size_t i) const { return pictures_[i]; }
    const SourceFrame& frame(std::size_t i) const { return frames_[i]; }
    const Keypoints& canonical() const { return canonical_; }

  private:
    std::vector<Image> pictures_;
    std::vector<SourceFrame> frames_;
    Keypoints canonical_;
    Rect moving_region_;
    Rect face_box_;
};

}  // namespace ditto::reenact
