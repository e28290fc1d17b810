#include <iostream>

#include "base/error.h"
#include "checkpoints/synthesize.h"
#include "insight_face_stand_ins.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        const std::filesystem::path folder = argv[1];
        ditto::checkpoints::synthesize(ditto::checkpoints::SyntheticSize::tiny, 1, folder);
        ditto::stand_ins::save_detector(folder / "ditto_onnx" / "insightface_det.onnx");
        ditto::stand_ins::save_landmark106(folder / "ditto_onnx" / "landmark106.onnx");
    } catch (const ditto::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
