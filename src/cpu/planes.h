#pragma once

#include "cpu/map.h"

namespace ditto::cpu {

/// [channel][place] -> [place][channel], the padding zeroed.
void channels_last(Pool& pool, const float* from, int channels, const Map& to);

/// Of each channel: 1 / sqrt(variance + 1e-5) and what makes the mean zero after that factor.
void instance_norm(Workshop& shop, const Map& x, float* scale, float* shift);

}  // namespace ditto::cpu
