// The loops of vector_kernels.h in GCC's vector types, for vectors of `lanes` floats. Included by
// one file for each instruction set, which defines `lanes` and is compiled for that set. Nothing
// from the standard library may be used here: an inline function compiled for AVX-512 could be the
// one that the linker keeps for all.

constexpr std::size_t panel = 2 * lanes;
constexpr std::size_t depth = 512;  // of a panel that stays in the cache while all rows pass
constexpr std::size_t block = lanes == 16 ? 12 : 5;  // rows at once: their sums fill the registers

typedef float Vec __attribute__((vector_size(lanes * sizeof(float))));
typedef float AnyVec __attribute__((vector_size(lanes * sizeof(float)), aligned(4), may_alias));
typedef int IntVec __attribute__((vector_size(lanes * sizeof(int))));

inline Vec load(const float* from) {
    return *reinterpret_cast<const AnyVec*>(from);
}

inline void store(float* to, Vec value) {
    *reinterpret_cast<AnyVec*>(to) = value;
}

inline Vec all(float value) {
    return value - Vec{};
}

inline float sum(Vec value) {
    float result = 0;
    for (std::size_t i = 0; i < lanes; ++i)
        result += value[i];
    return result;
}

inline float largest(Vec value) {
    float result = value[0];
    for (std::size_t i = 1; i < lanes; ++i)
        result = value[i] > result ? value[i] : result;
    return result;
}

inline Vec larger(Vec a, Vec b) {
    return a > b ? a : b;
}

/// To within two units in the last place, for x in -87..88; beyond, as at the ends.
inline Vec exp(Vec x) {
    constexpr float rounding = 12582912.F;  // 1.5 * 2^23: adding it cuts the fraction off
    x = x > all(-87.F) ? x : all(-87.F);
    x = x < all(88.F) ? x : all(88.F);
    const Vec whole = (x * 1.44269504F + rounding) - rounding;
    const Vec rest = (x - whole * 0.693359375F) + whole * 2.12194440e-4F;
    Vec series = all(1.F / 5040);
    series = series * rest + 1.F / 720;
    series = series * rest + 1.F / 120;
    series = series * rest + 1.F / 24;
    series = series * rest + 1.F / 6;
    series = series * rest + .5F;
    series = series * rest + 1.F;
    series = series * rest + 1.F;
    const IntVec exponent = (__builtin_convertvector(whole, IntVec) + 127) << 23;
    return series * reinterpret_cast<Vec>(exponent);
}

/// One block of rows and of k: c = start + a b, `start` being a row of bias, or c itself.
/// `next` is memory that will be needed soon, one cache line for every `stride` steps.
template <std::size_t rows>
inline void multiply_rows(const float* a, std::size_t a_stride, const float* b, std::size_t k,
                          std::size_t columns, const float* bias, float* c, std::size_t c_stride,
                          const float* next) {
    Vec sums[rows][2] = {};
    constexpr std::size_t ahead = 48;  // rows of b on their way into the first cache
    const auto step = [&](std::size_t i) {
        __builtin_prefetch(b + (i + ahead) * panel, 0, 3);
        __builtin_prefetch(b + (i + ahead) * panel + lanes, 0, 3);
        const Vec left = load(b + i * panel);
        const Vec right = load(b + i * panel + lanes);
        for (std::size_t row = 0; row < rows; ++row) {
            const float value = a[row * a_stride + i];
            sums[row][0] += value * left;
            sums[row][1] += value * right;
        }
    };
    std::size_t i = 0;
    for (; i + 16 <= k; i += 16, next += 16) {
        __builtin_prefetch(next, 0, 2);
        for (std::size_t j = 0; j < 16; ++j)
            step(i + j);
    }
    for (; i < k; ++i)
        step(i);

    for (std::size_t row = 0; row < rows; ++row) {
        float* to = c + row * c_stride;
        const float* start = bias == nullptr ? to : bias;
        if (columns == panel) {
            store(to, sums[row][0] + load(start));
            store(to + lanes, sums[row][1] + load(start + lanes));
            continue;
        }
        float all_columns[panel];
        store(all_columns, sums[row][0]);
        store(all_columns + lanes, sums[row][1]);
        for (std::size_t column = 0; column < columns; ++column)
            to[column] = all_columns[column] + start[column];
    }
}

/// `rows`, at most `most`, by the block of so many.
template <std::size_t most = block, class... Rest>
inline void multiply_some(std::size_t rows, Rest... rest) {
    if constexpr (most > 1) {
        if (rows < most) return multiply_some<most - 1>(rows, rest...);
    }
    multiply_rows<most>(rest...);
}

