// Any bytes as a TFLite model, as the options of its custom operators and as the canonical face:
// they are converted or refused with an Error.
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "checkpoints/face_geometry.h"
#include "checkpoints/tflite_attention.h"
#include "checkpoints/tflite_to_onnx.h"

namespace {

template <class Read>
void try_to(Read&& read) {
    try {
        read();
    } catch (const ditto::Error&) {
        // Refused, as most are.
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ditto::checkpoints;
    const auto file = std::as_bytes(std::span(data, size));
    try_to([&] { onnx_from_tflite(TfliteModel::read(file, "fuzz")); });
    try_to([&] { CropParameters::read(FlexMap(CheckedBytes(file, "fuzz"))); });
    try_to([&] { FaceGeometry::read(file, "fuzz"); });
    return 0;
}
