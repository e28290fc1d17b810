#include "base/pipeline.h"

#include "base/error.h"

namespace ditto {

void Pipeline::fail(std::exception_ptr error) {
    {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::move(error);
    }
    for (const auto& abandon : abandon_)
        abandon();
}

void Pipeline::run() {
    {
        std::stop_callback on_stop(
            stop_, [this] { fail(std::make_exception_ptr(Error(ErrorCode::cancelled))); });
        std::vector<std::jthread> threads;
        threads.reserve(stages_.size());
        for (const auto& body : stages_) {
            threads.emplace_back([this, &body] {
                try {
                    body();
                } catch (...) {
                    fail(std::current_exception());
                }
            });
        }
    }
    if (error_) std::rethrow_exception(error_);
}

}  // namespace ditto
