#pragma once

#include <mutex>

namespace ditto {

/// How many threads those who compute at the same time may use, so that together they are as many
/// as there are. Nobody waits: whoever comes gets at least one, and one who uses the rest has fewer
/// from the next piece of work on.
class ThreadBudget {
  public:
    explicit ThreadBudget(int threads) : threads_(threads) {}
    ThreadBudget(const ThreadBudget&) = delete;
    ThreadBudget& operator=(const ThreadBudget&) = delete;

    /// Given back when it ends.
    class Share {
      public:
        ~Share();
        Share(Share&& other) noexcept;
        Share& operator=(Share&&) = delete;
        int threads() const { return threads_; }

      private:
        friend ThreadBudget;
        Share(ThreadBudget& budget, int threads) : budget_(&budget), threads_(threads) {}
        ThreadBudget* budget_;
        int threads_;  // 0: the rest
    };

    /// Between `least` and `most` threads for a while: `least` where somebody uses the rest, or
    /// else those that nobody has taken.
    Share take(int least, int most);
    /// Uses what is left(), asked anew for each piece of work.
    Share use_rest();
    /// What nobody has taken, at least one.
    int left() const;

  private:
    const int threads_;
    mutable std::mutex mutex_;
    int taken_ = 0;
    int users_of_rest_ = 0;
};

}  // namespace ditto
