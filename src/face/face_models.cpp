#include "face/face_models.h"

namespace ditto::face {

std::shared_ptr<const FaceModels> FaceModels::load(std::shared_ptr<const nn::Runtime> runtime,
                                                   const std::filesystem::path& folder,
                                                   int threads) {
    return std::make_shared<const FaceModels>(
        FaceModels{Detector(runtime, folder / "face_detector.onnx", threads),
                   Landmarker(runtime, folder / "face_mesh.onnx", threads),
                   CanonicalMesh::load(folder / "canonical_face.txt")});
}

}  // namespace ditto::face
