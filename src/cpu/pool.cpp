#include "cpu/pool.h"

#include <algorithm>

#include "base/wait_for_change.h"

namespace ditto::cpu {

Pool::Pool(int threads, const ThreadBudget* budget) : budget_(budget) {
    for (int i = 1; i < threads; ++i)
        helpers_.emplace_back([this, i] { help(i); });
}

Pool::~Pool() {
    call_.store({call_.load().round + 1, stop});
    call_.notify_all();
    for (std::thread& helper : helpers_)
        helper.join();
}

void Pool::run(int parts, const std::function<void(int, int)>& work) {
    const int now = budget_ == nullptr ? threads() : std::min(threads(), budget_->left());
    if (now < 2 || parts < 2) {
        for (int part = 0; part < parts; ++part)
            work(part, 0);
        return;
    }
    const auto helping = static_cast<std::uint32_t>(now - 1);
    work_ = &work;
    parts_ = parts;
    next_ = 0;
    busy_ = helping;
    call_.store({call_.load().round + 1, helping}, std::memory_order_release);
    call_.notify_all();
    take_parts(0);
    for (std::uint32_t busy = busy_; busy > 0;)
        busy = wait_for_change(busy_, busy);
}

void Pool::take_parts(int thread) {
    for (int part = next_++; part < parts_; part = next_++)
        (*work_)(part, thread);
}

void Pool::help(int thread) {
    Call seen;
    while (true) {
        seen = wait_for_change(call_, seen);
        if (seen.helping == stop) return;
        if (static_cast<std::uint32_t>(thread) > seen.helping) continue;
        take_parts(thread);
        if (--busy_ == 0) busy_.notify_one();
    }
}

}  // namespace ditto::cpu
