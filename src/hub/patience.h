#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

namespace ditto::hub {

/// How long to wait after a failure: twice as long each time, not for everybody at the same
/// moment; at once where the last try got on; at least as long as the server asks for.
class Patience {
  public:
    using Milliseconds = std::chrono::milliseconds;

    Patience(Milliseconds first, Milliseconds longest)
        : first_(first), longest_(longest), noise_(std::random_device{}()) {}

    /// `failures` in a row, this one included.
    Milliseconds wait(int failures, bool moved, std::optional<std::chrono::seconds> asked) {
        Milliseconds wait{0};
        if (!moved) {
            wait = first_;
            for (int i = 1; i < failures && wait < longest_; ++i)
                wait *= 2;
            wait = std::min(wait, longest_);
            wait = wait * std::uniform_int_distribution(75, 125)(noise_) / 100;
        }
        return asked ? std::max<Milliseconds>(wait, *asked) : wait;
    }

  private:
    Milliseconds first_;
    Milliseconds longest_;
    std::minstd_rand noise_;
};

}  // namespace ditto::hub
