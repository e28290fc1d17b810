#include "cpu/packed_file.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checkpoints/network_writers.h"
#include "cpu/warp_decode.h"
#include "naive.h"

namespace ditto::cpu {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t header_bytes = 64;

void write(const fs::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

std::string read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class PackedFileTest : public testing::Test {
  protected:
    PackedFileTest() {
        std::string name = (fs::temp_directory_path() / "ditto-packed-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        source_ = folder_ / "network.onnx";
        write(source_, "a model");
    }
    ~PackedFileTest() override { fs::remove_all(folder_); }
    PackedFileTest(const PackedFileTest&) = delete;
    PackedFileTest& operator=(const PackedFileTest&) = delete;

    fs::path cache() const { return folder_ / "made" / "cache"; }
    PackedFile file(const fs::path& source) const {
        return {cache(), "test", source, MappedFile(source, 1 << 20)};
    }
    PackedFile file() const { return file(source_); }
    /// The only file of the cache.
    fs::path path() const { return fs::directory_iterator(cache())->path(); }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(cache()), fs::directory_iterator()));
    }
    /// 0, 1, 2 ... in parts of 32 and 16.
    void save(const PackedFile& file) {
        Packer packer(pool_);
        float next = 0;
        for (const std::size_t count : {32, 16})
            packer.pack(count,
                        [&](float* to) { std::generate_n(to, count, [&] { return next++; }); });
        file.save(packer);
    }

    fs::path folder_;
    fs::path source_;
    Pool pool_{2};
};

TEST_F(PackedFileTest, GivesWhatWasSaved) {
    EXPECT_FALSE(file().open(pool_));
    save(file());
    const auto kept = file().open(pool_);
    ASSERT_TRUE(kept);
    ASSERT_EQ(kept->count, 48U);
    Packer packer(pool_, kept->weights, kept->count);
    const auto made = [](float*) { FAIL() << "packed again"; };
    const Packed first = packer.pack(32, made);
    EXPECT_FALSE(packer.took_all());
    const Packed second = packer.pack(16, made);
    EXPECT_TRUE(packer.took_all());
    EXPECT_EQ(first[31], 31);
    EXPECT_EQ(second[0], 32);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.get()) % 64, 0U);
}

TEST_F(PackedFileTest, WhatIsTooShortIsMade) {
    save(file());
    const auto kept = file().open(pool_);
    Packer packer(pool_, kept->weights, kept->count);
    EXPECT_EQ(packer.pack(64, [](float* to) { std::fill_n(to, 64, 7.F); })[63], 7);
    EXPECT_FALSE(packer.took_all());
}

TEST_F(PackedFileTest, AnotherSourceIsAnother) {
    save(file());
    EXPECT_TRUE(file().open(pool_));
    write(source_, "A model");
    EXPECT_FALSE(file().open(pool_));
    save(file());
    EXPECT_TRUE(file().open(pool_));
    EXPECT_EQ(files(), 1U);
}

/// Each byte changed, and cut after each byte: none that is not whole is taken, and saving mends
/// it.
TEST_F(PackedFileTest, DamagedFilesAreNone) {
    save(file());
    const std::string whole = read(path());
    ASSERT_EQ(whole.size(), header_bytes + 48 * sizeof(float));
    for (std::size_t i = 0; i < whole.size(); ++i) {
        write(path(), whole.substr(0, i));
        EXPECT_FALSE(file().open(pool_)) << "cut at " << i;
        for (const unsigned bit : {0U, 7U}) {
            std::string changed = whole;
            changed[i] = static_cast<char>(changed[i] ^ (1U << bit));
            write(path(), changed);
            EXPECT_FALSE(file().open(pool_)) << "byte " << i;
        }
    }
    write(path(), whole + std::string(4, '\0'));
    EXPECT_FALSE(file().open(pool_));
    save(file());
    EXPECT_EQ(read(path()), whole);
}

TEST_F(PackedFileTest, WhatIsNoFileIsNone) {
    save(file());
    const fs::path at = path();
    fs::remove(at);
    ASSERT_EQ(mkfifo(at.c_str(), 0600), 0);
    EXPECT_FALSE(file().open(pool_));
    save(file());
    EXPECT_TRUE(file().open(pool_));
    fs::remove(at);
    fs::create_directory(at);
    EXPECT_FALSE(file().open(pool_));
    save(file());
    EXPECT_EQ(files(), 1U) << "a part is left";
}

TEST_F(PackedFileTest, WhereNothingCanBeWrittenNothingIsKept) {
    const PackedFile nowhere({}, "test", source_, MappedFile(source_, 1 << 20));
    save(nowhere);
    EXPECT_FALSE(nowhere.open(pool_));
    const PackedFile below_a_file(source_, "test", source_, MappedFile(source_, 1 << 20));
    save(below_a_file);
    EXPECT_FALSE(below_a_file.open(pool_));
    EXPECT_EQ(read(source_), "a model");
}

TEST_F(PackedFileTest, LeavesAnothersPartAlone) {
    save(file());
    const std::string whole = read(path());
    fs::path part = path();
    part += ".part";
    fs::remove(path());
    write(part, "half");
    save(file());
    EXPECT_EQ(read(part), "half");
    EXPECT_EQ(files(), 1U);
    // One that was killed left it.
    fs::last_write_time(part, fs::file_time_type::clock::now() - std::chrono::hours(1));
    save(file());
    EXPECT_EQ(read(path()), whole);
}

