#include "cpu/fourier_conv.h"

#include "naive.h"

namespace ditto::cpu {
namespace {

TEST(FourierConv, GivesWhatItsDefinitionGives) {
    constexpr int in = 5, out = 22, depth = 12, height = 11, width = 13;
    Numbers numbers;
    OwnMap from(depth, height, width, padded_channels(in));
    numbers.fill(from, in);
    for (const int kernel : {5, 7}) {
        const ConvWeights weights = numbers.weights(in, out, kernel, true);
        for (const Kernels* kernels : runnable_kernels()) {
            Workshop shop(*kernels, 2);
            OwnMap to(depth, height, width, padded_channels(out));
            Packer packer(shop.pool);
            FourierConv(packer, source(weights)).run(shop, from, to);
            for (int i = 0; i < depth * height * width; i += 7) {
                const int z = i / (height * width), y = i / width % height, x = i % width;
                for (int o = 0; o < out; ++o) {
                    ASSERT_NEAR(to.at(z, y, x)[o], naive(weights, from, 1, z, y, x, o), 2e-4)
                        << kernels->name << " " << kernel << " at " << z << " " << y << " " << x;
                }
            }
        }
    }
}

}  // namespace
}  // namespace ditto::cpu
