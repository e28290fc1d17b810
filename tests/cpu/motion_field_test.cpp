#include "cpu/motion_field.h"

#include <array>

#include "naive.h"

namespace ditto::cpu {
namespace {

constexpr int depth = 4, height = 6, width = 7, channels = 16;

float position(int i, int length) {
    return 2 * static_cast<float>(i) / static_cast<float>(length - 1) - 1;
}

/// Trilinear, zero outside; pixel i of `length` has its centre at (2 i + 1) / length - 1.
double sample(const Map& volume, std::array<double, 3> at, int channel) {
    std::array<double, 3> cell{};
    const std::array<int, 3> length{volume.width, volume.height, volume.depth};
    for (std::size_t axis = 0; axis < 3; ++axis)
        cell[axis] = ((at[axis] + 1) * length[axis] - 1) / 2;
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
        std::array<int, 3> place{};
        double part = 1;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            const double below = std::floor(cell[axis]);
            const bool next = corner >> axis & 1;
            place[axis] = static_cast<int>(below) + next;
            part *= next ? cell[axis] - below : 1 - (cell[axis] - below);
        }
        const float* value = volume.at(place[2], place[1], place[0]);
        if (value != nullptr) sum += part * double{value[channel]};
    }
    return sum;
}

struct MotionField : testing::Test {
    MotionField() : volume(depth, height, width, channels) {
        numbers.fill(volume, channels);
        numbers.fill(source, keypoints * 3);
        driving = source;
        for (std::size_t i = 0; i < driving.size(); ++i)
            driving[i] += 0.4F * numbers.next();
        driving[0] += 9;  // moves everything out of sight
    }
    Numbers numbers;
    OwnMap volume;
    std::vector<float> source, driving;
    Pool pool{2};
};

TEST_F(MotionField, MotionsShiftTheVolumeAndLeaveBumps) {
    constexpr int count = 3;
    OwnMap to(depth, height, width, padded_channels(motions * (1 + count)));
    sparse_motions(pool, volume, count, source.data(), driving.data(), to);
    for (int i = 0; i < depth * height * width; ++i) {
        const int z = i / (height * width), y = i / width % height, x = i % width;
        const std::array<double, 3> here{position(x, width), position(y, height),
                                         position(z, depth)};
        for (int m = 0; m < motions; ++m) {
            std::array<double, 3> there = here;
            double to_driving = 0, to_source = 0;
            for (std::size_t axis = 0; m > 0 && axis < 3; ++axis) {
                const std::size_t k = static_cast<std::size_t>(3 * (m - 1)) + axis;
                there[axis] += double{source[k]} - double{driving[k]};
                to_driving += std::pow(here[axis] - double{driving[k]}, 2);
                to_source += std::pow(here[axis] - double{source[k]}, 2);
            }
            const float* values = to.at(z, y, x) + m * (1 + count);
            const double bump = m == 0 ? 0 : std::exp(-50 * to_driving) - std::exp(-50 * to_source);
            ASSERT_NEAR(values[0], bump, 1e-5);
            for (int c = 0; c < count; ++c)
                ASSERT_NEAR(values[1 + c], sample(volume, there, c), 1e-4) << m << " " << i;
        }
    }
}

TEST_F(MotionField, DeformsByTheMeanShift) {
    OwnMap logits(depth, height, width, padded_channels(motions));
    numbers.fill(logits, motions);
    OwnMap to(1, height, width, depth * channels);
    deform(pool, volume, logits, source.data(), driving.data(), to);
    for (int i = 0; i < depth * height * width; ++i) {
        const int z = i / (height * width), y = i / width % height, x = i % width;
        std::array<double, 3> at{position(x, width), position(y, height), position(z, depth)};
        double sum = 0;
        for (int m = 0; m < motions; ++m)
            sum += std::exp(double{logits.at(z, y, x)[m]});
        for (int m = 1; m < motions; ++m) {
            for (std::size_t axis = 0; axis < 3; ++axis) {
                const std::size_t k = static_cast<std::size_t>(3 * (m - 1)) + axis;
                at[axis] += std::exp(double{logits.at(z, y, x)[m]}) / sum *
                            (double{source[k]} - double{driving[k]});
            }
        }
        for (int c = 0; c < channels; ++c)
            ASSERT_NEAR(to.at(0, y, x)[z * channels + c], sample(volume, at, c), 1e-4) << i;
    }
}

TEST_F(MotionField, KeypointsThatAreNoNumbersShowNothing) {
    driving[5] = std::nanf("");
    driving[7] = INFINITY;
    OwnMap to(depth, height, width, padded_channels(motions * 2));
    sparse_motions(pool, volume, 1, source.data(), driving.data(), to);
    EXPECT_EQ(to.at(1, 1, 1)[2 * 2 + 1], 0);
    OwnMap logits(depth, height, width, padded_channels(motions));
    numbers.fill(logits, motions);
    OwnMap moved(1, height, width, depth * channels);
    deform(pool, volume, logits, source.data(), driving.data(), moved);
    EXPECT_EQ(moved.at(0, 2, 2)[0], 0);
}

}  // namespace
}  // namespace ditto::cpu
