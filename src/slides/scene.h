#pragma once

#include <cstdint>
#include <vector>

#include "core/image.h"
#include "engine/engine.h"
#include "slides/cut_out.h"
#include "slides/layout.h"
#include "slides/placement.h"
#include "slides/resampler.h"

namespace ditto::slides {

/// One slide with its presenter, frame after frame. Only what moves is composed anew.
class Scene {
  public:
    /// `avatar` may be null where the presenter is hidden. `cut` is what the avatar's photo was cut
    /// out as where the background is removed, else null. Both must outlive this. `video` has even
    /// edges and begins at (0, 0).
    Scene(const Image& slide, const Avatar* avatar, const CutOut* cut, const Placement& placement,
          const Rect& video);

    /// The whole picture, the photo at rest.
    const Image& picture() const { return picture_; }

    /// A frame of the avatar as a frame over picture(). Frames come in order.
    Frame compose(const Frame& frame);

  private:
    void show_backdrop();
    void show_slide(const Image& slide);
    /// A soft shadow that falls down.
    void lift(const Rect& box, double radius, double strength);
    void cut_presenter();
    double inside_of(int x, int y) const;
    Image blended(const Rect& piece);
    float excess_of_screen(const std::uint8_t* pixel, const std::uint8_t* colour) const;
    void take_screen_out(std::uint8_t* row, const Rect& piece, int y) const;

    const Avatar* avatar_;
    Layout layout_;
    Image picture_;
    /// The photo with the newest patch, and where that lies.
    Image shown_;
    Rect patch_;
    Resampler to_video_;
    /// The presenter's pixels count `weight_` / 255 and are added to `behind_`, both as large as
    /// the presenter.
    std::vector<std::uint8_t> weight_;
    Image behind_;
    /// Where a screen is taken out: the presenter's colours, CutOut::certain, and what shows in
    /// place of the screen; as large as the presenter.
    const CutOut* cut_;
    Image colours_;
    Image certain_;
    Image through_;
};

/// Composes frames on their way to a sink.
class SceneSink final : public FrameSink {
  public:
    SceneSink(Scene& scene, FrameSink& next) : scene_(scene), next_(next) {}
    void write(Frame frame) override { next_.write(scene_.compose(frame)); }

  private:
    Scene& scene_;
    FrameSink& next_;
};

}  // namespace ditto::slides
