#include "engines/ditto/clip_motion.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/error.h"

namespace ditto::reenact {
namespace {

constexpr std::size_t clip_values = clip_frames * motion_size;

/// Elements that are averaged over time: all but the expression.
constexpr std::size_t smoothed_values = expression_offset;

MotionVector frame_of(const std::vector<float>& clip, int frame) {
    MotionVector result;
    std::copy_n(clip.begin() + frame * static_cast<std::ptrdiff_t>(motion_size), motion_size,
                result.begin());
    return result;
}

}  // namespace

int ClipOptions::fused_frames() const {
    return streaming ? std::min(overlap, new_frames()) : overlap;
}

ClipMotion::ClipMotion(const ClipOptions& options, const ConditionHandler& conditions,
                       const MotionVector& source, ClipDenoise denoise, DrawNoise draw)
    : options_(options),
      conditions_(conditions),
      source_(source),
      first_frame_(source),
      denoise_(std::move(denoise)),
      draw_(std::move(draw)),
      sampler_(options.sampling_steps),
      next_out_(options.streaming ? options.overlap : 0) {
    if (options.overlap < 1 || options.overlap >= clip_frames || options.kept_begin < 0 ||
        options.kept_begin > options.kept_end || options.kept_end > static_cast<int>(motion_size)) {
        throw Error(ErrorCode::internal, {}, "options of the motion's clips");
    }
    for (std::size_t i = 0; i < sampler_.noise_count(); ++i)
        step_noises_.push_back(draw_(clip_values));
}

std::int64_t ClipMotion::feature_count() const {
    return next_clip_ + static_cast<std::int64_t>(features_.size() / feature_size);
}

std::int64_t ClipMotion::motion_end() const {
    return motions_begin_ + static_cast<std::int64_t>(motions_.size());
}

MotionVector& ClipMotion::motion(std::int64_t frame) {
    return motions_[static_cast<std::size_t>(frame - motions_begin_)];
}

const MotionVector& ClipMotion::motion(std::int64_t frame) const {
    return motions_[static_cast<std::size_t>(frame - motions_begin_)];
}

void ClipMotion::run_full_clips() {
    while (feature_count() - next_clip_ >= clip_frames)
        run_clip();
}

std::vector<MotionVector> ClipMotion::push(std::span<const float> features) {
    features_.insert(features_.end(), features.begin(), features.end());
    run_full_clips();
    // What the next clip will be blended with is not final, nor what is averaged with that.
    const std::int64_t final_end = motion_end() - options_.fused_frames();
    auto result =
        take(options_.streaming ? final_end : final_end - options_.smoothing / 2, final_end);
    forget();
    return result;
}

std::vector<MotionVector> ClipMotion::finish(std::span<const float> features, std::int64_t frames) {
    features_.insert(features_.end(), features.begin(), features.end());
    const std::int64_t end = frames + (options_.streaming ? options_.overlap : 0);
    if (end > feature_count()) {
        throw Error(ErrorCode::internal, {}, "more motion was asked for than there is speech");
    }
    run_full_clips();
    if (options_.streaming) {
        // One clip reaches the end, since less than a clip is left.
        if (!features_.empty()) run_clip();
    } else {
        while (!features_.empty())
            run_clip();
    }
    return take(end, end);
}

void ClipMotion::run_clip() {
    const std::vector<float> conditions = clip_conditions();
    const std::vector<float> noise = draw_(clip_values);
    const std::vector<float> predicted =
        sampler_.sample(noise, step_noises_, denoise_(first_frame_, conditions));
    if (observer_) observer_({clips_, conditions, noise, predicted});
    join(predicted);
    ++clips_;
    update_first_frame();

    const auto used =
        std::min(features_.size(), static_cast<std::size_t>(options_.new_frames()) * feature_size);
    features_.erase(features_.begin(), features_.begin() + static_cast<std::ptrdiff_t>(used));
    next_clip_ += options_.new_frames();
}

std::vector<float> ClipMotion::clip_conditions() const {
    std::vector<float> conditions(clip_frames * condition_size);
    const auto count = static_cast<int>(features_.size() / feature_size);
    for (int i = 0; i < clip_frames; ++i) {
        const auto row = std::span(conditions)
                             .subspan(static_cast<std::size_t>(i) * condition_size, condition_size);
        if (i >= count && !options_.streaming) {
            std::copy_n(row.data() - condition_size, condition_size, row.data());
            continue;
        }
        const auto feature = static_cast<std::size_t>(std::min(i, count - 1)) * feature_size;
        const std::int64_t frame = next_clip_ + i - (options_.streaming ? options_.overlap : 0);
        conditions_.write(std::span(features_).subspan(feature, feature_size), frame, row);
    }
    return conditions;
}

void ClipMotion::join(const std::vector<float>& predicted) {
    const int fused = options_.fused_frames();
    const int fused_end = clip_frames - options_.new_frames();  // in the new clip
    if (motions_.empty()) {
        for (int i = 0; i < clip_frames; ++i)
            motions_.push_back(frame_of(predicted, i));
        smooth(0, clip_frames);
        if (options_.streaming) origin_ = limited(motions_.front());
        return;
    }
    for (int i = 0; i < fused; ++i) {
        MotionVector& before = motion(motion_end() - fused + i);
        const MotionVector after = frame_of(predicted, fused_end - fused + i);
        const float part = static_cast<float>(i) / static_cast<float>(fused);
        for (std::size_t k = 0; k < motion_size; ++k)
            before[k] = before[k] * (1 - part) + after[k] * part;
    }
    for (int i = fused_end; i < clip_frames; ++i)
        motions_.push_back(frame_of(predicted, i));
    const std::int64_t joint = motion_end() - options_.new_frames();
    smooth(joint - fused, joint + 1);
}

void ClipMotion::smooth(std::int64_t first, std::int64_t end) {
    const int half = options_.smoothing / 2;
    if (half == 0) return;
    // Averages are of the values from before this pass.
    std::vector<MotionVector> averages;
    for (std::int64_t frame = first; frame < end; ++frame)
        averages.push_back(smoothed(frame, motion_end()));
    std::ranges::copy(averages, &motion(first));
}

MotionVector ClipMotion::smoothed(std::int64_t frame, std::int64_t last_end) const {
    const int half = options_.smoothing / 2;
    MotionVector result = motion(frame);
    if (half == 0) return result;
    const std::int64_t first = std::max<std::int64_t>(0, frame - half);
    const std::int64_t end = std::min(last_end, frame + half + 1);
    for (std::size_t k = 0; k < smoothed_values; ++k) {
        double sum = 0;
        for (std::int64_t i = first; i < end; ++i)
            sum += motion(i)[k];
        result[k] = static_cast<float>(sum / static_cast<double>(end - first));
    }
    return result;
}

void ClipMotion::update_first_frame() {
    const MotionVector& continued = motion(motion_end() - options_.overlap - 1);
    if (options_.reset_interval > 0 && clips_ % options_.reset_interval == 0) {
        first_frame_ = source_;
        std::copy(continued.begin() + options_.kept_begin, continued.begin() + options_.kept_end,
                  first_frame_.begin() + options_.kept_begin);
    } else {
        first_frame_ = continued;
    }
}

void ClipMotion::forget() {
    const int margin = options_.smoothing / 2 + 1;
    const std::int64_t wanted =
        std::min(next_out_, motion_end() - std::max(options_.fused_frames(), options_.overlap)) -
        margin;
    const std::int64_t unwanted = std::max<std::int64_t>(0, wanted - motions_begin_);
    motions_.erase(motions_.begin(), motions_.begin() + unwanted);
    motions_begin_ += unwanted;
}

MotionVector ClipMotion::limited(MotionVector motion) const {
    if (!options_.limits) return motion;
    for (std::size_t k = 0; k < motion_size; ++k) {
        // Not std::clamp: limits come from a file and may be the wrong way round.
        motion[k] =
            std::min(std::max(motion[k], options_.limits->low[k]), options_.limits->high[k]);
    }
    return motion;
}

std::vector<MotionVector> ClipMotion::take(std::int64_t end, std::int64_t last_end) {
    std::vector<MotionVector> result;
    for (; next_out_ < end; ++next_out_) {
        result.push_back(
            limited(options_.streaming ? motion(next_out_) : smoothed(next_out_, last_end)));
        if (next_out_ == 0) origin_ = result.back();
    }
    return result;
}

}  // namespace ditto::reenact
