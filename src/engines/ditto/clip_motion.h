#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "engines/ditto/condition_handler.h"
#include "engines/ditto/ddim_sampler.h"
#include "engines/ditto/motion.h"

namespace ditto::reenact {

/// Frames that the diffusion model predicts at once.
inline constexpr int clip_frames = 80;

/// Lowest and highest value of each element of a motion.
struct MotionLimits {
    MotionVector low{};
    MotionVector high{};
};

struct ClipOptions {
    /// Streaming joins clips over as few frames as possible and pads the end with the last
    /// feature; offline joins over the whole overlap, pads with the last condition, and smooths
    /// once more at the end.
    bool streaming = false;
    int overlap = 10;  // frames that two clips share, 1..79
    int sampling_steps = 50;
    /// Every so many clips, the frame that a clip continues from is the source's own motion but
    /// for the elements [kept_begin, kept_end); 0: never. (fix_kp_cond, fix_kp_cond_dim)
    int reset_interval = 1;
    int kept_begin = 0;
    int kept_end = 202;
    int smoothing = 3;  // frames over which the pose is averaged; 1: none (smo_k_d)
    std::optional<MotionLimits> limits = std::nullopt;

    int new_frames() const { return clip_frames - overlap; }  // valid_clip_len
    int fused_frames() const;
};

/// Begins a clip: frame to continue from 265, conditions 80x1103, both kept by the caller until the
/// clip is done. What comes back predicts its steps, from samples of 80x265.
using ClipDenoise =
    std::function<Denoise(std::span<const float> first_frame, std::span<const float> conditions)>;
/// So many numbers of mean 0 and standard deviation 1.
using DrawNoise = std::function<std::vector<float>(std::size_t)>;

/// What happened in one clip, for those who want to look inside.
struct ClipRecord {
    int clip = 0;
    std::span<const float> conditions;  // 80x1103
    std::span<const float> noise;       // 80x265
    std::span<const float> motion;      // 80x265, as predicted
};

/// From speech features to motion, clip by clip: a window stage. Clips overlap, are blended where
/// they meet, and each continues from a frame of the one before. Memory does not grow.
/// Method: Ditto, core/atomic_components/audio2motion.py and stream_pipeline_*.py.
class ClipMotion {
  public:
    /// Draws sampling_steps - 1 noises, kept for all clips, then one for each clip.
    /// `conditions` must outlive this.
    ClipMotion(const ClipOptions& options, const ConditionHandler& conditions,
               const MotionVector& source, ClipDenoise denoise, DrawNoise draw);

    void observe(std::function<void(const ClipRecord&)> observer) {
        observer_ = std::move(observer);
    }

    /// Features of 25 frames a second, feature_size values each. Streaming begins with `overlap`
    /// features of silence, for which no motion comes out. Returns the motions that are final.
    std::vector<MotionVector> push(std::span<const float> features);
    /// The last features, and how many motions are wanted in all: at most one for each feature.
    std::vector<MotionVector> finish(std::span<const float> features, std::int64_t frames);

    /// The motion that all others are relative to; known once a motion has come out.
    const MotionVector& origin() const { return origin_; }
    /// The noises added between the steps.
    const std::vector<std::vector<float>>& step_noises() const { return step_noises_; }

  private:
    std::int64_t feature_count() const;
    std::int64_t motion_end() const;
    MotionVector& motion(std::int64_t frame);
    const MotionVector& motion(std::int64_t frame) const;
    void run_full_clips();
    void run_clip();
    std::vector<float> clip_conditions() const;
    void join(const std::vector<float>& predicted);
    void smooth(std::int64_t first, std::int64_t end);
    void update_first_frame();
    void forget();
    std::vector<MotionVector> take(std::int64_t end, std::int64_t last_end);
    MotionVector smoothed(std::int64_t frame, std::int64_t last_end) const;
    MotionVector limited(MotionVector motion) const;

    ClipOptions options_;
    const ConditionHandler& conditions_;
    MotionVector source_;
    MotionVector first_frame_;
    ClipDenoise denoise_;
    DrawNoise draw_;
    DdimSampler sampler_;
    std::vector<std::vector<float>> step_noises_;
    std::function<void(const ClipRecord&)> observer_;

    std::vector<float> features_;  // from feature next_clip_ on
    std::int64_t next_clip_ = 0;   // its first frame
    int clips_ = 0;
    std::vector<MotionVector> motions_;
    std::int64_t motions_begin_ = 0;  // frame of motions_.front()
    std::int64_t next_out_ = 0;
    MotionVector origin_{};
};

}  // namespace ditto::reenact
