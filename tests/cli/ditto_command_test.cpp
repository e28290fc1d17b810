#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "inputs.h"
#include "program.h"
#include "pytorch_folder.h"

namespace ditto::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class DittoCommand : public testing::Test {
  protected:
    DittoCommand() { write_voice(folder_ / "voice.wav", .4); }

    Outcome generate(const fs::path& checkpoints, const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{
            "--engine", "ditto", "--checkpoints", checkpoints, "--sampling-steps", "10"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return run(generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                                      arguments));
    }
    /// The tiny checkpoints without one file.
    fs::path without(const std::string& file) const {
        fs::copy(DITTO_TINY_CHECKPOINTS, folder_ / "cut", fs::copy_options::recursive);
        fs::remove(folder_ / "cut" / file);
        return folder_ / "cut";
    }

    media::TempFolder folder_;
};

TEST_F(DittoCommand, MakesAVideoAndADump) {
    const Outcome outcome =
        generate(DITTO_TINY_CHECKPOINTS, {"--dump", folder_ / "dump", "--dump-frames", "1"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("\"engine\":\"ditto\",\"width\":512,\"height\":512,"
                                       "\"frames\":10,"));
    EXPECT_GT(fs::file_size(folder_ / "video.mp4"), 1000U);
    for (const char* name : {"source_rgb", "lmk203", "f_s", "aud_feat", "cond_00000", "motion",
                             "x_d_00000", "f_3d_00000", "frame_00000"}) {
        EXPECT_TRUE(fs::exists(folder_ / "dump" / (std::string(name) + ".npy"))) << name;
    }
}

TEST_F(DittoCommand, StreamsWithoutConfigOrRefiningLandmarks) {
    const fs::path cut = without("ditto_onnx/landmark203.onnx");
    fs::remove_all(cut / "ditto_cfg");
    const Outcome outcome = generate(cut, {"--streaming", "1"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("\"frames\":10,"));
}

/// What the first start has packed, the second one takes, here or in the user's cache folder; where
/// nothing can be kept, nobody is told.
TEST_F(DittoCommand, KeepsPackedWeights) {
    const auto generate = [&](const std::map<std::string, std::string>& environment) {
        const Outcome outcome =
            run(generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                                   {"--engine", "ditto", "--checkpoints", DITTO_TINY_CHECKPOINTS,
                                    "--sampling-steps", "10"}),
                environment);
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_THAT(outcome.err, Not(HasSubstr("cache")));
    };
    const auto files = [](const fs::path& folder) {
        std::map<std::string, ino_t> found;  // another number: written again
        for (const auto& entry : fs::directory_iterator(folder)) {
            struct stat info {};
            stat(entry.path().c_str(), &info);
            found[entry.path().filename()] = info.st_ino;
        }
        return found;
    };
    generate({{"DITTO_CACHE", folder_ / "cache"}});
    const auto kept = files(folder_ / "cache");
    EXPECT_EQ(kept.size(), 2U);
    generate({{"DITTO_CACHE", folder_ / "cache"}});
    EXPECT_EQ(files(folder_ / "cache"), kept);

    generate({{"DITTO_CACHE", ""}, {"XDG_CACHE_HOME", folder_ / "xdg"}});
    EXPECT_EQ(files(folder_ / "xdg/ditto-avatar").size(), 2U);
    generate({{"DITTO_CACHE", folder_ / "voice.wav" / "cache"}});
}

/// Never silently: what fast came to is said.
TEST_F(DittoCommand, SaysWhatFastComesTo) {
    const Outcome fast = generate(DITTO_TINY_CHECKPOINTS, {"--precision", "fast"});
    EXPECT_EQ(fast.status, 0) << fast.err;
    EXPECT_THAT(fast.err, HasSubstr("\"code\":\"precision_"));
    const Outcome exact = generate(DITTO_TINY_CHECKPOINTS, {"--precision", "exact"});
    EXPECT_EQ(exact.status, 0) << exact.err;
    EXPECT_THAT(exact.err, Not(HasSubstr("precision_")));
    EXPECT_THAT(generate(DITTO_TINY_CHECKPOINTS, {"--precision", "half"}).err,
                HasSubstr("exact, fast"));
}

/// The decoder with other slopes: right, but not the network that is computed here.
TEST_F(DittoCommand, LeavesAnUnknownDecoderToOnnxRuntimeAndSaysSo) {
    const fs::path changed = folder_ / "changed";
    fs::copy(DITTO_TINY_CHECKPOINTS, changed, fs::copy_options::recursive);
    const fs::path decoder = changed / "ditto_onnx" / "decoder.onnx";
    std::ifstream in(decoder, std::ios::binary);
    std::string model{std::istreambuf_iterator<char>(in), {}};
    const std::string slope("\x15\xcd\xcc\x4c\x3e", 5), other("\x15\x00\x00\x80\x3e", 5);
    int places = 0;
    for (auto at = model.find(slope); at != std::string::npos; at = model.find(slope, at + 1)) {
        model.replace(at, slope.size(), other);
        ++places;
    }
    ASSERT_GT(places, 10);
    fs::remove(decoder);
    std::ofstream(decoder, std::ios::binary) << model;
    const Outcome outcome = generate(changed);
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("\"code\":\"network_by_runtime\""));
    EXPECT_THAT(outcome.err, HasSubstr("decoder.onnx"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("warp_network")));
}

