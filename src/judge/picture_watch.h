#pragma once

#include <optional>
#include <vector>

#include "core/image.h"
#include "face/landmarker.h"
#include "judge/face_track.h"

namespace ditto::judge {

/// Mean luma of every whole block of 8x8 pixels, or a sum of such means.
struct BlockGrid {
    int columns = 0;
    int rows = 0;
    std::vector<float> luma;

    double at(int column, int row) const {
        return luma[static_cast<std::size_t>(row * columns + column)];
    }
};

/// What is seen of the picture itself, frame after frame. Differences are in levels of 0..255 of
/// the luma.
class PictureWatch {
  public:
    /// The photo that the video was made from, for comparisons; may be missing.
    PictureWatch(const face::FaceModels& models, const std::optional<Image>& photo);

    /// Every frame in turn; `face` is nothing where it was lost.
    void add(const Image& frame, const std::optional<face::FaceMesh>& mesh);

    /// Share of the picture that is farther from the face than anything that belongs to the head.
    double still_share() const;
    /// There: mean change against the first frame, over blocks of 8x8 pixels and all frames.
    std::optional<double> still_change_mean_levels() const;
    /// There: the largest change of any block in any frame.
    std::optional<double> still_change_max_levels() const;
    /// Brightness of forehead and cheeks: standard deviation from frame to frame.
    std::optional<double> flicker_levels() const;
    /// Detail of the mouth's surroundings (mean absolute Laplacian at the video's scale) over that
    /// of the photo, median over the frames.
    std::optional<double> mouth_sharpness_ratio() const;
    /// Likeness of the face from the forehead to under the nose to that of the photo (of the first
    /// frame, where there is no photo): the correlation of their luma, both turned upright and
    /// equally large; median over the frames. 1 is the same picture.
    std::optional<double> identity_correlation() const;
    /// Steps between blocks that the photo does not have, in the mean over time, outside the face
    /// and where the photo is smooth: a visible border of what was pasted. What two blocks of a
    /// thousand exceed, above the photo.
    std::optional<double> seam_levels() const;

  private:
    void choose_still(const face::FaceMesh& mesh);
    void watch_blocks(const Image& frame);
    void watch_skin(const Image& frame, const face::FaceMesh& mesh);
    void watch_mouth(const Image& frame, const face::FaceMesh& mesh);
    void watch_identity(const Image& frame, const face::FaceMesh& mesh);

    std::optional<Image> photo_;
    std::optional<face::FaceMesh> photo_mesh_;
    BlockGrid first_;
    BlockGrid sum_;
    std::vector<bool> still_;
    std::vector<bool> off_face_;
    int frames_ = 0;
    double change_sum_ = 0;
    double change_max_ = 0;
    std::vector<double> skin_luma_;
    std::vector<double> sharpness_;
    /// Luma of the upper face that the others are compared with.
    std::vector<double> identity_;
    std::vector<double> likeness_;
    double photo_sharpness_ = 0;
    double photo_sharpness_scale_ = 0;
};

}  // namespace ditto::judge
