#include "app/ditto_setup.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "app/gpu_graphs.h"
#include "base/cache_folder.h"
#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/lmdm_reader.h"
#include "checkpoints/onnx_rewrite.h"

namespace ditto {
namespace {

constexpr std::uint64_t largest_network = 1ULL << 31U;

using checkpoints::DefaultsConfig;
using reenact::FadeTarget;

[[noreturn]] void refuse(const std::string& file, const std::string& field) {
    throw Error(ErrorCode::model_mismatch, {{"path", file}, {"what", field}});
}

/// The rows of a (rows, N) array.
template <std::size_t N>
std::vector<std::array<float, N>> rows_of(const Tensor& tensor, const std::string& file,
                                          const std::string& field) {
    if (tensor.type() != DataType::f32 || tensor.shape().size() != 2 || tensor.shape()[1] != N) {
        refuse(file, field);
    }
    const auto values = tensor.values<float>();
    std::vector<std::array<float, N>> rows(values.size() / N);
    for (std::size_t i = 0; i < rows.size(); ++i)
        std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(i * N), N, rows[i].begin());
    return rows;
}

std::vector<reenact::EmotionWeights> emotions(const Tensor& tensor, const std::string& file) {
    if (tensor.shape().size() == 2) return rows_of<8>(tensor, file, "emo");
    if (tensor.type() != DataType::i64 || tensor.count() == 0) refuse(file, "emo");
    EmotionShares blended{};
    for (const std::int64_t index : tensor.values<std::int64_t>()) {
        if (index < 0 || index >= 8) refuse(file, "emo");
        blended[static_cast<std::size_t>(index)] = 1;
    }
    return {reenact::blend(blended)};
}

reenact::Character character(const checkpoints::CharacterInfo& from, const std::string& file) {
    const auto open = rows_of<2>(from.eye_open, file, "ch_info: eye_open_lst");
    const auto ball = rows_of<6>(from.eye_ball, file, "ch_info: eye_ball_lst");
    reenact::Character to;
    if (open.empty() || open.size() != ball.size()) refuse(file, "ch_info: eye_ball_lst");
    const auto copy = [&](const std::vector<float>& values, std::span<float> part,
                          const std::string& name) {
        if (values.size() != part.size()) refuse(file, "ch_info: " + name);
        std::ranges::copy(values, part.begin());
    };
    const auto motion = [&](const std::string& name, std::span<float> part) {
        const auto found = from.first_motion.find(name);
        if (found == from.first_motion.end()) refuse(file, "ch_info: " + name);
        copy(found->second, part, name);
    };
    copy(from.canonical_keypoints, to.canonical, "sc");
    motion("scale", {&to.motion.scale, 1});
    motion("pitch", to.motion.pitch);
    motion("yaw", to.motion.yaw);
    motion("roll", to.motion.roll);
    motion("t", to.motion.translation);
    motion("exp", to.motion.expression);
    motion("kp", to.motion.canonical);
    for (std::size_t i = 0; i < open.size(); ++i)
        to.eyes.push_back({open[i], ball[i]});
    return to;
}

int within(std::int64_t value, std::int64_t low, std::int64_t high, const std::string& file,
           const std::string& field) {
    if (value < low || value > high) refuse(file, field);
    return static_cast<int>(value);
}

/// Empty: drawn anew.
std::vector<int> open_frames(const std::vector<std::int64_t>& from, const std::string& file) {
    if (from.size() == 1 && from.front() == 0) return {};
    if (from.size() == 1 && from.front() == -1) return {-1};
    std::vector<int> to;
    for (const std::int64_t frames : from)
        to.push_back(within(frames, 0, 100'000, file, "delta_eye_open_n"));
    return to;
}

reenact::ClipOptions clips(const DefaultsConfig& from, const std::string& file) {
    reenact::ClipOptions to;
    to.streaming = from.online_mode;
    to.overlap = within(from.overlap_v2, 1, reenact::clip_frames - 1, file, "overlap_v2");
    to.sampling_steps = within(from.sampling_timesteps, 1, 1000, file, "sampling_timesteps");
    to.reset_interval = within(from.fix_kp_cond, 0, 1'000'000, file, "fix_kp_cond");
    const auto [begin, end] =
        from.fix_kp_cond_dim.value_or(std::pair<std::int64_t, std::int64_t>{0, 0});
    to.kept_begin = within(begin, 0, reenact::motion_size, file, "fix_kp_cond_dim");
    to.kept_end = within(end, begin, reenact::motion_size, file, "fix_kp_cond_dim");
    to.smoothing = within(from.smo_k_d, 0, reenact::clip_frames / 2, file, "smo_k_d");
    if (from.v_min_max_for_clip) {
        const auto rows =
            rows_of<reenact::motion_size>(*from.v_min_max_for_clip, file, "v_min_max_for_clip");
        if (rows.size() < 2) refuse(file, "v_min_max_for_clip");
        to.limits = reenact::MotionLimits{rows[0], rows[1]};
    }
    return to;
}

reenact::DrivenParts driven(const std::vector<std::pair<std::string, double>>& amounts,
                            const std::string& file) {
    reenact::DrivenParts parts{0, 0, 0, 0, 0, 0};
    for (const auto& [name, amount] : amounts) {
        const auto value = static_cast<float>(amount);
        if (name == "exp") {
            parts.expression = value;
        } else if (name == "pitch") {
            parts.pitch = value;
        } else if (name == "yaw") {
            parts.yaw = value;
        } else if (name == "roll") {
            parts.roll = value;
        } else if (name == "t") {
            parts.translation = value;
        } else if (name == "scale") {
            parts.scale = value;
        } else {
            refuse(file, "use_d_keys");
        }
    }
    return parts;
}

reenact::FadedParts faded(const std::vector<std::string>& names) {
    const auto has = [&](const char* name) {
        return std::ranges::find(names, name) != names.end();
    };
    return {has("exp"), has("pitch"), has("yaw"), has("roll"), has("t"), has("scale")};
}

FadeTarget fade_target(const std::string& type, const std::string& file) {
    if (type.empty()) return FadeTarget::none;
    if (type == "d0") return FadeTarget::first_frame;
    if (type == "s") return FadeTarget::source;
    refuse(file, "fade_type");
}

void overall_controls(const DefaultsConfig& from, const std::string& file,
                      reenact::StitchOptions& to) {
    to.pitch_offset_deg = 0;
    for (const auto& [name, value] : from.overall_ctrl_info) {
        if (name == "delta_pitch") {
            to.pitch_offset_deg = value;
        } else if (name == "delta_yaw") {
            to.yaw_offset_deg = value;
        } else if (name == "delta_roll") {
            to.roll_offset_deg = value;
        } else if (name == "alpha_pitch") {
            to.pitch_amount = value;
        } else if (name == "alpha_yaw") {
            to.yaw_amount = value;
        } else if (name == "alpha_roll") {
            to.roll_amount = value;
        } else {
            refuse(file, "overall_ctrl_info: " + name);
        }
    }
}

reenact::StitchOptions stitch(const DefaultsConfig& from, const std::string& file) {
    reenact::StitchOptions to;
    to.relative = from.relative_d;
    if (from.use_d_keys) to.driven = driven(*from.use_d_keys, file);
    to.drive_eyes = from.drive_eye;
    to.fade_target = fade_target(from.fade_type, file);
    to.faded = faded(from.fade_out_keys);
    if (from.delta_eye_arr) to.blink = rows_of<63>(*from.delta_eye_arr, file, "delta_eye_arr");
    to.stitching = from.flag_stitching;
    overall_controls(from, file, to);
    return to;
}

/// The published networks take these; others would need other conditions.
void check_conditions(const checkpoints::Audio2MotionConfig& config, const std::string& file) {
    if (!config.use_emo || !config.use_sc || !config.use_eye_open || !config.use_eye_ball ||
        config.w2f_type != "hubert" ||
        config.audio_feat_dim != static_cast<std::int64_t>(reenact::condition_size) ||
        config.motion_feat_dim != static_cast<std::int64_t>(reenact::motion_size) ||
        config.seq_frames != reenact::clip_frames) {
        refuse(file, "audio2motion_cfg");
    }
}

std::optional<denoiser::MotionWeights> lmdm_weights(const std::filesystem::path& file) {
    auto state =
        checkpoints::read_lmdm(checkpoints::load_file(file, largest_network), file.string());
    if (!state) return std::nullopt;
    return std::move(state->tensors);
}

}  // namespace

reenact::NetworkFiles ditto_network_files(const std::filesystem::path& folder) {
    reenact::NetworkFiles files = reenact::NetworkFiles::in(folder / "ditto_onnx");
    std::error_code ignored;
    if (files.warp_network.filename() == "warp_network.onnx" &&
        std::filesystem::is_regular_file(files.warp_network, ignored)) {
        const std::string model = checkpoints::load_file(files.warp_network, largest_network);
        if (checkpoints::has_plugin_grid_samples(model)) {
            files.warp_model =
                checkpoints::rewrite_grid_samples(model, 0, files.warp_network.string());
        }
    }
    files.packed_weights = cache_folder();
    files.lmdm_weights = [file = files.lmdm] { return lmdm_weights(file); };
    return files;
}

reenact::NetworkFiles ditto_gpu_network_files(const std::filesystem::path& folder, bool half,
                                              const std::filesystem::path& cache) {
    reenact::NetworkFiles files = reenact::NetworkFiles::in(folder / "ditto_onnx");
    files.for_gpu = true;
    /// As the first of these options that the network can be rewritten with.
    const auto rewritten = [&](const std::filesystem::path& file, const std::string& network,
                               std::vector<checkpoints::GpuGraphOptions> choices) {
        if (!half) std::erase_if(choices, &checkpoints::GpuGraphOptions::half);
        for (std::size_t i = 0; i + 1 < choices.size(); ++i) {
            try {
                return kept_gpu_graph(file, network, choices[i], cache);
            } catch (const Error& error) {
                if (error.code() != ErrorCode::model_mismatch) throw;
                if (!choices[i].half) continue;
                files.notices.push_back({NoticeCode::network_in_32_bits,
                                         {{"path", file.string()}, {"why", error.detail()}}});
            }
        }
        return kept_gpu_graph(file, network, choices.back(), cache);
    };
    files.warp_model = rewritten(files.warp_network, "gpu-warp_network", {{.half = true}, {}});
    files.decoder_model = rewritten(files.decoder, "gpu-decoder",
                                    {{.half = true, .pictures = true}, {.pictures = true}, {}});
    files.packed_weights = cache;
    files.half = half && files.notices.size() < 2;
    if (files.half) {
        files.notices.insert(files.notices.begin(), {NoticeCode::precision_gpu, {}});
    }
    return files;
}

bool has_ditto_networks(const std::filesystem::path& folder) {
    std::error_code ignored;
    return std::filesystem::is_directory(folder / "ditto_onnx", ignored);
}

InsightFaceFiles find_insight_face(const std::filesystem::path& folder) {
    const auto find = [&](std::initializer_list<const char*> names) {
        for (const char* name : names) {
            std::error_code ignored;
            if (std::filesystem::is_regular_file(folder / name, ignored)) return folder / name;
        }
        throw Error(ErrorCode::face_finder_unavailable,
                    {{"why", "file_missing"}, {"path", (folder / *names.begin()).string()}});
    };
    return {find({"ditto_onnx/insightface_det.onnx", "ditto_pytorch/aux_models/det_10g.onnx"}),
            find({"ditto_onnx/landmark106.onnx", "ditto_pytorch/aux_models/2d106det.onnx"}),
            find({"ditto_onnx/landmark203.onnx", "ditto_pytorch/aux_models/landmark203.onnx"})};
}

reenact::Config load_ditto_config(const std::filesystem::path& folder) {
    for (const char* name : {"v0.4_hubert_cfg_trt.pkl", "v0.4_hubert_cfg_pytorch.pkl"}) {
        const auto file = folder / "ditto_cfg" / name;
        std::error_code ignored;
        if (std::filesystem::exists(file, ignored)) {
            return engine_config(checkpoints::Config::load(file), file.string());
        }
    }
    return {};
}

reenact::Config engine_config(const checkpoints::Config& config, const std::string& file) {
    check_conditions(config.audio2motion, file);
    const DefaultsConfig& from = config.defaults;
    reenact::Config to;
    to.max_size = within(from.max_size, 64, 8192, file, "max_size");
    to.crop.scale = from.crop_scale;
    to.crop.vx_ratio = from.crop_vx_ratio;
    to.crop.vy_ratio = from.crop_vy_ratio;
    to.crop.rotate = from.crop_flag_do_rot;
    to.source_smoothing = within(from.smo_k_s, 0, 1000, file, "smo_k_s");
    if (from.emo) to.emotion = emotions(*from.emo, file);
    to.eyes_of_first_frame = from.eye_f0_mode;
    if (from.ch_info) to.character = character(*from.ch_info, file);
    to.clips = clips(from, file);
    to.open_frames = open_frames(from.delta_eye_open_n, file);
    to.stitch = stitch(from, file);
    return to;
}

}  // namespace ditto