TEST_F(DittoCommand, SaysWhichFileIsMissing) {
    const Outcome outcome = generate(without("ditto_onnx/lmdm_v0.4_hubert.onnx"));
    EXPECT_THAT(outcome.err, HasSubstr("\"code\":\"model_missing\""));
    EXPECT_THAT(outcome.err, HasSubstr("lmdm_v0.4_hubert.onnx"));
    EXPECT_FALSE(fs::exists(folder_ / "video.mp4"));
}

TEST_F(DittoCommand, SaysWhyItCannotRun) {
    const Outcome nothing = generate(folder_ / "nowhere");
    EXPECT_THAT(nothing.err, HasSubstr("\"code\":\"engine_unavailable\""));
    EXPECT_THAT(nothing.err, HasSubstr("\"why\":\"checkpoints_missing\""));
    fs::create_directories(folder_ / "torch" / "ditto_pytorch" / "models");
    EXPECT_THAT(generate(folder_ / "torch").err, HasSubstr("ditto_pytorch/models/appearance"));
    const Outcome homeless =
        run(generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                               {"--engine", "ditto", "--checkpoints", folder_ / "torch"}),
            {{"DITTO_CACHE", ""}, {"XDG_CACHE_HOME", ""}, {"HOME", ""}});
    EXPECT_THAT(homeless.err, HasSubstr("\"why\":\"not_converted\""));
}

/// Whose head goes on moving: other pictures than the photo's, as many as the voice is long.
TEST_F(DittoCommand, AnimatesAVideo) {
    const fs::path source = folder_ / "source.mp4";
    const Outcome made =
        run(generate_arguments(portrait(), folder_ / "voice.wav", source, {"--engine", "mesh"}));
    ASSERT_EQ(made.status, 0) << made.err;
    const auto animate = [&](const std::string& engine) {
        return run(generate_arguments(source, folder_ / "voice.wav", folder_ / "video.mp4",
                                      {"--engine", engine, "--checkpoints", DITTO_TINY_CHECKPOINTS,
                                       "--sampling-steps", "10", "--max-size", "320"}));
    };
    const Outcome outcome = animate("ditto");
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("\"width\":320,"));
    EXPECT_THAT(outcome.err, HasSubstr("\"frames\":10,"));
    fs::remove(folder_ / "video.mp4");
    const Outcome mesh = animate("mesh");
    EXPECT_THAT(mesh.err, HasSubstr("\"why\":\"photos_only\""));
    EXPECT_FALSE(fs::exists(folder_ / "video.mp4"));
    fs::resize_file(source, fs::file_size(source) / 2);
    EXPECT_THAT(animate("ditto").err, HasSubstr("\"code\":\"video_unreadable\""));
}