void multiply(const float* a, std::size_t a_stride, std::size_t m, const float* b, std::size_t k,
              std::size_t n, const float* bias, float* c, std::size_t c_stride) {
    const float zeros[panel] = {};
    for (std::size_t first = 0; first < n; first += panel) {
        const std::size_t columns = n - first < panel ? n - first : panel;
        for (std::size_t from = 0; from < k; from += depth) {
            const std::size_t count = k - from < depth ? k - from : depth;
            const float* start = bias == nullptr ? zeros : bias + first;
            if (from > 0) start = nullptr;
            const float* next = b + count * panel;
            // They differ by one row at most: a small block would be slow.
            const std::size_t blocks = (m + block - 1) / block;
            std::size_t row = 0;
            for (std::size_t i = 0; i < blocks; ++i, next += count) {
                const std::size_t rows = (m - row) / (blocks - i);
                multiply_some(rows, a + row * a_stride + from, a_stride, b, count, columns, start,
                              c + row * c_stride + first, c_stride, next);
                row += rows;
            }
            b += count * panel;
        }
    }
}

void layer_norm(const float* x, std::size_t rows, std::size_t size, const float* scale,
                const float* shift, float* out) {
    constexpr float eps = 1e-5F;
    for (std::size_t row = 0; row < rows; ++row, x += size, out += size) {
        const std::size_t whole = size / lanes * lanes;
        Vec sums = {};
        for (std::size_t i = 0; i < whole; i += lanes)
            sums += load(x + i);
        float total = sum(sums);
        for (std::size_t i = whole; i < size; ++i)
            total += x[i];
        const float mean = total / static_cast<float>(size);
        sums = Vec{};
        for (std::size_t i = 0; i < whole; i += lanes) {
            const Vec difference = load(x + i) - mean;
            sums += difference * difference;
        }
        total = sum(sums);
        for (std::size_t i = whole; i < size; ++i)
            total += (x[i] - mean) * (x[i] - mean);
        const float factor = 1 / __builtin_sqrtf(total / static_cast<float>(size) + eps);
        for (std::size_t i = 0; i < whole; i += lanes)
            store(out + i, (load(x + i) - mean) * factor * load(scale + i) + load(shift + i));
        for (std::size_t i = whole; i < size; ++i)
            out[i] = (x[i] - mean) * factor * scale[i] + shift[i];
    }
}

void softmax(float* x, std::size_t rows, std::size_t n, std::size_t stride, float factor) {
    for (std::size_t row = 0; row < rows; ++row, x += stride) {
        const std::size_t whole = n / lanes * lanes;
        Vec tail = all(-3e38F);
        for (std::size_t i = whole; i < n; ++i)
            tail[i - whole] = x[i];
        Vec highest = tail;
        for (std::size_t i = 0; i < whole; i += lanes)
            highest = larger(highest, load(x + i));
        const float top = largest(highest);
        Vec sums = {};
        for (std::size_t i = 0; i < whole; i += lanes) {
            const Vec power = exp((load(x + i) - top) * factor);
            store(x + i, power);
            sums += power;
        }
        float total = sum(sums);
        const Vec last = exp((tail - top) * factor);
        for (std::size_t i = whole; i < n; ++i) {
            x[i] = last[i - whole];
            total += x[i];
        }
        const float part = 1 / total;
        for (std::size_t i = 0; i < whole; i += lanes)
            store(x + i, load(x + i) * part);
        for (std::size_t i = whole; i < n; ++i)
            x[i] *= part;
    }
}

/// erf by Abramowitz and Stegun 7.1.26, within 1.5e-7.
inline Vec gelu(Vec x) {
    const Vec z = (x < 0.F ? -x : x) * 0.70710678F;
    const Vec t = 1.F / (1.F + z * 0.3275911F);
    Vec series = all(1.061405429F);
    series = series * t - 1.453152027F;
    series = series * t + 1.421413741F;
    series = series * t - 0.284496736F;
    series = series * t + 0.254829592F;
    const Vec erf = 1.F - series * t * exp(-z * z);
    return x * .5F * (1.F + (x < 0.F ? -erf : erf));
}

void gelu(float* x, std::size_t count) {
    const std::size_t whole = count / lanes * lanes;
    for (std::size_t i = 0; i < whole; i += lanes)
        store(x + i, gelu(load(x + i)));
    Vec tail = {};
    for (std::size_t i = whole; i < count; ++i)
        tail[i - whole] = x[i];
    tail = gelu(tail);
    for (std::size_t i = whole; i < count; ++i)
        x[i] = tail[i - whole];
}

void rotate(const float* x, const float* cosine, const float* sine, std::size_t count,
            float* __restrict out) {
    for (std::size_t i = 0; i + 1 < count; i += 2) {
        out[i] = x[i] * cosine[i] + x[i + 1] * sine[i];
        out[i + 1] = x[i + 1] * cosine[i + 1] + x[i] * sine[i + 1];
    }
}

void add_modulated(float* __restrict x, const float* y, std::size_t rows, std::size_t size,
                   const float* scale, const float* shift) {
    for (std::size_t row = 0; row < rows; ++row, x += size, y += size) {
        for (std::size_t i = 0; i < size; ++i)
            x[i] += y[i] * (1 + scale[i]) + shift[i];
    }
}
