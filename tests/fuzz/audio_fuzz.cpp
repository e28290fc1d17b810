// Any bytes as a recording: it is decoded or refused with an Error.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "media/audio_file.h"

namespace {

/// A file that exists in memory only.
class MemoryFile {
  public:
    MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(memfd_create("fuzz", 0)) {
        if (write(descriptor_, data, size) != static_cast<ssize_t>(size)) std::abort();
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    ~MemoryFile() { close(descriptor_); }

    std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

  private:
    int descriptor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ditto;
    const MemoryFile file(data, size);
    const media::AudioLimits limits{.max_duration_s = 20};
    try {
        media::check_voice(file.path(), limits);
        media::AudioFile voice(file.path(), limits);
        std::array<float, 4096> block;
        for (std::size_t count = 0; (count = voice.read(block)) > 0;) {
            for (std::size_t i = 0; i < count; ++i) {
                if (!(std::abs(block[i]) <= 1)) std::abort();
            }
        }
    } catch (const Error&) {
        // Refused, as most are.
    }
    return 0;
}
