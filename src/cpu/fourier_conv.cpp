#include "cpu/fourier_conv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>

namespace ditto::cpu {
namespace {

using Complex = std::complex<double>;

std::size_t size(std::ptrdiff_t value) {
    return static_cast<std::size_t>(value);
}

/// Of a kernel of side^3 weights; out[frequency].
class KernelTransform {
  public:
    explicit KernelTransform(int side) : side_(size(side)) {
        for (std::size_t i = 0; i < turns_.size(); ++i)
            turns_[i] = std::polar(1., -2 * std::numbers::pi * double(i) / fourier_side);
    }

    void apply(const float* w, Complex* out) const {
        constexpr std::size_t half = fourier_half, full = fourier_side;
        std::vector<Complex> rows(side_ * side_ * half), planes(side_ * full * half);
        for (std::size_t zy = 0; zy < side_ * side_; ++zy) {
            for (std::size_t k = 0; k < half; ++k) {
                for (std::size_t x = 0; x < side_; ++x)
                    rows[zy * half + k] += turn(k * x) * double{w[zy * side_ + x]};
            }
        }
        for (std::size_t z = 0; z < side_; ++z) {
            for (std::size_t k = 0; k < full; ++k) {
                for (std::size_t y = 0; y < side_; ++y) {
                    for (std::size_t x = 0; x < half; ++x) {
                        planes[(z * full + k) * half + x] +=
                            turn(k * y) * rows[(z * side_ + y) * half + x];
                    }
                }
            }
        }
        std::fill_n(out, frequencies, Complex{});
        for (std::size_t k = 0; k < full; ++k) {
            for (std::size_t z = 0; z < side_; ++z) {
                for (std::size_t yx = 0; yx < full * half; ++yx)
                    out[k * full * half + yx] += turn(k * z) * planes[z * full * half + yx];
            }
        }
    }

  private:
    Complex turn(std::size_t steps) const { return turns_[steps % fourier_side]; }
    std::size_t side_;
    std::array<Complex, fourier_side> turns_;
};

}  // namespace

FourierConv::FourierConv(Packer& packer, const ConvSource& source)
    : kernel_(source.kernel),
      in_(padded_channels(source.in)),
      out_(source.out),
      columns_(padded_channels(2 * source.out)) {
    const std::size_t count = size(frequencies) * size(columns_) * size(2 * in_);
    const std::size_t biases = size(padded_channels(out_));
    weights_ = packer.pack(count + biases, [&](float* packed) {
        const ConvWeights weights = source.weights();
        std::fill_n(packed, count + biases, 0.F);
        std::ranges::copy(weights.bias, packed + count);
        transform(packer.pool(), weights, packed);
    });
    bias_ = weights_.get() + count;
}

void FourierConv::transform(Pool& pool, const ConvWeights& weights, float* to) const {
    const KernelTransform transform(kernel_);
    const std::size_t volume = size(kernel_ * kernel_ * kernel_);
    // Parts write whole lines of 16 columns each.
    pool.run(weights.in, [&](int i, int) {
        std::vector<Complex> made(frequencies);
        for (int o = 0; o < out_; ++o) {
            transform.apply(weights.values.data() + (size(o) * size(weights.in) + size(i)) * volume,
                            made.data());
            const auto put = [&](std::size_t f, int row, int column, double value) {
                const std::size_t panel =
                    f * size(columns_ / lane_channels) + size(column / lane_channels);
                to[(panel * size(2 * in_) + size(row)) * lane_channels +
                   size(column % lane_channels)] = static_cast<float>(value);
            };
            for (std::size_t f = 0; f < frequencies; ++f) {
                // Values times the conjugate: a sum over value(n + j) weight(j).
                const Complex w = made[f] / double(fourier_side * fourier_side * fourier_side);
                put(f, i, o, w.real());
                put(f, in_ + i, o, w.imag());
                put(f, i, out_ + o, -w.imag());
                put(f, in_ + i, out_ + o, w.real());
            }
        }
    });
}

void FourierConv::run(Workshop& shop, const Map& from, const Map& to) const {
    const int kept = fourier_side + 1 - kernel_;
    const auto tiles_of = [&](int length) { return (length + kept - 1) / kept; };
    const int across = tiles_of(from.width), tiles = across * tiles_of(from.height);
    const std::ptrdiff_t row = 2 * in_ + lane_channels;
    const std::ptrdiff_t entered_stride = row * tiles + lane_channels;
    const std::ptrdiff_t product_stride = std::ptrdiff_t{columns_} * tiles + lane_channels;
    const Floats entered(shop.arena, size(frequencies) * size(entered_stride));
    const Floats products(shop.arena, size(frequencies) * size(product_stride) + 2 * lane_channels);
    const Floats nothing(shop.arena, size(in_));
    std::fill_n(nothing.data(), in_, 0.F);

    for (int z0 = 0; z0 < from.depth; z0 += kept) {
        shop.pool.run(tiles, [&](int tile, int) {
            std::vector<const float*> taps;
            const int before = kernel_ / 2;
            const int y0 = tile / across * kept - before, x0 = tile % across * kept - before;
            for (int z = 0; z < fourier_side; ++z) {
                for (int y = 0; y < fourier_side; ++y) {
                    for (int x = 0; x < fourier_side; ++x) {
                        const float* at = from.at(z0 - before + z, y0 + y, x0 + x);
                        taps.push_back(at == nullptr ? nothing.data() : at);
                    }
                }
            }
            shop.kernels.to_frequencies(taps.data(), in_, entered.data() + tile * row,
                                        entered_stride);
        });
        constexpr int together = 16;
        shop.pool.run(frequencies / together, [&](int part, int) {
            for (int f = part * together; f < (part + 1) * together; ++f) {
                const float* weights = weights_.get() + size(f) * size(columns_) * size(2 * in_);
                shop.kernels.multiply(tiles, 2 * in_, columns_ / lane_channels,
                                      entered.data() + f * entered_stride, row, weights,
                                      std::ptrdiff_t{2} * in_ * lane_channels,
                                      products.data() + f * product_stride, columns_, false);
            }
        });
        shop.pool.run(tiles, [&](int tile, int) {
            const int channels = padded_channels(out_);
            std::vector<float> left(size(kept * kept * kept) * size(channels));
            shop.kernels.to_places(products.data() + std::ptrdiff_t{tile} * columns_,
                                   product_stride, out_, channels, kept, left.data());
            const float* values = left.data();
            for (int i = 0; i < kept * kept * kept; ++i, values += channels) {
                float* place = to.at(z0 + i / (kept * kept), tile / across * kept + i / kept % kept,
                                     tile % across * kept + i % kept);
                for (int c = 0; place != nullptr && c < channels; ++c)
                    place[c] = values[c] + bias_[c];
            }
        });
    }
}

}  // namespace ditto::cpu
