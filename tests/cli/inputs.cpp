#include "inputs.h"

#include <cstring>

#include "sounds.h"

namespace ditto::cli {

std::filesystem::path portrait() {
    return DITTO_SOURCE_DIR "/assets/portrait.png";
}

void write_voice(const std::filesystem::path& path, double duration_s) {
    // 16 bit, mono, 24 kHz behind a header of 44 bytes (assets/README.md).
    const auto file = media::read_content(DITTO_SOURCE_DIR "/assets/demo_voice.wav");
    std::vector<std::int16_t> recorded((file.size() - 44) / 2);
    std::memcpy(recorded.data(), file.data() + 44, recorded.size() * 2);
    media::Sound sound{24000, 1, {}};
    sound.samples.resize(static_cast<std::size_t>(duration_s * sound.sample_rate_hz));
    for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        sound.samples[i] = static_cast<float>(recorded[i % recorded.size()]) / 32768.0F;
    }
    media::write_wav(path, sound);
}

std::vector<std::string> generate_arguments(const std::filesystem::path& photo,
                                            const std::filesystem::path& audio,
                                            const std::filesystem::path& output,
                                            const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"generate", "--photo",  photo, "--audio",
                                       audio,      "--output", output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

}  // namespace ditto::cli