TEST_F(PackedFileTest, KeepsThoseUsedLast) {
    fs::path used;
    for (int i = 0; i < 8; ++i) {
        const fs::path source = folder_ / std::to_string(i);
        write(source, "model");
        save(file(source));
        if (i == 0) used = path();
        EXPECT_TRUE(file(folder_ / "0").open(pool_));
        EXPECT_LE(files(), PackedFile::most_kept);
        // Times as far apart as they are on a machine.
        for (const auto& entry : fs::directory_iterator(cache())) {
            if (entry.path() != used)
                fs::last_write_time(entry, entry.last_write_time() - std::chrono::minutes(1));
        }
    }
    EXPECT_TRUE(file(folder_ / "7").open(pool_));
    EXPECT_FALSE(file(folder_ / "1").open(pool_));
}

/// Another one for each order of the same weights.
double order_sum(std::span<const Packer::Part> parts) {
    double sum = 0;
    std::size_t place = 0;
    for (const Packer::Part& part : parts) {
        for (std::size_t i = 0; i < part.count; ++i)
            sum += double{part.weights[i]} * static_cast<double>(place++ % 1009);
    }
    return sum;
}

/// What stands in the file for these weights. Where this fails the order has changed: then
/// format_version must change too, or files of before would be taken for the new order.
TEST(PackedOrder, BelongsToTheFormatVersion) {
    Pool pool(2);
    Packer packer(pool);
    Numbers numbers;
    const ConvWeights flat = numbers.weights(20, 40, 3, false);
    const ConvWeights deep = numbers.weights(5, 22, 5, true);
    Conv(packer, source(flat), {Tiling::f4x3});
    FourierConv(packer, source(deep));
    ASSERT_EQ(packer.made().size(), 2U);
    EXPECT_NEAR(order_sum(packer.made().first(1)), 17406.45, .1);
    EXPECT_NEAR(order_sum(packer.made().last(1)), -5357.03, .1);
}

class WarpDecodeCache : public PackedFileTest {
  protected:
    WarpDecodeCache() {
        save_network("decoder",
                     [](auto& net) { write_decoder(net, checkpoints::DecoderSizes::tiny()); });
        save_network("warp", [](auto& net) {
            write_warp_network(net, checkpoints::WarpNetworkSizes::tiny());
        });
    }
    void SetUp() override {
        if (kernels_of_this_processor() == nullptr) GTEST_SKIP() << "no AVX2";
    }
    template <class Write>
    void save_network(const std::string& name, const Write& to) {
        checkpoints::OnnxGraph graph("test");
        checkpoints::SyntheticWeights weights(5);
        checkpoints::NetworkBuilder net(graph, weights, checkpoints::Folding::none);
        to(net);
        write(folder_ / name, graph.bytes());
    }
    WarpDecode start(const fs::path& cache) const {
        return {folder_ / "warp", folder_ / "decoder", 2, false, cache};
    }
    static std::vector<float> picture(const WarpDecode& networks) {
        Tensor volume(DataType::f32, {1, 32, 16, 64, 64});
        Tensor source(DataType::f32, {1, 21, 3}), driving(DataType::f32, {1, 21, 3});
        Numbers numbers;
        for (Tensor* tensor : {&volume, &source, &driving}) {
            for (float& value : tensor->values<float>())
                value = numbers.next();
        }
        const Tensor warped = networks.warp(volume.view(), source.view(), driving.view());
        const Tensor made = networks.decode(warped.view());
        return {made.values<float>().begin(), made.values<float>().end()};
    }
};

TEST_F(WarpDecodeCache, SecondStartPacksNothingAndMakesTheSame) {
    const auto without = start({});
    EXPECT_EQ(without.packed(), 2);
    const auto first = start(cache());
    EXPECT_EQ(first.packed(), 2);
    const auto second = start(cache());
    EXPECT_EQ(second.packed(), 0);
    const auto wanted = picture(without);
    EXPECT_EQ(picture(first), wanted);
    EXPECT_EQ(picture(second), wanted);
}

/// See PackedOrder: the same for whole networks. (Other synthetic weights make other numbers too.)
TEST_F(WarpDecodeCache, NetworksPackInTheOrderOfTheFormatVersion) {
    const auto sum = [&]<class Network>(const char* name) {
        Packer packer(pool_);
        const Network network(packer, read(folder_ / name));
        return order_sum(packer.made());
    };
    EXPECT_NEAR(sum.operator()<Decoder>("decoder"), 92837.7, 1);
    EXPECT_NEAR(sum.operator()<WarpNetwork>("warp"), -6258.6, 1);
}

TEST_F(WarpDecodeCache, WhatIsDamagedIsPackedAgain) {
    start(cache());
    const auto entry = fs::directory_iterator(cache());
    fs::resize_file(entry->path(), fs::file_size(entry->path()) / 2);
    EXPECT_EQ(start(cache()).packed(), 1);
    EXPECT_EQ(start(cache()).packed(), 0);
}

/// As of a build that packed fewer weights under the same version.
TEST_F(WarpDecodeCache, WhatDoesNotFitIsPackedAgain) {
    const MappedFile model(folder_ / "decoder", 1 << 30);
    const PackedFile kept(cache(), "decoder", folder_ / "decoder", model);
    save(kept);
    EXPECT_EQ(start(cache()).packed(), 2);
    EXPECT_EQ(start(cache()).packed(), 0);
}

}  // namespace
}  // namespace ditto::cpu
