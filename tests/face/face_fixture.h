#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <numbers>
#include <string>

#include <gtest/gtest.h>

#include "face/face_models.h"
#include "face/sampling.h"
#include "media/image_file.h"

namespace ditto::face {

inline std::filesystem::path models_folder() {
    return std::filesystem::path(DITTO_BINARY_DIR) / "models";
}

/// The networks and the demo portrait (512x512), loaded once.
class FaceFixture : public testing::Test {
  protected:
    static const FaceModels& models() {
        static const auto loaded = FaceModels::load(nn::Runtime::open(), models_folder());
        return *loaded;
    }
    static const Image& portrait() {
        static const Image photo =
            media::load_photo(std::string(DITTO_SOURCE_DIR) + "/assets/portrait.png").image;
        return photo;
    }
    static Image test_photo(const std::string& name) {
        return media::load_photo(std::string(DITTO_TEST_DATA) + "/face/" + name).image;
    }
    /// The portrait seen by a camera that was turned, so that the face leans by -angle.
    static Region turned_by(double angle_deg) {
        return {{225, 140}, 400, angle_deg * std::numbers::pi / 180};
    }
    static Image turned_portrait(double angle_deg) {
        return sample(portrait(), turned_by(angle_deg).crop_to_photo(600), 600, 600);
    }
};

}  // namespace ditto::face
