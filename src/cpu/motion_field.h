#pragma once

#include "cpu/map.h"

namespace ditto::cpu {

// The parts of Ditto's dense motion network that are not convolutions. Positions are x, y, z in
// -1..1 of a volume; keypoints are rows of these.
constexpr int keypoints = 21;
constexpr int motions = keypoints + 1;  // the first is the background's, which stays

/// What every motion alone makes of the volume, behind the difference of the keypoints' bumps:
/// channels m x (1 + count) ... of `to`. `volume` has `count` channels that matter. The bumps are
/// products of one factor an axis; the shift of a motion is one for all places, so that volumes
/// are interpolated axis by axis.
void sparse_motions(Pool& pool, const Map& volume, int count, const float* source,
                    const float* driving, const Map& to);

/// Takes the volume at each place plus the mean of the motions' shifts, weighted by the softmax of
/// `logits` (channels: motions). Depth becomes channels: `to` has [z][channel] at each (y, x).
void deform(Pool& pool, const Map& volume, const Map& logits, const float* source,
            const float* driving, const Map& to);

}  // namespace ditto::cpu
