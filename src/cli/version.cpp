#include "cli/version.h"

#include "media/version.h"
#include "nn/runtime.h"

namespace ditto::cli {

std::string version_text() {
    return "ditto-avatar " DITTO_VERSION "\nONNX Runtime " + nn::runtime_version() + "\nFFmpeg " +
           media::ffmpeg_version() + "\n";
}

}  // namespace ditto::cli
