#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>

#include "base/progress.h"
#include "core/image.h"
#include "engine/controls.h"

namespace ditto {

/// Where the voice comes from: 16 kHz, mono, samples in [-1, 1]. A file or a live stream.
class AudioSource {
  public:
    virtual ~AudioSource() = default;
    /// Fills the front of `samples` and returns how many; fewer than asked only at the end, 0 after
    /// it. May wait for more.
    virtual std::size_t read(std::span<float> samples) = 0;
    /// It is spoken while it is read: whoever waits for a later part delays the picture.
    virtual bool is_live() const { return false; }
};

/// One picture of the video. `patch` lies over the avatar's photo with its top left corner at
/// (x, y); outside it the photo shows unchanged.
struct Frame {
    std::int64_t index = 0;
    Image patch;
    int x = 0;
    int y = 0;
};

/// Where the frames go, in order, none left out.
class FrameSink {
  public:
    virtual ~FrameSink() = default;
    virtual void write(Frame frame) = 0;
};

/// A registered photo: all that does not change from frame to frame. Immutable; one avatar serves
/// any number of animations at once. Only the engine that made it can use it.
class Avatar {
  public:
    virtual ~Avatar() = default;
    /// The picture behind every frame.
    virtual const Image& photo() const = 0;
    /// The part of the photo that moves; every frame's patch lies inside it.
    virtual Rect moving_region() const = 0;
    /// The face in the photo, from the forehead to the chin.
    virtual Rect face_box() const = 0;
    /// About how much memory it takes.
    virtual std::size_t memory_bytes() const = 0;
};

/// Turns a photo into an avatar and a voice into its frames. Thread-safe.
class Engine {
  public:
    virtual ~Engine() = default;

    /// "mesh" or "ditto".
    virtual std::string_view name() const = 0;

    /// Finds the face and prepares it. The stages find_face and register_avatar and notices
    /// (several faces, open mouth) go to `progress`. Of the controls only RegistrationControls
    /// matter.
    /// Throws Error of kind photo when the photo cannot be used, Error{cancelled}.
    virtual std::shared_ptr<const Avatar> register_photo(const Image& photo,
                                                         const Controls& controls,
                                                         Progress& progress,
                                                         std::stop_token stop) const = 0;

    /// The pictures of a video, 25 a second, all of one size; nothing after the last.
    using Pictures = std::function<std::optional<Image>()>;

    /// A video in the photo's place: its head goes on moving as it does. Throws what
    /// register_photo() throws, and Error{engine_unavailable} of an engine that takes photos only.
    virtual std::shared_ptr<const Avatar> register_video(const Pictures& next,
                                                         const Controls& controls,
                                                         Progress& progress,
                                                         std::stop_token stop) const;

    /// Reads `voice` to its end and writes ceil(samples * fps / 16000) frames. Memory does not
    /// grow with the length. Returns the number of frames. Throws Error{cancelled} and whatever
    /// source and sink throw.
    virtual std::int64_t animate(const Avatar& avatar, const Controls& controls, AudioSource& voice,
                                 FrameSink& frames, Progress& progress,
                                 std::stop_token stop) const = 0;
};

}  // namespace ditto
