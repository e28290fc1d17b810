#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace ditto {

/// A first-in-first-out queue between two threads that holds at most `capacity` items.
/// It closes on both sides: after close() push() refuses, and pop() gives what is left, then
/// nothing; after abandon() both sides stop at once. No sentinels, no polling.
template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    /// Waits for room. False when the queue is closed: the item is dropped and no more are wanted.
    bool push(T item) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return closed_ || items_.size() < capacity_; });
        if (closed_) return false;
        items_.push_back(std::move(item));
        items_ready_.notify_one();
        return true;
    }

    /// Waits for an item. Nothing when the queue is closed and empty.
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        items_ready_.wait(lock, [&] { return closed_ || !items_.empty(); });
        if (items_.empty()) return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        room_.notify_one();
        return item;
    }

    /// Waits for an item and gives all that are there, at most `most`; none when the queue is
    /// closed and empty.
    std::vector<T> pop_some(std::size_t most) {
        std::unique_lock lock(mutex_);
        items_ready_.wait(lock, [&] { return closed_ || !items_.empty(); });
        std::vector<T> group;
        while (!items_.empty() && group.size() < most) {
            group.push_back(std::move(items_.front()));
            items_.pop_front();
        }
        room_.notify_all();
        return group;
    }

    /// No more items will come.
    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        room_.notify_all();
        items_ready_.notify_all();
    }

    /// No more items will come, and those that wait are dropped.
    void abandon() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        items_.clear();
        room_.notify_all();
        items_ready_.notify_all();
    }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable room_;
    std::condition_variable items_ready_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace ditto
