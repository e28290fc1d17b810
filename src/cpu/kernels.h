#pragma once

#include <cstddef>
#include <cstdint>

namespace ditto::cpu {

/// Channels are stored last and padded with zeros to a multiple of this.
constexpr int lane_channels = 16;
constexpr int padded_channels(int count) {
    return (count + lane_channels - 1) / lane_channels * lane_channels;
}

/// Panels, of lane_channels each, that are best multiplied with at a time.
constexpr int panels_together = 2;

/// How an axis is cut into tiles. A tile takes `taps` values of the input, makes `products`
/// combinations of them, multiplies each by a combination of the three weights, and makes `outputs`
/// results of the products.
enum class Tiling {
    point,   // a convolution of one tap
    f2x3,    // Winograd's F(2,3)
    f4x3,    // Winograd's F(4,3)
    twice,   // three taps on a map whose values all stand twice
    fourth,  // three taps on a map whose values all stand four times
};

/// Three-dimensional ones use their own tiling for depth.
struct Tilings {
    Tiling plane = Tiling::point;
    Tiling depth = Tiling::point;
};

struct TileSize {
    int taps, products, outputs;
    int step;    // in the input, from one tile to the next
    int before;  // values of the input in front of a tile's first
};
constexpr TileSize tile_size(Tiling tiling) {
    switch (tiling) {
        case Tiling::point:
            return {1, 1, 1, 1, 0};
        case Tiling::f2x3:
            return {4, 4, 2, 2, 1};
        case Tiling::f4x3:
            return {6, 6, 4, 4, 1};
        case Tiling::twice:
            return {3, 3, 2, 1, 1};
        case Tiling::fourth:
            return {3, 3, 4, 1, 1};
    }
    return {};
}
/// Weights of one kernel.
constexpr int weight_count(Tilings tilings) {
    const int plane = tilings.plane == Tiling::point ? 1 : 9;
    return tilings.depth == Tiling::point ? plane : plane * 3;
}
constexpr int product_count(Tilings tilings) {
    const int plane = tile_size(tilings.plane).products;
    return tile_size(tilings.depth).products * plane * plane;
}
constexpr int max_taps = 4 * 6 * 6;
constexpr int max_outputs = 2 * 4 * 4;

constexpr int fourier_side = 16;
constexpr int fourier_half = fourier_side / 2 + 1;  // along x, the others are their conjugates
constexpr int frequencies = fourier_side * fourier_side * fourier_half;

/// What becomes of a convolution's results; for `count` channels of one tile.
struct Finish {
    int outputs = 0;                // of the tile, those outside of the map too
    const float* values = nullptr;  // [outputs][stride]
    std::ptrdiff_t stride = 0;
    int count = 0;
    float* const* to = nullptr;  // [outputs]; null where outside
    const float* bias = nullptr;
    float slope = 1;                       // of negative results
    const float* const* add = nullptr;     // [outputs], before the slope; null: nothing is added
    const float* const* scaled = nullptr;  // [outputs]: SPADE. Then values and bias hold `count`
                                           // factors and, with `shifts`, `count` summands
    const float* norm_scale = nullptr;
    const float* norm_shift = nullptr;
    bool shifts = false;
};

/// The inner loops, once for every kind of processor. All pointers are to at least 32-byte aligned
/// memory, counts of channels are multiples of lane_channels.
struct Kernels {
    const char* name;

    /// c (rows x panels*16, row stride ldc) = a (rows x depth, row stride lda) times b, stored as
    /// [panel][depth][16] with `panel_stride` between panels; added to c where `accumulate`.
    void (*multiply)(int rows, int depth, int panels, const float* a, std::ptrdiff_t lda,
                     const float* b, std::ptrdiff_t panel_stride, float* c, std::ptrdiff_t ldc,
                     bool accumulate);

    /// The same for rows and columns of pairs of bf16 (`depth` pairs); sums are floats. Null where
    /// the processor has no instruction for it.
    decltype(multiply) multiply_pairs;

    /// The combinations of weights that the products multiply with: taps[row][tap][16] ->
    /// out[product * stride + row * 16], for `rows` rows.
    void (*combine)(Tilings tilings, const float* taps, int rows, float* out,
                    std::ptrdiff_t stride);
    /// taps: [z][y][x] pointers to `channels` values -> out[product * stride + channel].
    void (*enter)(Tilings tilings, const float* const* taps, int channels, float* out,
                  std::ptrdiff_t stride);
    /// The same for two axes, as bf16: out's rows are half as long.
    void (*enter_halves)(Tiling plane, const float* const* taps, int channels, float* out,
                         std::ptrdiff_t stride);
    /// Each two of `count` rows of 16 floats become one of 16 pairs of bf16, in place.
    void (*pair_rows)(float* rows, int count);
    /// in[product * stride + channel] -> out[output * channels + channel].
    void (*leave)(Tilings tilings, const float* in, std::ptrdiff_t stride, int channels,
                  float* out);
    void (*finish)(const Finish& finish);

    /// Fourier transform of a cube of fourier_side^3 places, taps: [z][y][x] pointers to `channels`
    /// values. Writes out[frequency * stride + channel], the imaginary parts `channels` further on.
    void (*to_frequencies)(const float* const* taps, int channels, float* out,
                           std::ptrdiff_t stride);
    /// The way back, times fourier_side^3; imaginary parts stand `imaginary` behind the real ones.
    /// out[place * channels + channel], `kept` places along every axis. May read one lane more than
    /// there are channels.
    void (*to_places)(const float* in, std::ptrdiff_t stride, int imaginary, int channels, int kept,
                      float* out);

    /// Sums of (x - origin) and its square over `pixels` rows of `channels` values.
    void (*moments)(const float* x, int pixels, int channels, const float* origin, float* sums,
                    float* squares);
};

/// Null on processors without AVX2 and FMA.
const Kernels* kernels_of_this_processor();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();
const Kernels& avx512_bf16_kernels();

}  // namespace ditto::cpu