/// As the official repository is without its ONNX files.
TEST_F(DittoCommand, RunsFromPyTorchCheckpointsAlone) {
    checkpoints::write_pytorch_folder(folder_ / "torch", 1);
    const auto video = [&] {
        const Outcome outcome =
            run(generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                                   {"--engine", "ditto", "--checkpoints", folder_ / "torch",
                                    "--sampling-steps", "10"}),
                {{"DITTO_CACHE", folder_ / "cache"}});
        EXPECT_EQ(outcome.status, 0) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr("\"frames\":10,"));
        return outcome;
    };
    EXPECT_THAT(video().err, HasSubstr("\"code\":\"checkpoints_converting\""));
    EXPECT_THAT(video().err, Not(HasSubstr("checkpoints_converting"))) << "once";
    EXPECT_FALSE(fs::exists(folder_ / "torch" / "ditto_onnx"))
        << "the user's folder stays as it is";
}

TEST_F(DittoCommand, RefusesADeviceThatIsNotThere) {
    const Outcome unknown = generate(DITTO_TINY_CHECKPOINTS, {"--device", "gpu"});
    EXPECT_THAT(unknown.err, HasSubstr("\"code\":\"option_value\""));
    const Outcome mesh =
        run(generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                               {"--engine", "mesh", "--device", "tensorrt"}));
    EXPECT_THAT(mesh.err, HasSubstr("\"code\":\"device_unavailable\""));
    EXPECT_THAT(mesh.err, HasSubstr("\"why\":\"mesh_on_processor\""));
    // The runtime that comes with the program has no CUDA, with or without a card.
    const Outcome cuda = generate(DITTO_TINY_CHECKPOINTS, {"--device", "cuda"});
    EXPECT_THAT(cuda.err, HasSubstr("\"code\":\"device_unavailable\""));
    EXPECT_FALSE(fs::exists(folder_ / "video.mp4"));
}

TEST_F(DittoCommand, FindsTheFaceByInsightFaceWhereItsFilesAre) {
    const Outcome outcome =
        generate(DITTO_TINY_CHECKPOINTS, {"--face-finder", "insightface", "--lang", "en"});
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("\"code\":\"insightface_licence\""));
    EXPECT_THAT(outcome.err, HasSubstr("non-commercial research only"));
    EXPECT_THAT(generate(DITTO_TINY_CHECKPOINTS).err, Not(HasSubstr("insightface")));
}

TEST_F(DittoCommand, RefusesInsightFaceWithoutItsFilesOrWithTheMeshEngine) {
    const std::vector<std::string> wanted{"--face-finder", "insightface", "--lang", "zh-TW"};
    const fs::path cut = without("ditto_onnx/landmark106.onnx");
    const Outcome missing = generate(cut, wanted);
    EXPECT_EQ(missing.status, 6);
    EXPECT_THAT(missing.err, HasSubstr("\"code\":\"face_finder_unavailable\""));
    EXPECT_THAT(missing.err, HasSubstr("缺少 " + (cut / "ditto_onnx/landmark106.onnx").string()));

    const Outcome mesh =
        run(generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                               {"--engine", "mesh", "--face-finder", "insightface"}));
    EXPECT_EQ(mesh.status, 6);
    EXPECT_THAT(mesh.err, HasSubstr("\"why\":\"mesh_by_mediapipe\""));
    // Left to the program, the engine is the one that can.
    const Outcome left = run(
        generate_arguments(portrait(), folder_ / "voice.wav", folder_ / "video.mp4",
                           {"--checkpoints", folder_ / "nowhere", "--face-finder", "insightface"}));
    EXPECT_THAT(left.err, HasSubstr("\"code\":\"engine_unavailable\""));
    EXPECT_THAT(generate(cut, {"--face-finder", "retinaface"}).err,
                HasSubstr("mediapipe, insightface"));
    EXPECT_FALSE(fs::exists(folder_ / "video.mp4"));
}

TEST_F(DittoCommand, RefusesADumpOfNoFrames) {
    const Outcome outcome = generate(DITTO_TINY_CHECKPOINTS, {"--dump-frames", "-1"});
    EXPECT_THAT(outcome.err, HasSubstr("\"code\":\"option_value\""));
    EXPECT_THAT(outcome.err, HasSubstr("--dump-frames"));
}

}  // namespace
}  // namespace ditto::cli
