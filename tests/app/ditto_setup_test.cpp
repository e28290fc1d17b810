#include "app/ditto_setup.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/onnx_graph.h"
#include "checkpoints/onnx_model.h"
#include "checkpoints/synthesize.h"

namespace ditto {
namespace {

checkpoints::Config standard() {
    return checkpoints::Config::standard(false);
}

Tensor rows(std::int64_t count, std::int64_t size, float first) {
    Tensor tensor(DataType::f32, {count, size});
    for (std::size_t i = 0; i < tensor.count(); ++i)
        tensor.values<float>()[i] = first + static_cast<float>(i);
    return tensor;
}

ErrorCode refusal(const checkpoints::Config& config) {
    try {
        engine_config(config, "config.pkl");
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::internal;
}

TEST(DittoSetup, PublishedValuesAreTheEnginesDefaults) {
    const reenact::Config ours;
    const reenact::Config theirs = engine_config(standard(), "config.pkl");
    EXPECT_EQ(theirs.max_size, ours.max_size);
    EXPECT_EQ(theirs.crop.scale, ours.crop.scale);
    EXPECT_EQ(theirs.crop.vy_ratio, ours.crop.vy_ratio);
    EXPECT_EQ(theirs.clips.overlap, ours.clips.overlap);
    EXPECT_EQ(theirs.clips.sampling_steps, ours.clips.sampling_steps);
    EXPECT_EQ(theirs.clips.reset_interval, ours.clips.reset_interval);
    EXPECT_EQ(theirs.clips.kept_end, ours.clips.kept_end);
    EXPECT_EQ(theirs.clips.smoothing, ours.clips.smoothing);
    EXPECT_EQ(theirs.source_smoothing, ours.source_smoothing);
    EXPECT_EQ(theirs.stitch.pitch_offset_deg, ours.stitch.pitch_offset_deg);
    EXPECT_EQ(theirs.stitch.fade_target, ours.stitch.fade_target);
    EXPECT_TRUE(theirs.open_frames.empty());
    EXPECT_TRUE(theirs.emotion.empty());
    const reenact::Config streaming =
        engine_config(checkpoints::Config::standard(true), "config.pkl");
    EXPECT_TRUE(streaming.clips.streaming);
    EXPECT_EQ(streaming.clips.overlap, ours.streaming_overlap);
    EXPECT_EQ(streaming.clips.sampling_steps, ours.streaming_steps);
}

TEST(DittoSetup, TakesWhatTheFileSays) {
    checkpoints::Config config = standard();
    auto& from = config.defaults;
    from.v_min_max_for_clip = rows(4, 265, 1);
    from.delta_eye_arr = rows(15, 63, 0);
    from.delta_eye_open_n = {70, 90};
    from.emo = rows(3, 8, 0);
    from.use_d_keys = {{{"exp", 1.5}, {"t", 1}}};
    from.fade_out_keys = {"exp", "yaw"};
    from.fade_type = "s";
    from.overall_ctrl_info = {{"delta_yaw", 3}, {"alpha_roll", .5}};
    from.fix_kp_cond_dim.reset();
    const reenact::Config to = engine_config(config, "config.pkl");
    EXPECT_EQ(to.clips.limits->low[0], 1);
    EXPECT_EQ(to.clips.limits->high[0], 266);
    EXPECT_EQ(to.stitch.blink.size(), 15U);
    EXPECT_EQ(to.stitch.blink[1][0], 63);
    EXPECT_EQ(to.open_frames, (std::vector{70, 90}));
    EXPECT_EQ(to.emotion.size(), 3U);
    EXPECT_EQ(to.stitch.driven->expression, 1.5F);
    EXPECT_EQ(to.stitch.driven->pitch, 0);
    EXPECT_TRUE(to.stitch.faded.yaw);
    EXPECT_FALSE(to.stitch.faded.pitch);
    EXPECT_EQ(to.stitch.fade_target, reenact::FadeTarget::source);
    EXPECT_EQ(to.stitch.yaw_offset_deg, 3);
    EXPECT_EQ(to.stitch.pitch_offset_deg, 0);
    EXPECT_EQ(to.stitch.roll_amount, .5);
    EXPECT_EQ(to.clips.kept_end, 0);
}

TEST(DittoSetup, ACharacterStandsInForThePhoto) {
    checkpoints::Config config = standard();
    checkpoints::CharacterInfo info;
    info.canonical_keypoints.assign(63, .5F);
    info.eye_open = rows(2, 2, 0);
    info.eye_ball = rows(2, 6, 0);
    for (const auto& [name, size] : {std::pair{"pitch", 66},
                                     {"yaw", 66},
                                     {"roll", 66},
                                     {"t", 3},
                                     {"exp", 63},
                                     {"kp", 63},
                                     {"scale", 1}})
        info.first_motion[name].assign(static_cast<std::size_t>(size), 2);
    config.defaults.ch_info = std::move(info);
    const reenact::Config to = engine_config(config, "config.pkl");
    EXPECT_EQ(to.character->motion.scale, 2);
    EXPECT_EQ(to.character->motion.expression[62], 2);
    EXPECT_EQ(to.character->canonical[0], .5F);
    EXPECT_EQ(to.character->eyes[1].open[0], 2);
    config.defaults.ch_info->first_motion.erase("yaw");
    EXPECT_EQ(refusal(config), ErrorCode::model_mismatch);
}

TEST(DittoSetup, RefusesWhatTheEngineCannotUse) {
    const auto changed = [](auto change) {
        checkpoints::Config config = standard();
        change(config);
        return refusal(config);
    };
    using C = checkpoints::Config;
    EXPECT_EQ(changed([](C& c) { c.defaults.overlap_v2 = 80; }), ErrorCode::model_mismatch);
    EXPECT_EQ(changed([](C& c) { c.defaults.sampling_timesteps = 0; }), ErrorCode::model_mismatch);
    EXPECT_EQ(changed([](C& c) {
                  c.defaults.fix_kp_cond_dim = {{5, 900}};
              }),
              ErrorCode::model_mismatch);
    EXPECT_EQ(changed([](C& c) { c.defaults.fade_type = "x"; }), ErrorCode::model_mismatch);
    EXPECT_EQ(changed([](C& c) { c.defaults.delta_eye_arr = rows(2, 9, 0); }),
              ErrorCode::model_mismatch);
    EXPECT_EQ(changed([](C& c) { c.audio2motion.audio_feat_dim = 1059; }),
              ErrorCode::model_mismatch);
}

/// Checkpoints whose networks are rewritten for a GPU.
class GpuNetworks : public testing::Test {
  protected:
    void SetUp() override { checkpoints::synthesize(checkpoints::SyntheticSize::tiny, 1, folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    reenact::NetworkFiles files(bool half) const {
        return ditto_gpu_network_files(folder_, half, folder_ / "cache");
    }
    static bool in_16_bits(const std::string& model) {
        const checkpoints::OnnxModel graph(model);
        EXPECT_EQ(graph.opset, 20);
        return std::ranges::any_of(graph.constants,
                                   [](const auto& item) { return item.second.type == 10; });
    }
    /// The decoder has an operator that is not known in 16 bits.
    void replace_decoder() const {
        checkpoints::OnnxGraph graph("decoder");
        const auto x = graph.input("feature", DataType::f32, {1, 256, 64, 64});
        const auto colours =
            graph.node("Slice", {x, graph.ints({0}), graph.ints({3}), graph.ints({1})});
        graph.output("output", graph.node("HardSwish", {colours}), DataType::f32, {1, 3, 64, 64});
        graph.save(folder_ / "ditto_onnx" / "decoder.onnx");
    }

    std::filesystem::path folder_ =
        std::filesystem::path(testing::TempDir()) / ("gpu_networks_" + std::to_string(getpid()));
};

TEST_F(GpuNetworks, AreIn16BitsWhichIsSaid) {
    const auto made = files(true);
    EXPECT_TRUE(in_16_bits(made.warp_model));
    EXPECT_TRUE(in_16_bits(made.decoder_model));
    ASSERT_EQ(made.notices.size(), 1U);
    EXPECT_EQ(made.notices[0].code, NoticeCode::precision_gpu);
    EXPECT_EQ(files(true).warp_model, made.warp_model) << "kept";
}

TEST_F(GpuNetworks, AreExactWhereThatIsAskedFor) {
    const auto made = files(false);
    EXPECT_FALSE(in_16_bits(made.warp_model));
    EXPECT_FALSE(in_16_bits(made.decoder_model));
    EXPECT_TRUE(made.notices.empty());
}

TEST_F(GpuNetworks, WhatIsNotKnownIn16BitsRunsIn32AndThatIsSaid) {
    replace_decoder();
    const auto made = files(true);
    EXPECT_FALSE(in_16_bits(made.decoder_model));
    ASSERT_EQ(made.notices.size(), 2U);
    EXPECT_EQ(made.notices[0].code, NoticeCode::precision_gpu) << "the warp network is";
    EXPECT_EQ(made.notices[1].code, NoticeCode::network_in_32_bits);
    const std::string said = user_message(made.notices[1], Language::english);
    EXPECT_NE(said.find("decoder.onnx"), std::string::npos);
    EXPECT_NE(said.find("HardSwish"), std::string::npos);
}

TEST_F(GpuNetworks, ADecoderThatGivesNoPictureIsRaisedOnly) {
    checkpoints::OnnxGraph graph("decoder", 17);
    const auto x = graph.input("feature", DataType::f32, {1, 256, 64, 64});
    graph.output("output", graph.node("Relu", {x}), DataType::f32, {1, 256, 64, 64});
    graph.save(folder_ / "ditto_onnx" / "decoder.onnx");
    const auto made = files(true);
    const checkpoints::OnnxModel decoder(made.decoder_model);
    EXPECT_EQ(decoder.opset, 20);
    EXPECT_EQ(decoder.outputs[0].type, 1);
    EXPECT_EQ(made.notices.size(), 2U);
}

TEST_F(GpuNetworks, AMissingFileIsNamed) {
    std::filesystem::remove(folder_ / "ditto_onnx" / "decoder.onnx");
    EXPECT_THROW(files(true), Error);
}

TEST(DittoSetup, InsightFaceIsTakenFromEitherPlaceAndMissedByName) {
    const auto folder =
        std::filesystem::path(testing::TempDir()) / ("insight_face." + std::to_string(getpid()));
    const auto make = [&](const char* name) {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name).flush();
    };
    const auto missing = [&] {
        try {
            find_insight_face(folder);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::face_finder_unavailable);
            return std::filesystem::relative(error.values().back().second, folder).string();
        }
        return std::string();
    };
    EXPECT_EQ(missing(), "ditto_onnx/insightface_det.onnx");
    make("ditto_pytorch/aux_models/det_10g.onnx");
    EXPECT_EQ(missing(), "ditto_onnx/landmark106.onnx");
    make("ditto_pytorch/aux_models/2d106det.onnx");
    EXPECT_EQ(missing(), "ditto_onnx/landmark203.onnx");
    make("ditto_pytorch/aux_models/landmark203.onnx");
    EXPECT_EQ(find_insight_face(folder).detector, folder / "ditto_pytorch/aux_models/det_10g.onnx");
    make("ditto_onnx/insightface_det.onnx");
    EXPECT_EQ(find_insight_face(folder).detector, folder / "ditto_onnx/insightface_det.onnx");
    EXPECT_EQ(find_insight_face(folder).landmark106,
              folder / "ditto_pytorch/aux_models/2d106det.onnx");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace ditto
