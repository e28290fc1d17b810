// The configuration as JSON and as a pickle. Both have the file's own names and structure.
#include <nlohmann/json.hpp>

#include "checkpoints/config.h"
#include "checkpoints/pickle_writer.h"

namespace ditto::checkpoints {
namespace {

using Json = nlohmann::ordered_json;

/// Builds JSON objects; PickleOutput has the same functions.
struct JsonOutput {
    using Value = Json;
    using Items = std::vector<std::pair<std::string_view, Value>>;

    static Value none() { return nullptr; }
    static Value boolean(bool value) { return value; }
    static Value integer(std::int64_t value) { return value; }
    static Value real(double value) { return value; }
    static Value text(const std::string& value) { return value; }
    static Value list(const std::vector<Value>& values) { return Json(values); }
    static Value dictionary(const Items& items) {
        Json object = Json::object();
        for (const auto& [key, value] : items)
            object[std::string(key)] = value;
        return object;
    }
    static Value array(const Tensor& tensor) {
        const auto columns = static_cast<std::size_t>(tensor.shape().back());
        const auto values = tensor.values<float>();
        if (tensor.shape().size() == 1)
            return Json(std::vector<float>(values.begin(), values.end()));
        Json rows = Json::array();
        for (std::size_t i = 0; i < values.size(); i += columns) {
            const auto row = values.subspan(i, columns);
            rows.push_back(std::vector<float>(row.begin(), row.end()));
        }
        return rows;
    }
};

struct PickleOutput {
    using Value = std::string;
    using Items = std::vector<std::pair<std::string_view, Value>>;

