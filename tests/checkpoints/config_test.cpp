#include "checkpoints/config.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/pickle_writer.h"

namespace ditto::checkpoints {
namespace {

/// Written by Python with NumPy arrays inside, one file for each protocol.
std::string python_file(int protocol) {
    return DITTO_TEST_DATA "/checkpoints/config_protocol" + std::to_string(protocol) + ".pkl";
}

void expect_python_values(const Config& config) {
    ASSERT_EQ(config.networks.size(), 2U);
    EXPECT_EQ(config.networks[0].name, "hubert");
    EXPECT_EQ(config.networks[0].paths[0].second, "hubert_fp32.onnx");
    EXPECT_EQ(config.networks[1].paths.size(), 3U);
    EXPECT_EQ(config.audio2motion.model_path, "lmdm.engine");
    EXPECT_FALSE(config.audio2motion.use_eye_ball);
    const DefaultsConfig& defaults = config.defaults;
    EXPECT_TRUE(defaults.online_mode);
    EXPECT_EQ(defaults.max_size, 1280);
    EXPECT_EQ(defaults.crop_scale, 2.25);
    EXPECT_EQ(defaults.sampling_timesteps, 12);  // a NumPy number
    EXPECT_EQ(defaults.overlap_v2, 70);
    EXPECT_EQ(defaults.fix_kp_cond_dim->second, 202);
    EXPECT_EQ(defaults.emo->shape(), (Shape{3, 8}));
    EXPECT_EQ(defaults.emo->values<float>()[23], 23.0F / 8);
    // In the file: float64, column-major.
    ASSERT_EQ(defaults.v_min_max_for_clip->shape(), (Shape{2, 265}));
    EXPECT_EQ(defaults.v_min_max_for_clip->values<float>()[7], -1.5F);
    EXPECT_EQ(defaults.v_min_max_for_clip->values<float>()[265 + 7], 0.07F);
    EXPECT_EQ(defaults.delta_eye_arr->values<float>()[64], 64);
    EXPECT_EQ(defaults.ch_info->first_motion.at("scale")[0], 1.25F);
    EXPECT_EQ(defaults.ch_info->first_motion.at("yaw").size(), 66U);
    EXPECT_EQ(defaults.ch_info->first_motion.at("kp")[62], 1);
    EXPECT_EQ(defaults.delta_eye_open_n, (std::vector<std::int64_t>{70, 90}));
    EXPECT_EQ(defaults.ch_info->eye_open.values<float>()[1], 0.5F);
    EXPECT_FALSE(defaults.drive_eye.has_value());
    EXPECT_EQ(defaults.overall_ctrl_info[0].second, 2);
}

TEST(Config, ReadsWhatPythonWrites) {
    for (const int protocol : {2, 3, 4, 5}) {
        SCOPED_TRACE(protocol);
        expect_python_values(Config::load(python_file(protocol)));
    }
}

TEST(Config, ReadsWhatItWrites) {
    const std::string pickle = Config::load(python_file(4)).to_pickle();
    expect_python_values(Config::parse(pickle, "again.pkl"));
}

TEST(Config, JsonHasTheFilesNames) {
    const auto json = nlohmann::json::parse(Config::load(python_file(2)).to_json());
    EXPECT_EQ(json.at("base_cfg").at("hubert_cfg").at("model_path"), "hubert_fp32.onnx");
    EXPECT_EQ(json.at("audio2motion_cfg").at("seq_frames"), 80);
    EXPECT_EQ(json.at("default_kwargs").at("emo").size(), 3U);
    EXPECT_EQ(json.at("default_kwargs").at("use_d_keys"), nullptr);
    EXPECT_EQ(json.at("default_kwargs").at("overall_ctrl_info").at("delta_pitch"), 2.0);
}

TEST(Config, StandardValuesDifferBetweenWholeFilesAndStreams) {
    EXPECT_EQ(Config::standard(false).defaults.sampling_timesteps, 50);
    EXPECT_EQ(Config::standard(false).defaults.overlap_v2, 10);
    EXPECT_EQ(Config::standard(true).defaults.sampling_timesteps, 10);
    EXPECT_EQ(Config::standard(true).defaults.overlap_v2, 70);
}

/// A configuration in which one default is something else.
std::string with(std::string_view key, const std::string& value) {
    return finish_pickle(
        pickle_dictionary({{"base_cfg", pickle_dictionary({})},
                           {"audio2motion_cfg", pickle_dictionary({})},
                           {"default_kwargs", pickle_dictionary({{key, value}})}}));
}

ErrorCode code_of(const std::string& text) {
    try {
        Config::parse(text, "bad.pkl");
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("bad.pkl"), std::string::npos);
        return error.code();
    }
    return ErrorCode::internal;
}

TEST(Config, EmotionMayBeAnIndexOrAList) {
    const auto emotion = [](const std::string& value) {
        return Config::parse(with("emo", value), "a").defaults.emo->values<std::int64_t>()[0];
    };
    EXPECT_EQ(emotion(pickle_integer(3)), 3);
    EXPECT_EQ(emotion(pickle_list({pickle_integer(6), pickle_integer(0)})), 6);
    EXPECT_FALSE(Config::parse(with("emo", pickle_none()), "a").defaults.emo.has_value());
}

TEST(Config, WrongFieldsAreNamed) {
    const Tensor small(DataType::f32, {2, 7});
    EXPECT_EQ(code_of(with("crop_scale", pickle_text("big"))), ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(with("max_size", pickle_real(1.5))), ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(with("emo", pickle_integer(8))), ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(with("emo", pickle_array(small.view()))), ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(with("delta_eye_arr", pickle_array(small.view()))),
              ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(with("ch_info", pickle_dictionary({}))), ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(with("fix_kp_cond_dim", pickle_list({}))), ErrorCode::model_mismatch);
    EXPECT_EQ(code_of(finish_pickle(pickle_none())), ErrorCode::model_mismatch);
    try {
        Config::parse(with("fade_out_keys", pickle_list({pickle_bool(true)})), "bad.pkl");
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("default_kwargs.fade_out_keys"),
                  std::string::npos);
    }
}

TEST(Config, CutOffFilesAreErrors) {
    const std::string whole = load_file(python_file(4), 1 << 20);
    for (std::size_t length = 0; length < whole.size(); length += 7)
        EXPECT_THROW(Config::parse(whole.substr(0, length), "cut.pkl"), Error) << length;
    EXPECT_THROW(Config::load("/nowhere.pkl"), Error);
}

}  // namespace
}  // namespace ditto::checkpoints
