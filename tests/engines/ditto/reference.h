#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/image.h"
#include "core/tensor.h"
#include "engines/ditto/motion.h"

// What the reference computed (tests/data/ditto, made by tools/record_ditto_reference.py), and the
// formulas that both sides make their inputs with.
namespace ditto::reenact::reference {

/// A recorded .npy file.
Tensor load(const std::string& name);
Tensor load_file(const std::string& path);
std::vector<float> floats(const std::string& name);

/// A picture without smooth places, and one as smooth as a photo's.
Image pattern(int width, int height);
Image hills(int width, int height);
std::vector<float> wave(std::size_t count, double seed, float amount = 1);
MotionInfo motion_info(int seed, float scale = 1.3F);

/// The largest difference between two pictures, in levels; `step`: only every so many pixels of
/// `actual` are in `expected`, height x width x 3.
int largest_difference(const Image& actual, const Tensor& expected, int step = 1);

/// The n-th draw of noise.
class Draw {
  public:
    std::vector<float> operator()(std::size_t count);

  private:
    int count_ = 0;
};

}  // namespace ditto::reenact::reference
