#include "app/gpu_graphs.h"

#include <fstream>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/error.h"
#include "checkpoints/file_io.h"
#include "checkpoints/onnx_graph.h"

namespace ditto {
namespace {

namespace fs = std::filesystem;

class GpuGraphs : public testing::Test {
  protected:
    void SetUp() override { save(2); }
    void TearDown() override { fs::remove_all(folder_); }

    void save(float factor) {
        checkpoints::OnnxGraph graph("scaled");
        const auto x = graph.input("x", DataType::f32, {1, 4});
        const auto scaled = graph.node("Mul", {x, graph.scalar(factor)});
        graph.output("y", graph.node("Relu", {scaled}), DataType::f32, {1, 4});
        graph.save(source_);
    }
    std::string get(bool half = true) const {
        return kept_gpu_graph(source_, "decoder", {.half = half}, cache_);
    }
    std::vector<fs::path> kept() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(cache_))
            files.push_back(entry.path());
        return files;
    }

    fs::path folder_ = fs::path(testing::TempDir()) / ("gpu_graphs_" + std::to_string(getpid()));
    fs::path source_ = folder_ / "decoder.onnx";
    fs::path cache_ = folder_ / "cache";
};

TEST_F(GpuGraphs, AreMadeOnceAndRead) {
    const std::string made = get();
    EXPECT_EQ(made, checkpoints::gpu_graph(checkpoints::load_file(source_, 1000), {.half = true},
                                           "decoder"));
    ASSERT_EQ(kept().size(), 1U);
    // What is read is what was kept, not what is made: another graph with its right hash.
    const fs::path file = kept()[0];
    save(3);
    get();
    ASSERT_EQ(kept().size(), 1U);
    const fs::path other = kept()[0];
    EXPECT_NE(other, file);
    const std::string foreign = checkpoints::load_file(other, 1000);
    save(2);
    EXPECT_EQ(get(), made);
    std::ofstream(file, std::ios::binary) << foreign;
    EXPECT_EQ(get(), foreign.substr(64));
}

TEST_F(GpuGraphs, DamagedOnesAreMadeAnew) {
    const std::string made = get();
    const fs::path file = kept()[0];
    const std::string whole = checkpoints::load_file(file, 1000);
    const auto is_made_anew = [&](const std::string& damaged) {
        std::ofstream(file, std::ios::binary) << damaged;
        EXPECT_EQ(get(), made);
        EXPECT_EQ(checkpoints::load_file(file, 1000), whole) << "and kept";
    };
    for (std::size_t i = 0; i < whole.size(); ++i) {
        SCOPED_TRACE(i);
        is_made_anew(whole.substr(0, i));
        std::string changed = whole;
        changed[i] ^= 1;
        is_made_anew(changed);
    }
}

TEST_F(GpuGraphs, OnlyTheNewestOfANetworkIsKept) {
    const auto touch = [&](const fs::path& file) {
        fs::create_directories(file.parent_path());
        std::ofstream(file) << "x";
    };
    const std::string hash(64, 'a');
    touch(cache_ / ("decoder-" + hash + ".onnx"));
    touch(cache_ / ("warp-" + hash + ".onnx"));
    touch(cache_ / "decoder-notes.txt");
    get();
    EXPECT_FALSE(fs::exists(cache_ / ("decoder-" + hash + ".onnx")));
    EXPECT_TRUE(fs::exists(cache_ / ("warp-" + hash + ".onnx")));
    EXPECT_TRUE(fs::exists(cache_ / "decoder-notes.txt"));
    get(false);
    EXPECT_EQ(kept().size(), 3U) << "32 bits took the place of 16";
}

TEST_F(GpuGraphs, ACacheThatCannotBeWrittenIsNoError) {
    const std::string made = get();
    EXPECT_EQ(kept_gpu_graph(source_, "decoder", {.half = true}, {}), made);
    EXPECT_EQ(kept_gpu_graph(source_, "decoder", {.half = true}, source_ / "below_a_file"), made);
    EXPECT_THROW(kept_gpu_graph(folder_ / "none.onnx", "decoder", {}, cache_), Error);
}

}  // namespace
}  // namespace ditto