    static Value none() { return pickle_none(); }
    static Value boolean(bool value) { return pickle_bool(value); }
    static Value integer(std::int64_t value) { return pickle_integer(value); }
    static Value real(double value) { return pickle_real(value); }
    static Value text(const std::string& value) { return pickle_text(value); }
    static Value list(const std::vector<Value>& values) { return pickle_list(values); }
    static Value dictionary(const Items& items) { return pickle_dictionary(items); }
    static Value array(const Tensor& tensor) { return pickle_array(tensor.view()); }
};

template <class Out>
typename Out::Value network(const NetworkConfig& config) {
    typename Out::Items items;
    for (const auto& [key, path] : config.paths)
        items.emplace_back(key, Out::text(path));
    items.emplace_back("device", Out::text(config.device));
    items.emplace_back("force_ori_type", Out::boolean(config.force_ori_type));
    return Out::dictionary(items);
}

template <class Out>
typename Out::Value audio2motion(const Audio2MotionConfig& config) {
    return Out::dictionary({{"model_path", Out::text(config.model_path)},
                            {"device", Out::text(config.device)},
                            {"w2f_type", Out::text(config.w2f_type)},
                            {"motion_feat_dim", Out::integer(config.motion_feat_dim)},
                            {"audio_feat_dim", Out::integer(config.audio_feat_dim)},
                            {"seq_frames", Out::integer(config.seq_frames)},
                            {"use_emo", Out::boolean(config.use_emo)},
                            {"use_sc", Out::boolean(config.use_sc)},
                            {"use_eye_open", Out::boolean(config.use_eye_open)},
                            {"use_eye_ball", Out::boolean(config.use_eye_ball)}});
}

/// One number as itself, several as a list.
template <class Out>
typename Out::Value integers(const std::vector<std::int64_t>& values) {
    if (values.size() == 1) return Out::integer(values[0]);
    std::vector<typename Out::Value> items;
    for (const std::int64_t value : values)
        items.push_back(Out::integer(value));
    return Out::list(items);
}

template <class Out>
typename Out::Value optional_array(const std::optional<Tensor>& tensor) {
    if (!tensor) return Out::none();
    if (tensor->type() == DataType::f32) return Out::array(*tensor);
    const auto values = tensor->values<std::int64_t>();
    return integers<Out>({values.begin(), values.end()});
}

template <class Out>
typename Out::Value amounts(const std::vector<std::pair<std::string, double>>& values) {
    typename Out::Items items;
    for (const auto& [key, value] : values)
        items.emplace_back(key, Out::real(value));
    return Out::dictionary(items);
}

template <class Out>
typename Out::Value character(const std::optional<CharacterInfo>& info) {
    if (!info) return Out::none();
    const auto numbers = [](const std::vector<float>& values) {
        return Out::array(Tensor::from(std::span<const float>(values), {std::ssize(values)}));
    };
    typename Out::Items items;
    for (const auto& [name, values] : info->first_motion)
        items.emplace_back(name, numbers(values));
    const auto first = Out::dictionary(items);
    return Out::dictionary({{"x_s_info_lst", Out::list({first})},
                            {"sc", numbers(info->canonical_keypoints)},
                            {"eye_open_lst", Out::list({Out::array(info->eye_open)})},
                            {"eye_ball_lst", Out::list({Out::array(info->eye_ball)})}});
}

template <class Out>
typename Out::Value defaults(const DefaultsConfig& config) {
    std::vector<typename Out::Value> fade_out;
    for (const std::string& key : config.fade_out_keys)
        fade_out.push_back(Out::text(key));
    const auto dims = config.fix_kp_cond_dim;
    const auto dim_list =
        dims ? Out::list({Out::integer(dims->first), Out::integer(dims->second)}) : Out::none();
    return Out::dictionary(
        {{"online_mode", Out::boolean(config.online_mode)},
         {"max_size", Out::integer(config.max_size)},
         {"template_n_frames", Out::integer(config.template_n_frames)},
         {"crop_scale", Out::real(config.crop_scale)},
         {"crop_vx_ratio", Out::real(config.crop_vx_ratio)},
         {"crop_vy_ratio", Out::real(config.crop_vy_ratio)},
         {"crop_flag_do_rot", Out::boolean(config.crop_flag_do_rot)},
         {"smo_k_s", Out::integer(config.smo_k_s)},
         {"emo", optional_array<Out>(config.emo)},
         {"eye_f0_mode", Out::boolean(config.eye_f0_mode)},
         {"ch_info", character<Out>(config.ch_info)},
         {"overlap_v2", Out::integer(config.overlap_v2)},
         {"fix_kp_cond", Out::integer(config.fix_kp_cond)},
         {"fix_kp_cond_dim", dim_list},
         {"sampling_timesteps", Out::integer(config.sampling_timesteps)},
         {"v_min_max_for_clip", optional_array<Out>(config.v_min_max_for_clip)},
         {"smo_k_d", Out::integer(config.smo_k_d)},
         {"N_d", Out::integer(config.N_d)},
         {"use_d_keys", config.use_d_keys ? amounts<Out>(*config.use_d_keys) : Out::none()},
         {"relative_d", Out::boolean(config.relative_d)},
         {"drive_eye", config.drive_eye ? Out::boolean(*config.drive_eye) : Out::none()},
         {"delta_eye_arr", optional_array<Out>(config.delta_eye_arr)},
         {"delta_eye_open_n", integers<Out>(config.delta_eye_open_n)},
         {"fade_type", Out::text(config.fade_type)},
         {"fade_out_keys", Out::list(fade_out)},
         {"flag_stitching", Out::boolean(config.flag_stitching)},
         {"overall_ctrl_info", amounts<Out>(config.overall_ctrl_info)}});
}

template <class Out>
typename Out::Value whole(const Config& config) {
    std::vector<std::string> names;
    for (const NetworkConfig& item : config.networks)
        names.push_back(item.name + "_cfg");
    typename Out::Items networks;
    for (std::size_t i = 0; i < names.size(); ++i)
        networks.emplace_back(names[i], network<Out>(config.networks[i]));
    return Out::dictionary({{"base_cfg", Out::dictionary(networks)},
                            {"audio2motion_cfg", audio2motion<Out>(config.audio2motion)},
                            {"default_kwargs", defaults<Out>(config.defaults)}});
}

}  // namespace

std::string Config::to_json() const {
    // Text of the file that is not UTF-8 is shown with replacement characters.
    return whole<JsonOutput>(*this).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string Config::to_pickle() const {
    return finish_pickle(whole<PickleOutput>(*this));
}

}  // namespace ditto::checkpoints
