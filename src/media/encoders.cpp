#include "media/encoders.h"

#include "media/ffmpeg.h"

namespace ditto::media {

std::vector<Encoder> find_encoders() {
    std::vector<Encoder> result{
        {"libx264", false, true}, {"aac", false, true}, {"h264_nvenc", false, false}};
    for (Encoder& encoder : result) {
        encoder.present = avcodec_find_encoder_by_name(encoder.name.c_str()) != nullptr;
    }
    return result;
}

}  // namespace ditto::media
