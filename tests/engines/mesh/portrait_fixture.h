#pragma once

#include <cmath>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "engines/mesh/mesh_renderer.h"
#include "face/face_models.h"
#include "face/photo_verdict.h"
#include "media/image_file.h"

namespace ditto::mesh {

/// The demo portrait with its face found, and the means to look at a frame as a viewer would:
/// landmarks are found again in the picture.
class PortraitFixture : public testing::Test {
  protected:
    static const Image& photo() {
        static const Image image =
            media::load_photo(std::string(DITTO_SOURCE_DIR) + "/assets/presenter.jpg").image;
        return image;
    }
    static const face::FaceModels& models() {
        static const auto loaded =
            face::FaceModels::load(nn::Runtime::open(), DITTO_BINARY_DIR "/models");
        return *loaded;
    }
    static const face::PhotoVerdict& verdict() {
        static const face::PhotoVerdict found = face::examine_photo(photo(), models());
        return found;
    }
    static const MeshRenderer& renderer() {
        static const MeshRenderer made(photo(), verdict().mesh.landmarks, 2.3);
        return made;
    }

    static Image frame(const FaceState& state) {
        MeshRenderer::Scratch scratch;
        return renderer().render(state, scratch);
    }

    /// What a viewer would measure, in distances of the eyes.
    struct Look {
        double lip_gap;
        double mouth_width;
        double eye_opening;
        double brow_height;
        double yaw_deg;
        double pitch_deg;
        double roll_deg;
    };
    static Look look_at(const FaceState& state) {
        Image whole = photo();
        paste(frame(state), renderer().region().x, renderer().region().y, whole);
        const PhotoLandmarks found =
            models().landmarker.track(whole, verdict().mesh.landmarks).landmarks;
        const auto apart = [&](std::size_t a, std::size_t b) {
            return length(found[a] - found[b]) / renderer().face().unit;
        };
        const face::HeadPose pose = face::fit_head_pose(found, models().canonical);
        return {apart(13, 14),
                apart(61, 291),
                (apart(159, 145) + apart(386, 374)) / 2,
                (apart(105, 33) + apart(334, 263)) / 2,
                pose.yaw_deg,
                pose.pitch_deg,
                pose.roll_deg};
    }
};

}  // namespace ditto::mesh
