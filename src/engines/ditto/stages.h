#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "core/audio_clip.h"
#include "core/random.h"
#include "engine/controls.h"
#include "engine/engine.h"
#include "engines/ditto/audio2motion.h"
#include "engines/ditto/config.h"
#include "engines/ditto/ditto_avatar.h"
#include "engines/ditto/dump.h"
#include "engines/ditto/frame_clock.h"
#include "engines/ditto/motion_stitch.h"
#include "engines/ditto/silence_gate.h"
#include "engines/ditto/speech_windows.h"
#include "engines/ditto/wav2feat.h"

// The stages before rendering, each for one run; pipeline.cpp joins them.
namespace ditto::reenact {

/// Features of some motion frames, and how far the mouth may open in each.
struct Speech {
    std::vector<float> features;
    std::vector<float> mouth_open;
    /// Samples of the whole voice, with the last features.
    std::optional<std::int64_t> samples;
};

/// Voice -> features.
class Hearing {
  public:
    Hearing(const Wav2Feat& network, const ClipOptions& clips, const Controls& controls,
            const Dump& dump);

    /// Reads the voice to its end; `give` may say that no more is wanted.
    void run(AudioSource& voice, const std::function<bool(Speech)>& give);

  private:
    Speech silence() const;
    void hear(std::span<const float> window, Speech& speech);

    const Wav2Feat& network_;
    bool streaming_;
    int overlap_;
    SpeechWindows windows_;
    SilenceGate gate_;
    const Dump& dump_;
    std::vector<float> heard_;     // for the dump
    std::vector<float> features_;  // for the dump
};

/// A frame to be stitched; the first tells what all motion is relative to.
struct Moved {
    StitchInput input;
    std::optional<MotionVector> origin = std::nullopt;
};

/// Features -> motion, at the video's frame rate.
class Moving {
  public:
    Moving(const Audio2Motion& network, const ClipOptions& clips, ConditionHandler conditions,
           const MotionVector& source, const Controls& controls, std::int64_t held,
           const Dump& dump);
    Moving(const Moving&) = delete;
    Moving& operator=(const Moving&) = delete;

    std::vector<Moved> push(const Speech& speech);

  private:
    void time(const std::vector<MotionVector>& motions, std::vector<Moved>& result);
    void finish(const Speech& speech, std::vector<Moved>& result);
    void observe(const Dump& dump);

    ConditionHandler conditions_;
    Random random_;
    ClipMotion clips_;
    FrameClock clock_;
    double fps_;
    const Dump& dump_;
    std::deque<float> mouth_open_;
    std::vector<float> motion_;  // for the dump
    bool begun_ = false;
};

/// What the diffusion model is told about the source: the photo, or the config's character.
ConditionHandler make_conditions(const Config& config, const Controls& controls,
                                 const DittoAvatar& source);
/// The motion that the first clip continues from.
const MotionInfo& conditioned_motion(const Config& config, const DittoAvatar& source);

StitchOptions make_stitch_options(const Config& config, const Controls& controls,
                                  const DittoAvatar& source);

/// Blinks as the config and the user want them.
BlinkSchedule make_blinks(const Config& config, const Controls& controls);

/// How many frames a run must know ahead of its end: for fading and for open eyes.
std::int64_t frames_held(const Config& config, const Controls& controls);

}  // namespace ditto::reenact
