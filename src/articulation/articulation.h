#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "articulation/emphasis.h"
#include "articulation/log_mel.h"
#include "nn/session.h"

namespace ditto {

/// What the visible articulators do in one frame of the video; all values 0..1.
struct ArticulationFrame {
    float jaw = 0;              ///< 0 closed, 1 open as in [a]
    float lip_close = 0;        ///< 1: lips pressed together (p b m, pauses)
    float round = 0;            ///< rounding and protrusion (u w o)
    float spread = 0;           ///< corners drawn apart (i e)
    float upper_lip_raise = 0;  ///< upper lip lifted off the teeth
    float lower_lip_drop = 0;   ///< lower lip lowered off the teeth
    float labiodental = 0;      ///< lower lip against the upper teeth (f v)
    float tongue = 0;           ///< tongue raised and seen behind the teeth (t d n l th)
    float teeth = 0;            ///< teeth close together and showing (s z sh ch i)
    float voice = 0;            ///< somebody speaks
    float emphasis = 0;         ///< prosodic emphasis, for brows and head
};

/// How a voice is heard. `live`: as it comes, with look_ahead_s and no more. `recording`: half a
/// second at a time and twice, as if the speaker's vocal tract were a little shorter and a little
/// longer, whose mean is better than either (docs/articulation.md).
enum class Hearing { live, recording };

/// Voice to articulation by the network models/articulation.onnx (docs/articulation.md).
///
///     Articulation articulation(session, 25, Hearing::recording);
///     articulation.listen(the beginning);  // of a recording
///     for (chunk of 16 kHz mono sound) use(articulation.push(chunk));
///     use(articulation.finish());
///
/// Frame k describes the time (k + 0.5) / fps: the curves' mean over the frame's duration (at least
/// 20 ms); contacts (lip_close, labiodental) their maximum, so that no closure falls between two
/// frames. finish() completes ceil(samples * fps / 16000) frames. The result does not depend on the
/// chunking; memory is constant. One object a voice; the session may be shared.
class Articulation {
  public:
    /// Sound that must be known beyond the time a frame describes, at 25 fps and live.
    static constexpr double look_ahead_s = 0.188;

    /// Throws Error{model_mismatch} where the network is another one.
    Articulation(std::shared_ptr<const nn::Session> network, double fps,
                 Hearing hearing = Hearing::live);

    /// Samples of a recording's beginning that listen() hears: 5 s.
    static constexpr std::size_t introduction = 5 * LogMel::sample_rate_hz;

    /// Hears 16 kHz mono sound that no frame is made of, before anything is pushed: given the
    /// recording, or at least its beginning, it knows from the first frame on whose voice it is,
    /// and what is noise. Where it hears none the mouth's rest in pauses is left to the network,
    /// and neighbouring bands are blended.
    void listen(std::span<const float> recording);
    /// 16 kHz mono, -1..1, any number of samples; returns the frames that became certain.
    std::vector<ArticulationFrame> push(std::span<const float> samples);
    /// The remaining frames; nothing may be pushed after it.
    std::vector<ArticulationFrame> finish();

  private:
    /// The network's curves in its order: the members of ArticulationFrame without emphasis.
    static constexpr std::size_t curves_ = 10;
    using Sample = std::array<float, curves_ + 1>;  // and emphasis

    void hear_silence(std::size_t samples);
    void begin();
    void run_network();
    void run_block(std::size_t samples);
    std::vector<float> hear(std::span<const float> log_mel);
    void take_frames(std::int64_t limit, std::vector<ArticulationFrame>& frames);
    ArticulationFrame frame_at(std::int64_t index) const;

    std::shared_ptr<const nn::Session> network_;
    double fps_;
    LogMel log_mel_;
    Emphasis emphasis_;
    std::size_t block_;          // samples made at a time
    std::vector<float> tracts_;  // one an ear: the places of the bands are multiplied with it
    std::vector<float> past_;    // ears x what the network keeps of the past
    std::vector<float> mel_;     // starts `context` frames before the next block
    std::deque<Sample> recent_;  // at 50 Hz; recent_[0] is sample number first_recent_
    std::int64_t first_recent_ = 0;
    float strictness_ = 1;  // how much the noise asks for, 0..1: rest in pauses, bands unblended
    std::int64_t samples_ = 0;
    std::int64_t made_ = 0;
};

}  // namespace ditto
