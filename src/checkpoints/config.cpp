#include "checkpoints/config.h"

#include <array>
#include <cmath>
#include <stdexcept>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/pickle.h"

namespace ditto::checkpoints {
namespace {

constexpr std::uint64_t file_limit = 16U << 20;
constexpr std::int64_t motion_size = 265;
constexpr std::int64_t keypoint_values = 63;
constexpr std::size_t most_items = 1000;

using Kind = PickleValue::Kind;

/// Reads one dictionary of the file, field by field. A field that is absent changes nothing.
class Fields {
  public:
    Fields(const PickleValue& dictionary, std::string name)
        : dictionary_(dictionary), name_(std::move(name)) {
        if (dictionary.kind != Kind::dictionary) fail("", "is no dictionary");
    }

    const PickleValue* find(std::string_view key) const { return dictionary_.find(key); }

    void read(std::string_view key, bool& to) const {
        if (const auto* value = find(key)) to = integer(key, *value) != 0;
    }
    void read(std::string_view key, std::int64_t& to) const {
        if (const auto* value = find(key)) to = integer(key, *value);
    }
    void read(std::string_view key, double& to) const {
        if (const auto* value = find(key)) to = real(key, *value);
    }
    void read(std::string_view key, std::string& to) const {
        if (const auto* value = find(key)) to = text(key, *value);
    }
    void read(std::string_view key, std::vector<std::string>& to) const {
        const auto* value = find(key);
        if (value == nullptr) return;
        to.clear();
        for (const PickleValue* item : sequence(key, *value).items)
            to.push_back(text(key, *item));
    }
    /// Numbers by name, or names alone, which stand for 1.
    std::vector<std::pair<std::string, double>> amounts(std::string_view key,
                                                        const PickleValue& value) const {
        std::vector<std::pair<std::string, double>> result;
        if (value.kind == Kind::dictionary) {
            for (std::size_t i = 0; i + 1 < value.items.size() && i < 2 * most_items; i += 2)
                result.emplace_back(text(key, *value.items[i]), real(key, *value.items[i + 1]));
        } else {
            for (const PickleValue* item : sequence(key, value).items)
                result.emplace_back(text(key, *item), 1);
        }
        return result;
    }
    /// A float array; `last`: what its last axis must have (0: anything).
    std::optional<Tensor> array(std::string_view key, std::size_t axes, std::int64_t last) const {
        const auto* value = find(key);
        if (value == nullptr || value->kind == Kind::none) return std::nullopt;
        try {
            Tensor tensor = array_of(*value);
            const Shape& shape = tensor.shape();
            if (tensor.type() != DataType::f32 || shape.size() != axes || tensor.count() == 0 ||
                (last > 0 && shape.back() != last)) {
                fail(key, "has another shape or type");
            }
            for (const float number : tensor.values<float>()) {
                if (!std::isfinite(number)) fail(key, "has a number that is none");
            }
            return tensor;
        } catch (const std::runtime_error& error) {
            fail(key, error.what());
        }
    }
    const PickleValue& sequence(std::string_view key, const PickleValue& value) const {
        if (value.kind != Kind::sequence || value.items.size() > most_items) {
            fail(key, "is no list");
        }
        return value;
    }
    /// One number or a list of them.
    std::vector<std::int64_t> integers(std::string_view key, const PickleValue& value) const {
        if (value.kind != Kind::sequence) return {integer(key, value)};
        std::vector<std::int64_t> result;
        for (const PickleValue* item : sequence(key, value).items)
            result.push_back(integer(key, *item));
        return result;
    }
    std::int64_t integer(std::string_view key, const PickleValue& value) const {
        if (value.kind == Kind::integer || value.kind == Kind::boolean) return value.integer;
        if (value.kind == Kind::real && std::abs(value.real) < 1e15 &&
            value.real == std::floor(value.real)) {
            return static_cast<std::int64_t>(value.real);
        }
        fail(key, "is no whole number");
    }
    double real(std::string_view key, const PickleValue& value) const {
        if (value.kind == Kind::real && std::isfinite(value.real)) return value.real;
        if (value.kind == Kind::integer) return static_cast<double>(value.integer);
        fail(key, "is no number");
    }
    std::string text(std::string_view key, const PickleValue& value) const {
        if (value.kind != Kind::text || value.text.size() > 4096) fail(key, "is no text");
        return std::string(value.text);
    }
    [[noreturn]] void fail(std::string_view key, const std::string& what) const {
        throw std::invalid_argument(name_ + (key.empty() ? "" : ".") + std::string(key) + " " +
                                    what);
    }

