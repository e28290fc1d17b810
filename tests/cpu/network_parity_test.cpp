#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "checkpoints/network_writers.h"
#include "cpu/decoder.h"
#include "cpu/warp_network.h"
#include "nn/session.h"

// The same ONNX bytes, computed here and by ONNX Runtime.
namespace ditto::cpu {
namespace {

using checkpoints::DecoderSizes;
using checkpoints::Folding;
using checkpoints::WarpNetworkSizes;

/// Single-precision sums in another order; what the product promises is 1e-3 and 1e-5 rms.
constexpr double tolerance = 1e-4;

template <class Write>
std::string model(Folding folding, const Write& write) {
    checkpoints::OnnxGraph graph("test");
    checkpoints::SyntheticWeights weights(5);
    checkpoints::NetworkBuilder net(graph, weights, folding);
    write(net);
    return graph.bytes();
}

Tensor random_tensor(const Shape& shape, float spread, unsigned seed) {
    Tensor tensor(DataType::f32, shape);
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0, spread);
    for (float& value : tensor.values<float>())
        value = normal(generator);
    return tensor;
}

Tensor by_runtime(const std::string& bytes, const nn::Inputs& inputs, std::string_view output) {
    const nn::Session session(nn::Runtime::open(), std::as_bytes(std::span(bytes)), "test",
                              {.threads = 2});
    return std::move(session.run(inputs, {output}).front());
}

void expect_same(const std::vector<float>& ours, const Tensor& theirs) {
    const auto wanted = theirs.values<float>();
    ASSERT_EQ(ours.size(), wanted.size());
    double squares = 0, spread = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
        ASSERT_NEAR(ours[i], wanted[i], tolerance) << i;
        squares += std::pow(double{ours[i]} - double{wanted[i]}, 2);
        spread = std::max(spread, std::abs(double{wanted[i]}));
    }
    EXPECT_LT(std::sqrt(squares / static_cast<double>(ours.size())), 1e-5);
    EXPECT_GT(spread, 1e-2);
}

void check_decoder(const DecoderSizes& sizes, Folding folding, int threads) {
    const std::string bytes =
        model(folding, [&](auto& net) { checkpoints::write_decoder(net, sizes); });
    const Tensor feature = random_tensor({1, 256, 64, 64}, 1, 1);
    const Tensor theirs = by_runtime(bytes, {{"feature", feature.view()}}, "output");
    Workshop shop(*kernels_of_this_processor(), threads);
    std::vector<float> ours(theirs.count());
    Packer packer(shop.pool);
    Decoder(packer, bytes).run(shop, feature.values<float>().data(), ours.data());
    expect_same(ours, theirs);
}

void check_warp_network(const WarpNetworkSizes& sizes, Folding folding, int threads) {
    const std::string bytes =
        model(folding, [&](auto& net) { checkpoints::write_warp_network(net, sizes); });
    const Tensor volume = random_tensor({1, 32, 16, 64, 64}, 1, 2);
    const Tensor source = random_tensor({1, 21, 3}, 0.4F, 3);
    const Tensor driving = random_tensor({1, 21, 3}, 0.4F, 4);
    const Tensor theirs = by_runtime(bytes,
                                     {{"feature_3d", volume.view()},
                                      {"kp_source", source.view()},
                                      {"kp_driving", driving.view()}},
                                     "out");
    Workshop shop(*kernels_of_this_processor(), threads);
    std::vector<float> ours(theirs.count());
    Packer packer(shop.pool);
    WarpNetwork(packer, bytes)
        .run(shop, volume.values<float>().data(), source.values<float>().data(),
             driving.values<float>().data(), ours.data());
    expect_same(ours, theirs);
}

struct NetworkParity : testing::Test {
    void SetUp() override {
        if (kernels_of_this_processor() == nullptr) GTEST_SKIP() << "no AVX2";
    }
};

TEST_F(NetworkParity, Decoder) {
    check_decoder({16, 8, 12, 8, 3}, Folding::none, 2);
}

TEST_F(NetworkParity, DecoderFolded) {
    check_decoder({20, 4, 36, 4, 3}, Folding::exact, 1);
}

TEST_F(NetworkParity, DecoderOfTinyCheckpoints) {
    check_decoder(DecoderSizes::tiny(), Folding::none, 2);
}

TEST_F(NetworkParity, WarpNetwork) {
    check_warp_network({1, {4, 6, 8}, {6, 4, 3}, 16, 3, 3, 7, 3}, Folding::none, 2);
}

TEST_F(NetworkParity, WarpNetworkWithItsLargeMask) {
    check_warp_network({1, {4}, {2}, 8, 1, 7, 1, 1}, Folding::exact, 1);
}

TEST_F(NetworkParity, WarpNetworkOfTinyCheckpoints) {
    check_warp_network(WarpNetworkSizes::tiny(), Folding::none, 2);
}

TEST_F(NetworkParity, OtherNetworksAreUnknown) {
    Pool pool(1);
    Packer packer(pool);
    const std::string decoder =
        model(Folding::exact, [](auto& net) { write_decoder(net, DecoderSizes::tiny()); });
    const std::string warp =
        model(Folding::exact, [](auto& net) { write_warp_network(net, WarpNetworkSizes::tiny()); });
    EXPECT_THROW(Decoder(packer, warp), Unknown);
    EXPECT_THROW(WarpNetwork(packer, decoder), Unknown);
    EXPECT_THROW(Decoder(packer, "no model"), Unknown);
}

}  // namespace
}  // namespace ditto::cpu
