#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "base/bounded_queue.h"

namespace ditto {

/// Runs the stages of a pipeline, each in a thread of its own, joined by bounded queues.
/// The first error of any stage (or a stop request) abandons all queues; run() rethrows it once
/// all threads have ended. Stages themselves own no threads.
///
///     Pipeline pipeline(stop);
///     auto& frames = pipeline.queue<Frame>(4);
///     pipeline.stage([&] { while (...) if (!frames.push(...)) return; frames.close(); });
///     pipeline.stage([&] { while (auto frame = frames.pop()) sink.write(std::move(*frame)); });
///     pipeline.run();
class Pipeline {
  public:
    explicit Pipeline(std::stop_token stop = {}) : stop_(std::move(stop)) {}
    Pipeline(const Pipeline&) = delete;
    Pipeline& operator=(const Pipeline&) = delete;

    template <class T>
    BoundedQueue<T>& queue(std::size_t capacity) {
        auto made = std::make_shared<BoundedQueue<T>>(capacity);
        abandon_.push_back([made] { made->abandon(); });
        return *made;
    }

    void stage(std::function<void()> body) { stages_.push_back(std::move(body)); }

    /// Starts all stages and waits for them. Throws the first error, or Error{cancelled}.
    void run();

  private:
    void fail(std::exception_ptr error);

    std::stop_token stop_;
    std::vector<std::function<void()>> abandon_;
    std::vector<std::function<void()>> stages_;
    std::mutex mutex_;
    std::exception_ptr error_;
};

}  // namespace ditto
