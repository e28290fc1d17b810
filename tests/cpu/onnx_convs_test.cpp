#include "cpu/onnx_convs.h"

#include <gtest/gtest.h>

#include "checkpoints/network_writers.h"

namespace ditto::cpu {
namespace {

using checkpoints::Folding;

template <class Write>
std::string model(Folding folding, const Write& write) {
    checkpoints::OnnxGraph graph("test");
    checkpoints::SyntheticWeights weights(3);
    checkpoints::NetworkBuilder net(graph, weights, folding);
    write(net);
    return graph.bytes();
}

std::string both_norms(Folding folding) {
    return model(folding, [](checkpoints::NetworkBuilder& net) {
        const auto x = net.graph.input("x", DataType::f32, {1, 4, 8, 8});
        const checkpoints::ConvSpec first{.in = 4, .out = 6, .kernel = {3, 3}};
        const checkpoints::ConvSpec second{.in = 6, .out = 5, .kernel = {1, 1}};
        const auto y = net.conv_batch_norm(x, "a", "a_norm", first);
        net.graph.output("y", net.spectral_conv(y, "b", second), DataType::f32, {1, 5, 8, 8});
    });
}

TEST(OnnxConvs, FoldsNormsAsTheWriterDoes) {
    const std::string plain = both_norms(Folding::none), folded = both_norms(Folding::exact);
    const OnnxConvs a(plain), b(folded);
    ASSERT_EQ(a.count(), 2U);
    ASSERT_EQ(b.count(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        const ConvWeights left = a.weights(i), right = b.weights(i);
        ASSERT_EQ(left.values.size(), right.values.size());
        ASSERT_EQ(left.bias.size(), right.bias.size());
        for (std::size_t k = 0; k < left.values.size(); ++k)
            ASSERT_NEAR(left.values[k], right.values[k], 1e-5);
        for (std::size_t k = 0; k < left.bias.size(); ++k)
            ASSERT_NEAR(left.bias[k], right.bias[k], 1e-5);
    }
}

TEST(OnnxConvs, RefusesConvolutionsThatChangeTheSize) {
    for (const bool strided : {true, false}) {
        const std::string bytes = model(Folding::exact, [&](checkpoints::NetworkBuilder& net) {
            const auto x = net.graph.input("x", DataType::f32, {1, 4, 8, 8});
            checkpoints::ConvSpec spec{.in = 4, .out = 6, .kernel = {3, 3}};
            (strided ? spec.stride = 2 : spec.pad = false);
            net.graph.output("y", net.conv(x, "a", spec), DataType::f32, {1, 6, -1, -1});
        });
        EXPECT_THROW(OnnxConvs(bytes).weights(0), Unknown);
    }
}

TEST(OnnxConvs, DamagedFilesAreUnknown) {
    const std::string whole = both_norms(Folding::exact);
    const auto search = [](std::string_view file) {
        try {
            const OnnxConvs convs(file);
            for (std::size_t i = 0; i < convs.count(); ++i)
                convs.weights(i);
        } catch (const Unknown&) {
            return false;
        }
        return true;
    };
    EXPECT_TRUE(search(whole));
    for (std::size_t length = 1; length < whole.size(); length += 37)
        search(std::string_view(whole).substr(0, length));
    int unknown = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const unsigned bit : {0U, 3U, 7U}) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ (1U << bit));
            unknown += search(changed) ? 0 : 1;
        }
    }
    EXPECT_GT(unknown, 0);
}

}  // namespace
}  // namespace ditto::cpu