  private:
    const PickleValue& dictionary_;
    std::string name_;
};

std::vector<NetworkConfig> read_networks(const PickleValue& base) {
    std::vector<NetworkConfig> networks;
    Fields(base, "base_cfg");
    for (std::size_t i = 0; i + 1 < base.items.size() && i < 2 * most_items; i += 2) {
        const std::string_view key = base.items[i]->text;
        const Fields fields(*base.items[i + 1], "base_cfg." + std::string(key));
        NetworkConfig network;
        network.name = key.substr(0, key.ends_with("_cfg") ? key.size() - 4 : key.size());
        for (const char* path :
             {"model_path", "blaze_face_model_path", "face_mesh_model_path", "task_path"}) {
            std::string value;
            fields.read(path, value);
            if (fields.find(path) != nullptr) network.paths.emplace_back(path, std::move(value));
        }
        fields.read("device", network.device);
        fields.read("force_ori_type", network.force_ori_type);
        networks.push_back(std::move(network));
    }
    return networks;
}

void read_audio2motion(const Fields& fields, Audio2MotionConfig& to) {
    fields.read("model_path", to.model_path);
    fields.read("device", to.device);
    fields.read("w2f_type", to.w2f_type);
    fields.read("motion_feat_dim", to.motion_feat_dim);
    fields.read("audio_feat_dim", to.audio_feat_dim);
    fields.read("seq_frames", to.seq_frames);
    fields.read("use_emo", to.use_emo);
    fields.read("use_sc", to.use_sc);
    fields.read("use_eye_open", to.use_eye_open);
    fields.read("use_eye_ball", to.use_eye_ball);
}

/// All values of an array, or of a list of arrays one after another: (rows, columns).
Tensor rows_of(const Fields& fields, std::string_view key, std::int64_t columns) {
    const auto* value = fields.find(key);
    if (value == nullptr) fields.fail(key, "is missing");
    std::vector<float> numbers;
    const auto add = [&](const PickleValue& array) {
        try {
            const Tensor tensor = array_of(array);
            if (tensor.type() != DataType::f32) fields.fail(key, "has another type");
            const auto values = tensor.values<float>();
            numbers.insert(numbers.end(), values.begin(), values.end());
        } catch (const std::runtime_error& error) {
            fields.fail(key, error.what());
        }
    };
    if (value->kind == Kind::array) {
        add(*value);
    } else {
        for (const PickleValue* item : fields.sequence(key, *value).items)
            add(*item);
    }
    if (numbers.empty() || std::ssize(numbers) % columns != 0) {
        fields.fail(key, "has another shape");
    }
    return Tensor::from(std::span<const float>(numbers), {std::ssize(numbers) / columns, columns});
}

std::vector<float> flat(const Tensor& tensor) {
    const auto values = tensor.values<float>();
    return {values.begin(), values.end()};
}

CharacterInfo read_character(const PickleValue& value) {
    const Fields fields(value, "default_kwargs.ch_info");
    CharacterInfo info;
    info.canonical_keypoints = flat(rows_of(fields, "sc", keypoint_values));
    info.eye_open = rows_of(fields, "eye_open_lst", 2);
    info.eye_ball = rows_of(fields, "eye_ball_lst", 6);
    const auto* motions = fields.find("x_s_info_lst");
    if (motions == nullptr || fields.sequence("x_s_info_lst", *motions).items.empty()) {
        fields.fail("x_s_info_lst", "is empty");
    }
    const Fields first(*motions->items[0], "default_kwargs.ch_info.x_s_info_lst[0]");
    constexpr std::array<std::pair<const char*, std::int64_t>, 7> parts{{{"scale", 1},
                                                                         {"pitch", 66},
                                                                         {"yaw", 66},
                                                                         {"roll", 66},
                                                                         {"t", 3},
                                                                         {"exp", 63},
                                                                         {"kp", 63}}};
    for (const auto& [name, size] : parts) {
        const Tensor values = rows_of(first, name, size);
        if (values.shape()[0] != 1) first.fail(name, "has another shape");
        info.first_motion[name] = flat(values);
    }
    return info;
}

/// An array (n,8), one emotion's index, or a list of them.
std::optional<Tensor> read_emotion(const Fields& fields) {
    const auto* value = fields.find("emo");
    if (value == nullptr || value->kind == Kind::none) return std::nullopt;
    if (value->kind == Kind::array) {
        const bool one = value->shape.size() == 1;
        Tensor rows = std::move(*fields.array("emo", one ? 1 : 2, 8));
        return one ? Tensor::from(std::span<const float>(flat(rows)), {1, 8}) : std::move(rows);
    }
    const std::vector<std::int64_t> indices = fields.integers("emo", *value);
    for (const std::int64_t index : indices) {
        if (index < 0 || index > 7) fields.fail("emo", "names no emotion");
    }
    return Tensor::from(std::span<const std::int64_t>(indices), {std::ssize(indices)});
}

void read_picture_defaults(const Fields& fields, DefaultsConfig& to) {
    fields.read("max_size", to.max_size);
    fields.read("template_n_frames", to.template_n_frames);
    fields.read("crop_scale", to.crop_scale);
    fields.read("crop_vx_ratio", to.crop_vx_ratio);
    fields.read("crop_vy_ratio", to.crop_vy_ratio);
    fields.read("crop_flag_do_rot", to.crop_flag_do_rot);
    fields.read("smo_k_s", to.smo_k_s);
    fields.read("eye_f0_mode", to.eye_f0_mode);
    to.emo = read_emotion(fields);
    if (const auto* value = fields.find("ch_info"); value && value->kind != Kind::none) {
        to.ch_info = read_character(*value);
    }
}

void read_motion_defaults(const Fields& fields, DefaultsConfig& to) {
    fields.read("online_mode", to.online_mode);
    fields.read("overlap_v2", to.overlap_v2);
    fields.read("fix_kp_cond", to.fix_kp_cond);
    fields.read("sampling_timesteps", to.sampling_timesteps);
    fields.read("smo_k_d", to.smo_k_d);
    fields.read("N_d", to.N_d);
    fields.read("relative_d", to.relative_d);
    fields.read("fade_type", to.fade_type);
    fields.read("fade_out_keys", to.fade_out_keys);
    fields.read("flag_stitching", to.flag_stitching);
    to.v_min_max_for_clip = fields.array("v_min_max_for_clip", 2, motion_size);
    if (to.v_min_max_for_clip && to.v_min_max_for_clip->shape()[0] < 2) {
        fields.fail("v_min_max_for_clip", "has one row only");
    }
    to.delta_eye_arr = fields.array("delta_eye_arr", 2, keypoint_values);
    if (const auto* value = fields.find("fix_kp_cond_dim")) {
        to.fix_kp_cond_dim.reset();
        if (value->kind != Kind::none) {
            const auto& items = fields.sequence("fix_kp_cond_dim", *value).items;
            if (items.size() != 2) fields.fail("fix_kp_cond_dim", "has not two numbers");
            to.fix_kp_cond_dim = {fields.integer("fix_kp_cond_dim", *items[0]),
                                  fields.integer("fix_kp_cond_dim", *items[1])};
        }
    }
    if (const auto* value = fields.find("delta_eye_open_n")) {
        to.delta_eye_open_n = fields.integers("delta_eye_open_n", *value);
        if (to.delta_eye_open_n.empty()) fields.fail("delta_eye_open_n", "is empty");
    }
    if (const auto* value = fields.find("use_d_keys"); value && value->kind != Kind::none) {
        to.use_d_keys = fields.amounts("use_d_keys", *value);
    }
    if (const auto* value = fields.find("drive_eye"); value && value->kind != Kind::none) {
        to.drive_eye = fields.integer("drive_eye", *value) != 0;
    }
    if (const auto* value = fields.find("overall_ctrl_info"); value && value->kind != Kind::none) {
        to.overall_ctrl_info = fields.amounts("overall_ctrl_info", *value);
    }
}

}  // namespace

Config Config::standard(bool online) {
    Config config;
    const auto add = [&](const std::string& name, const std::string& file) {
        config.networks.push_back({name, {{"model_path", "ditto_onnx/" + file}}, "cuda", false});
    };
    add("insightface_det", "insightface_det.onnx");
    add("landmark106", "landmark106.onnx");
    add("landmark203", "landmark203.onnx");
    config.networks.push_back({"landmark478",
                               {{"blaze_face_model_path", "ditto_onnx/blaze_face.onnx"},
                                {"face_mesh_model_path", "ditto_onnx/face_mesh.onnx"}},
                               "cuda",
                               false});
    for (const char* name : {"appearance_extractor", "motion_extractor", "stitch_network"})
        add(name, std::string(name) + ".onnx");
    add("warp_network", "warp_network_ori.onnx");
    add("decoder", "decoder.onnx");
    add("hubert", "hubert.onnx");
    if (online) {
        config.defaults.online_mode = true;
        config.defaults.overlap_v2 = 70;
        config.defaults.sampling_timesteps = 10;
    }
    return config;
}

Config Config::load(const std::filesystem::path& path) {
    return parse(load_file(path, file_limit), path.string());
}

Config Config::parse(std::string text, const std::string& path) {
    const Pickle pickle(std::move(text), path);
    const auto part = [&](const char* key) -> const PickleValue& {
        const auto* value = pickle.root().find(key);
        if (value == nullptr) throw std::invalid_argument(std::string(key) + " is missing");
        return *value;
    };
    try {
        const Fields defaults(part("default_kwargs"), "default_kwargs");
        bool online = false;
        defaults.read("online_mode", online);
        Config config = standard(online);
        config.networks = read_networks(part("base_cfg"));
        read_audio2motion(Fields(part("audio2motion_cfg"), "audio2motion_cfg"),
                          config.audio2motion);
        read_picture_defaults(defaults, config.defaults);
        read_motion_defaults(defaults, config.defaults);
        return config;
    } catch (const std::invalid_argument& error) {
        throw Error(ErrorCode::model_mismatch, {{"path", path}, {"what", error.what()}});
    }
}

}  // namespace ditto::checkpoints
