#include "base/thread_budget.h"

#include <algorithm>
#include <utility>

namespace ditto {

ThreadBudget::Share::~Share() {
    if (budget_ == nullptr) return;
    const std::lock_guard lock(budget_->mutex_);
    if (threads_ == 0) {
        --budget_->users_of_rest_;
    } else {
        budget_->taken_ -= threads_;
    }
}

ThreadBudget::Share::Share(Share&& other) noexcept
    : budget_(std::exchange(other.budget_, nullptr)), threads_(other.threads_) {}

ThreadBudget::Share ThreadBudget::take(int least, int most) {
    const std::lock_guard lock(mutex_);
    const int free = users_of_rest_ > 0 ? 0 : threads_ - taken_;
    const int threads = std::max(least, std::min(most, free));
    taken_ += threads;
    return {*this, threads};
}

ThreadBudget::Share ThreadBudget::use_rest() {
    const std::lock_guard lock(mutex_);
    ++users_of_rest_;
    return {*this, 0};
}

int ThreadBudget::left() const {
    const std::lock_guard lock(mutex_);
    return std::max(1, threads_ - taken_);
}

}  // namespace ditto
