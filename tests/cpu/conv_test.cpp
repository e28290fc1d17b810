#include "cpu/conv.h"

#include <cstring>
#include <tuple>

#include "cpu/planes.h"
#include "naive.h"

namespace ditto::cpu {
namespace {

struct Case {
    const char* name;
    Tilings tilings;
    int kernel, scale;
    int in, out;
    int depth, height, width;
    int threads = 2;
};

class ConvTest : public testing::TestWithParam<Case> {};

TEST_P(ConvTest, GivesWhatItsDefinitionGives) {
    const Case& c = GetParam();
    Numbers numbers;
    const ConvWeights weights = numbers.weights(c.in, c.out, c.kernel, c.depth > 1);
    OwnMap from(c.depth, c.height, c.width, padded_channels(c.in));
    numbers.fill(from, c.in);
    // Winograd's tiles lose a digit of single precision's seven.
    const double tolerance = 2e-5 * std::sqrt(c.in * c.kernel * c.kernel);
    for (const Kernels* kernels : runnable_kernels()) {
        Workshop shop(*kernels, c.threads);
        Packer packer(shop.pool);
        const Conv conv(packer, source(weights), c.tilings);
        OwnMap to(c.depth, c.height * c.scale, c.width * c.scale, conv.outputs());
        conv.run(shop, from, {.to = to});
        for (int z = 0; z < to.depth; ++z) {
            for (int y = 0; y < to.height; ++y) {
                for (int x = 0; x < to.width; ++x) {
                    const float* place = to.at(z, y, x);
                    for (int o = 0; o < c.out; ++o) {
                        ASSERT_NEAR(place[o], naive(weights, from, c.scale, z, y, x, o), tolerance)
                            << kernels->name << " at " << z << " " << y << " " << x << " " << o;
                    }
                    for (int o = c.out; o < to.channels; ++o)
                        ASSERT_EQ(place[o], 0) << kernels->name;
                }
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Tilings, ConvTest,
    testing::Values(Case{"point", {Tiling::point}, 1, 1, 20, 40, 1, 7, 9},
                    Case{"f2x3", {Tiling::f2x3}, 3, 1, 5, 16, 1, 7, 9},
                    Case{"f4x3", {Tiling::f4x3}, 3, 1, 33, 40, 1, 9, 10},
                    Case{"f4x3_many_channels", {Tiling::f4x3}, 3, 1, 272, 144, 1, 8, 8},
                    Case{"f4x3_one_thread", {Tiling::f4x3}, 3, 1, 17, 16, 1, 23, 40, 1},
                    Case{"f4x3_three_threads", {Tiling::f4x3}, 3, 1, 17, 300, 1, 8, 9, 3},
                    Case{"twice", {Tiling::twice}, 3, 2, 17, 20, 1, 5, 7},
                    Case{"fourth", {Tiling::fourth}, 3, 4, 17, 20, 1, 5, 6},
                    Case{"volume_f2x3", {Tiling::f2x3, Tiling::f2x3}, 3, 1, 9, 18, 5, 5, 6},
                    Case{"volume_f4x3", {Tiling::f4x3, Tiling::f2x3}, 3, 1, 9, 18, 4, 9, 6},
                    Case{"volume_twice", {Tiling::twice, Tiling::f2x3}, 3, 2, 9, 18, 3, 4, 5}),
    [](const auto& test) { return test.param.name; });

/// bf16 has three digits, of which Winograd's tiles lose half a one; sums of floats keep them.
TEST(Conv, MultipliesHalvesWhereItShould) {
    constexpr int in = 40, out = 20, side = 12;
    Numbers numbers;
    int tried = 0;
    for (const auto& [tiling, kernel, scale] :
         {std::tuple{Tiling::point, 1, 1}, std::tuple{Tiling::f4x3, 3, 1},
          std::tuple{Tiling::twice, 3, 2}, std::tuple{Tiling::fourth, 3, 4}}) {
        const ConvWeights weights = numbers.weights(in, out, kernel, false);
        OwnMap from(1, side, side, padded_channels(in));
        numbers.fill(from, in);
        for (const Kernels* kernels : runnable_kernels()) {
            if (kernels->multiply_pairs == nullptr) continue;
            Workshop shop(*kernels, 2, true);
            Packer packer(shop.pool);
            const Conv conv(packer, source(weights), {tiling});
            OwnMap to(1, side * scale, side * scale, conv.outputs());
            conv.run(shop, from, {.to = to});
            double squares = 0, apart = 0;
            for (int y = 0; y < to.height; ++y) {
                for (int x = 0; x < to.width; ++x) {
                    for (int o = 0; o < out; ++o) {
                        const double wanted = naive(weights, from, scale, 0, y, x, o);
                        squares += wanted * wanted;
                        apart += std::pow(double{to.at(0, y, x)[o]} - wanted, 2);
                    }
                }
            }
            EXPECT_LT(std::sqrt(apart / squares), 0.015) << kernels->name;
            EXPECT_GT(std::sqrt(apart / squares), 1e-4) << kernels->name << ": not in bf16";
            ++tried;
        }
    }
    EXPECT_GT(tried, 0);
}

/// Volumes stay exact, and so does all where the processor lacks the instructions.
TEST(Conv, KeepsVolumesExactAmongHalves) {
    Numbers numbers;
    const ConvWeights weights = numbers.weights(9, 18, 3, true);
    OwnMap from(4, 9, 6, 16);
    numbers.fill(from, 9);
    for (const Kernels* kernels : runnable_kernels()) {
        Workshop exact(*kernels, 1), fast(*kernels, 1, true);
        EXPECT_EQ(fast.halves, kernels->multiply_pairs != nullptr);
        Packer packer(exact.pool);
        const Conv conv(packer, source(weights), {Tiling::f4x3, Tiling::f2x3});
        OwnMap a(4, 9, 6, conv.outputs()), b(4, 9, 6, conv.outputs());
        conv.run(exact, from, {.to = a});
        conv.run(fast, from, {.to = b});
        EXPECT_EQ(std::memcmp(a.data, b.data, a.count() * sizeof(float)), 0) << kernels->name;
    }
}

/// Factors and summands of one convolution, the instance norm of an enlarged map, a slope.
TEST(Conv, ScalesANormalizedMapAsSpadeDoes) {
    constexpr int channels = 20, hidden = 8, side = 8;
    Numbers numbers;
    const ConvWeights both = numbers.weights(hidden, 2 * channels, 3, false);
    OwnMap from(1, side, side, padded_channels(hidden));
    numbers.fill(from, hidden);
    OwnMap small(1, side / 2, side / 2, padded_channels(channels));
    numbers.fill(small, channels);
    ChannelOrder order;
    for (int half = 0; half < 32; half += 16) {
        for (const int first : {0, channels}) {
            for (int i = half; i < half + 16; ++i)
                order.push_back(i < channels ? first + i : -1);
        }
    }
    for (const Kernels* kernels : runnable_kernels()) {
        Workshop shop(*kernels, 1);
        std::vector<float> scale(32), shift(32);
        instance_norm(shop, small, scale.data(), shift.data());
        Packer packer(shop.pool);
        const Conv conv(packer, source(both), {Tiling::f4x3}, order, padded_order(hidden), 32);
        const Map x = small.enlarged(1);
        OwnMap to(1, side, side, padded_channels(channels));
        conv.run(shop, from,
                 {.to = to,
                  .slope = 0.2F,
                  .scaled = &x,
                  .norm_scale = scale.data(),
                  .norm_shift = shift.data(),
                  .shifts = true});
        for (int c = 0; c < channels; ++c) {
            double mean = 0, square = 0;
            for (int i = 0; i < side * side / 4; ++i) {
                const double value = double{small.at(0, i / 4, i % 4)[c]};
                mean += value / (side * side / 4);
                square += value * value / (side * side / 4);
            }
            for (int i = 0; i < side * side; ++i) {
                const int y = i / side, column = i % side;
                const double normed =
                    (double{x.at(0, y, column)[c]} - mean) / std::sqrt(square - mean * mean + 1e-5);
                double wanted = normed * naive(both, from, 1, 0, y, column, c) +
                                naive(both, from, 1, 0, y, column, channels + c);
                if (wanted < 0) wanted *= 0.2;
                ASSERT_NEAR(to.at(0, y, column)[c], wanted, 2e-4) << kernels->name << " " << c;
            }
        }
    }
}

TEST(Conv, AddsAMap) {
    Numbers numbers;
    const ConvWeights weights = numbers.weights(4, 16, 1, false);
    OwnMap from(1, 3, 3, 16), add(1, 3, 3, 16), to(1, 3, 3, 16);
    numbers.fill(from, 4);
    numbers.fill(add, 16);
    for (const Kernels* kernels : runnable_kernels()) {
        Workshop shop(*kernels, 1);
        Packer packer(shop.pool);
        Conv(packer, source(weights), {}).run(shop, from, {.to = to, .slope = 0, .add = &add});
        for (int i = 0; i < 9; ++i) {
            const double wanted =
                naive(weights, from, 1, 0, i / 3, i % 3, 2) + double{add.at(0, i / 3, i % 3)[2]};
            ASSERT_NEAR(to.at(0, i / 3, i % 3)[2], std::max(wanted, 0.), 1e-5) << kernels->name;
        }
    }
}

}  // namespace
}  // namespace ditto::cpu
