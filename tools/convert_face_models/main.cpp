// convert_face_models FACE_MESH_ASSETS SELFIE_SEGMENTATION OUTPUT_FOLDER
//
// Cuts MediaPipe's face detector, face mesh with attention and canonical face out of the data file
// of the npm package @mediapipe/face_mesh, and writes face_detector.onnx, face_mesh.onnx and
// canonical_face.txt; and MediaPipe's selfie segmentation from @mediapipe/selfie_segmentation as
// person_mask.onnx. Where each lies in the file: models/manifest.json, and the package's own
// face_mesh_solution_packed_assets_loader.js.

#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "checkpoints/face_geometry.h"
#include "checkpoints/file_io.h"
#include "checkpoints/tflite_to_onnx.h"

namespace {

using namespace ditto;

struct Range {
    std::size_t first;
    std::size_t last;
};
constexpr Range mesh_range{0, 2495952};
constexpr Range geometry_range{3737848, 3757224};
constexpr Range detector_range{3757224, 3986256};
constexpr std::uint64_t max_assets_bytes = 100'000'000;

std::span<const std::byte> cut(std::string_view assets, const Range& range) {
    if (assets.size() < range.last) {
        throw Error(ErrorCode::model_corrupt, {{"path", "face_mesh_solution_packed_assets.data"}});
    }
    return std::as_bytes(std::span(assets)).subspan(range.first, range.last - range.first);
}

void convert(std::string_view assets, const Range& range, const std::filesystem::path& output) {
    const auto model = checkpoints::TfliteModel::read(cut(assets, range), output.stem().string());
    checkpoints::onnx_from_tflite(model).save(output);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "usage: convert_face_models FACE_MESH_ASSETS SELFIE_SEGMENTATION "
                     "OUTPUT_FOLDER\n";
        return 2;
    }
    try {
        const std::filesystem::path folder = argv[3];
        const std::string assets = checkpoints::load_file(argv[1], max_assets_bytes);
        convert(assets, detector_range, folder / "face_detector.onnx");
        convert(assets, mesh_range, folder / "face_mesh.onnx");
        const std::string person = checkpoints::load_file(argv[2], max_assets_bytes);
        convert(person, {0, person.size()}, folder / "person_mask.onnx");
        const auto geometry =
            checkpoints::FaceGeometry::read(cut(assets, geometry_range), "canonical face");
        checkpoints::save_file(folder / "canonical_face.txt",
                               [&](std::ostream& out) { geometry.write(out); });
    } catch (const std::exception& error) {
        std::cerr << "convert_face_models: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
