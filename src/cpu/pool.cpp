#include "cpu/pool.h"

#include <algorithm>

namespace ditto::cpu {

Pool::Pool(int threads, const ThreadBudget* budget) : budget_(budget) {
    for (int i = 1; i < threads; ++i)
        helpers_.emplace_back([this, i] { help(i); });
}

Pool::~Pool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    begun_.notify_all();
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
    {
        const std::lock_guard lock(mutex_);
        work_ = &work;
        parts_ = parts;
        next_ = 0;
        busy_ = helping_ = now - 1;
        ++round_;
    }
    begun_.notify_all();
    take_parts(0);
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return busy_ == 0; });
}

void Pool::take_parts(int thread) {
    for (int part = next_++; part < parts_; part = next_++)
        (*work_)(part, thread);
}

void Pool::help(int thread) {
    unsigned long seen = 0;
    std::unique_lock lock(mutex_);
    while (true) {
        begun_.wait(lock, [&] { return stopping_ || round_ != seen; });
        if (stopping_) return;
        seen = round_;
        if (thread > helping_) continue;
        lock.unlock();
        take_parts(thread);
        lock.lock();
        if (--busy_ == 0) ended_.notify_one();
    }
}

}  // namespace ditto::cpu
