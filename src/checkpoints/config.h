#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

/// One of base_cfg's networks: where its file is, below the checkpoints folder.
struct NetworkConfig {
    std::string name;  // "hubert", "landmark478", ...
    /// "model_path", or for landmark478 "blaze_face_model_path", "face_mesh_model_path",
    /// "task_path".
    std::vector<std::pair<std::string, std::string>> paths;
    std::string device = "cuda";
    bool force_ori_type = false;
};

/// What audio2motion and the condition handler are made with.
struct Audio2MotionConfig {
    std::string model_path = "ditto_onnx/lmdm_v0.4_hubert.onnx";
    std::string device = "cuda";
    std::string w2f_type = "hubert";
    std::int64_t motion_feat_dim = 265;
    std::int64_t audio_feat_dim = 1103;
    std::int64_t seq_frames = 80;
    bool use_emo = true;
    bool use_sc = true;
    bool use_eye_open = true;
    bool use_eye_ball = true;
};

/// Another person's features that condition the motion in place of the photo's ("ch_info").
struct CharacterInfo {
    std::vector<float> canonical_keypoints;  // sc (63)
    /// x_s_info_lst[0]: scale (1), pitch, yaw, roll (66 each), t (3), exp, kp (63 each).
    std::map<std::string, std::vector<float>> first_motion;
    Tensor eye_open;  // (n,2)
    Tensor eye_ball;  // (n,6)
};

/// default_kwargs: how a video is made where the user says nothing else. Names are the file's.
struct DefaultsConfig {
    bool online_mode = false;
    std::int64_t max_size = 1920;
    std::int64_t template_n_frames = -1;
    double crop_scale = 2.3;
    double crop_vx_ratio = 0;
    double crop_vy_ratio = -0.125;
    bool crop_flag_do_rot = true;
    std::int64_t smo_k_s = 13;
    /// (n,8): one row for each frame of a loop; or (n) indices of emotions. Absent: neutral, 4.
    std::optional<Tensor> emo;
    bool eye_f0_mode = false;
    std::optional<CharacterInfo> ch_info;
    std::int64_t overlap_v2 = 10;
    std::int64_t fix_kp_cond = 1;
    /// First value and one past the last of the motion that fix_kp_cond resets.
    std::optional<std::pair<std::int64_t, std::int64_t>> fix_kp_cond_dim{{0, 202}};
    std::int64_t sampling_timesteps = 50;
    /// (rows,265): row 0 the smallest, row 1 the largest motion; further rows are not used.
    std::optional<Tensor> v_min_max_for_clip;
    std::int64_t smo_k_d = 3;
    std::int64_t N_d = -1;
    /// Driven parts of the motion and their amounts; absent: chosen by the kind of source.
    std::optional<std::vector<std::pair<std::string, double>>> use_d_keys;
    bool relative_d = true;
    std::optional<bool> drive_eye;
    /// (frames,63): a blink, as what it adds to the expression.
    std::optional<Tensor> delta_eye_arr;
    /// Frames between blinks, one after another: 0 drawn anew, -1 no blinks.
    std::vector<std::int64_t> delta_eye_open_n{0};
    std::string fade_type = "d0";
    std::vector<std::string> fade_out_keys{"exp"};
    bool flag_stitching = true;
    std::vector<std::pair<std::string, double>> overall_ctrl_info{{"delta_pitch", 2}};
};

/// Ditto's configuration, ditto_cfg/*.pkl.
struct Config {
    std::vector<NetworkConfig> networks;
    Audio2MotionConfig audio2motion;
    DefaultsConfig defaults;

    /// What holds without a file; `online`: of the streaming configuration.
    static Config standard(bool online);
    /// Fields that the file lacks keep their standard values. Throws Error{model_missing},
    /// Error{model_corrupt}, Error{model_unsafe}, Error{model_mismatch} naming the field.
    static Config load(const std::filesystem::path& path);
    static Config parse(std::string text, const std::string& path);

    /// The same structure and names as the pickle; arrays as lists of lists.
    std::string to_json() const;
    std::string to_pickle() const;
};

}  // namespace ditto::checkpoints
