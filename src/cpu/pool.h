#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "base/thread_budget.h"

namespace ditto::cpu {

/// Threads that wait for the parts of one piece of work after the other. The caller works too, so
/// that a pool of one has no thread of its own.
class Pool {
  public:
    /// With a budget, a piece of work uses no more threads than that has left when it begins.
    explicit Pool(int threads, const ThreadBudget* budget = nullptr);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// At most.
    int threads() const { return static_cast<int>(helpers_.size()) + 1; }

    /// Calls work(part, thread) for every part in 0..parts-1, thread in 0..threads()-1, and returns
    /// when all are done. One call at a time; `work` must not throw.
    void run(int parts, const std::function<void(int part, int thread)>& work);

  private:
    void help(int thread);
    void take_parts(int thread);

    /// What the helpers wait for: a new piece of work, for the first so many of them, or the end.
    struct Call {
        std::uint32_t round = 0;
        std::uint32_t helping = 0;
        bool operator==(const Call&) const = default;
    };
    static constexpr std::uint32_t stop = ~std::uint32_t{0};  // helping, at the end

    const ThreadBudget* budget_;
    const std::function<void(int, int)>* work_ = nullptr;  // until no helper is busy
    int parts_ = 0;
    std::atomic<int> next_ = 0;
    std::atomic<Call> call_;
    std::atomic<std::uint32_t> busy_ = 0;  // helpers
    std::vector<std::thread> helpers_;
};

}  // namespace ditto::cpu
