#include <cmath>

#include <gtest/gtest.h>

#include "base/error.h"
#include "core/affine.h"
#include "core/random.h"
#include "core/tensor.h"

namespace ditto {
namespace {

TEST(Affine, InverseUndoesIt) {
    const Affine map{2, 1, 5, -1, 3, 7};
    const Point2 there = map({4, 9});
    const Point2 back = map.inverse()(there);
    EXPECT_NEAR(back.x, 4, 1e-12);
    EXPECT_NEAR(back.y, 9, 1e-12);
    const Point2 same = map.after(map.inverse())({1, 2});
    EXPECT_NEAR(same.x, 1, 1e-12);
    EXPECT_NEAR(same.y, 2, 1e-12);
    EXPECT_THROW((Affine{1, 1, 0, 1, 1, 0}.inverse()), Error);
}

TEST(Random, SameSeedSameNumbersAndTheRightSpread) {
    Random a(42);
    Random b(42);
    Random c(43);
    double sum = 0;
    double squares = 0;
    int equal = 0;
    for (int i = 0; i < 20000; ++i) {
        const double value = a.normal();
        EXPECT_EQ(value, b.normal());
        equal += value == c.normal() ? 1 : 0;
        sum += value;
        squares += value * value;
    }
    EXPECT_LT(equal, 10);
    EXPECT_NEAR(sum / 20000, 0, .03);
    EXPECT_NEAR(std::sqrt(squares / 20000), 1, .03);
}

TEST(Tensor, KnowsItsTypeAndSize) {
    Tensor tensor(DataType::f32, {2, 3});
    tensor.values<float>()[5] = 4;
    EXPECT_EQ(tensor.clone().values<float>()[5], 4);
    EXPECT_EQ(tensor.bytes(), 24U);
    EXPECT_THROW(tensor.values<std::int64_t>(), Error);
    EXPECT_THROW(element_count({-1, 2}), Error);
    EXPECT_THROW(element_count({1LL << 40, 1LL << 40}), Error);
}

}  // namespace
}  // namespace ditto
