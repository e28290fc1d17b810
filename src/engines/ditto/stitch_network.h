#pragma once

#include "engines/ditto/motion.h"
#include "nn/session.h"

namespace ditto::reenact {

/// Moves the driving keypoints so that the face joins its surroundings.
/// Network: kp_source, kp_driving (1,21,3) -> out (1,21,3).
class StitchNetwork {
  public:
    /// Throws Error{model_mismatch}.
    explicit StitchNetwork(nn::Session network);

    Keypoints operator()(const Keypoints& source, const Keypoints& driving) const;

  private:
    nn::Session network_;
};

}  // namespace ditto::reenact
