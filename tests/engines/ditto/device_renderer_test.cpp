#include "engines/ditto/device_renderer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>
#include <vector>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/gpu_graph.h"
#include "checkpoints/onnx_graph.h"
#include "core/random.h"
#include "engine_fixture.h"

namespace ditto::reenact {
namespace {

bool same_face(const Face& a, const Face& b) {
    return a.levels.values == b.levels.values && a.pixels == b.pixels;
}

/// The networks as they are rewritten for a GPU, run on the processor.
class OnDevice : public EngineFixture {
  protected:
    static std::string rewritten(const std::filesystem::path& file, bool half, bool pictures) {
        return checkpoints::gpu_graph(checkpoints::load_file(file, 1U << 30U),
                                      {.half = half, .pictures = pictures}, file.string());
    }
    static nn::Session session(const std::string& model) {
        return {runtime(), std::as_bytes(std::span(model)), "rewritten"};
    }
    static EngineOptions rewritten_options(bool half, bool pictures = true) {
        EngineOptions result = options();
        result.files.for_gpu = true;
        result.files.warp_model = rewritten(result.files.warp_network, half, false);
        result.files.decoder_model = rewritten(result.files.decoder, half, pictures);
        return result;
    }
    static std::array<FacePose, 4> poses(const Tensor& first, const Tensor& second) {
        std::array<FacePose, 4> result;
        Random random(3);
        for (std::size_t i = 0; i < result.size(); ++i) {
            result[i].appearance = i < 3 ? &first : &second;
            for (float& value : result[i].source)
                value = static_cast<float>(random.uniform(-.5, .5));
            for (float& value : result[i].driving)
                value = static_cast<float>(random.uniform(-.5, .5));
        }
        return result;
    }
    static Tensor appearance(std::uint64_t seed) {
        Tensor tensor(DataType::f32, {1, 32, 16, 64, 64});
        Random random(seed);
        for (float& value : tensor.values<float>())
            value = static_cast<float>(random.uniform(-1, 1));
        return tensor;
    }
};

TEST_F(OnDevice, GivesWhatTheNetworksGiveOneAfterTheOther) {
    for (const bool pictures : {true, false}) {
        const WarpF3d warp(session(rewritten(options().files.warp_network, false, false)));
        const DecodeF3d decode(session(rewritten(options().files.decoder, false, pictures)));
        DeviceRenderer renderer(warp, decode);
        ASSERT_EQ(renderer.batch(), pictures ? 4U : 1U);
        const Tensor first = appearance(1);
        const Tensor second = appearance(2);
        const auto all = poses(first, second);
        std::vector<Face> wanted;
        for (const FacePose& pose : all)
            wanted.push_back(decode(warp(*pose.appearance, pose.source, pose.driving)));
        EXPECT_FALSE(same_face(wanted[0], wanted[1]));
        // Twice, since what is bound stays bound.
        DeviceRenderer::Run render(renderer);
        for (int round = 0; round < 2; ++round) {
            EXPECT_TRUE(std::ranges::equal(render(all), wanted, same_face));
            for (std::size_t i = 2; i < all.size(); ++i)
                EXPECT_TRUE(same_face(render(std::span(all).subspan(i, 1)).at(0), wanted[i]));
        }
    }
}

TEST_F(OnDevice, RunsOfSeveralAvatarsShareIt) {
    const WarpF3d warp(session(rewritten(options().files.warp_network, false, false)));
    const DecodeF3d decode(session(rewritten(options().files.decoder, false, true)));
    DeviceRenderer renderer(warp, decode);
    const Tensor first = appearance(1);
    const Tensor second = appearance(2);
    std::vector<std::jthread> threads;
    for (const Tensor* of : {&first, &second, &first}) {
        threads.emplace_back([&, of] {
            const auto all = poses(*of, *of);
            DeviceRenderer::Run render(renderer);
            for (std::size_t count = 1; count <= 2; ++count) {
                const auto faces = render(std::span(all).first(count));
                for (std::size_t i = 0; i < count; ++i) {
                    const FacePose& pose = all.at(i);
                    EXPECT_TRUE(same_face(
                        faces.at(i), decode(warp(*pose.appearance, pose.source, pose.driving))));
                }
            }
        });
    }
}

TEST_F(OnDevice, IsRehearsed) {
    const WarpF3d warp(session(rewritten(options().files.warp_network, true, false)));
    const std::string decoder = rewritten(options().files.decoder, true, true);
    const DecodeF3d good(session(decoder));
    EXPECT_NO_THROW(DeviceRenderer(warp, good).rehearse());
    // One that puts a batch together wrongly: all faces but the first are black.
    checkpoints::OnnxGraph graph("decoder");
    const auto x = graph.input("feature", DataType::f32, {-1, 256, 64, 64});
    const auto shape =
        graph.node("Concat", {graph.node("Shape", {x}, {{"end", 1}}), graph.ints({512, 512, 3})},
                   {{"axis", 0}});
    const auto rows = graph.node("CumSum", {graph.node("Expand", {graph.scalar(1), shape}),
                                            graph.node("Squeeze", {graph.ints({0})})});
    const auto first = graph.node("Equal", {rows, graph.scalar(1)});
    const auto white = graph.node("Where", {first, graph.scalar(255), graph.scalar(0)});
    graph.output("output", graph.node("Cast", {white}, {{"to", 2}}), DataType::u8,
                 {-1, 512, 512, 3});
    const DecodeF3d bad(session(graph.bytes()));
    EXPECT_THROW(DeviceRenderer(warp, bad).rehearse(), Error);
}

TEST_F(OnDevice, AVideoDiffersLittleFromTheProcessors) {
    NoProgress progress;
    const auto exact = engine();
    const auto avatar = exact->register_photo(portrait(), quick(), progress, {});
    const auto wanted = run(*exact, *avatar, quick(), .2);
    for (const bool half : {false, true}) {
        const auto rewritten = engine(rewritten_options(half));
        const auto frames = run(*rewritten, *avatar, quick(), .2);
        ASSERT_EQ(frames.size(), wanted.size());
        double squares = 0;
        std::size_t count = 0;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            ASSERT_EQ(frames[i].patch.bounds(), wanted[i].patch.bounds());
            for (int y = 0; y < frames[i].patch.height(); ++y) {
                for (int x = 0; x < 3 * frames[i].patch.width(); ++x, ++count) {
                    const int by = frames[i].patch.row(y)[x] - wanted[i].patch.row(y)[x];
                    ASSERT_LE(std::abs(by), half ? 8 : 1);
                    squares += by * by;
                }
            }
        }
        const double psnr = 10 * std::log10(255. * 255 * static_cast<double>(count) / squares);
        RecordProperty(half ? "half_psnr_db" : "single_psnr_db", std::to_string(psnr));
        EXPECT_GT(psnr, half ? 45 : 50);
    }
}

TEST_F(OnDevice, ADumpHasTheSameFrames) {
    NoProgress progress;
    EngineOptions dumping = rewritten_options(false);
    const auto folder = std::filesystem::path(testing::TempDir()) / "on_device_dump";
    dumping.dump = Dump(folder, 1);
    const auto plain = engine(rewritten_options(false));
    const auto avatar = plain->register_photo(portrait(), quick(), progress, {});
    const auto wanted = run(*plain, *avatar, quick(), .2);
    const auto dumped = engine(dumping);
    EXPECT_TRUE(same(run(*dumped, *avatar, quick(), .2), wanted));
    EXPECT_TRUE(std::filesystem::exists(folder / "f_3d_00000.npy"));
    EXPECT_TRUE(std::filesystem::exists(folder / "render_00000.npy"));
    std::filesystem::remove_all(folder);
}

TEST_F(OnDevice, ALiveStreamWaitsForNoGroup) {
    NoProgress progress;
    const auto made = engine(rewritten_options(false));
    Controls controls = quick();
    controls.streaming = 1;
    const auto avatar = made->register_photo(portrait(), controls, progress, {});
    const auto frames = run(*made, *avatar, controls, .36);
    EXPECT_EQ(frames.size(), 9U);
}

}  // namespace
}  // namespace ditto::reenact
