#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace ditto {

/// Work that costs less for a group than one by one, asked for by several threads. Whoever comes
/// while nobody works does what waits, also the others'; it owns no thread and makes nobody wait
/// for a group to fill.
template <class Request, class Result>
class SharedWork {
  public:
    using Requests = std::span<const Request>;
    using Work = std::function<std::vector<Result>(Requests)>;

    /// `work` gets `group` requests where so many wait, else one, in the order in which they came;
    /// one call at a time.
    SharedWork(std::size_t group, Work work) : group_(group), work_(std::move(work)) {}

    /// The results, in order. Rethrows what `work` threw for one of the requests.
    std::vector<Result> operator()(Requests requests) {
        std::vector<Item> mine(requests.size());
        std::unique_lock lock(mutex_);
        for (std::size_t i = 0; i < mine.size(); ++i) {
            mine[i].request = requests[i];
            waiting_.push_back(&mine[i]);
        }
        while (!std::ranges::all_of(mine, &Item::done)) {
            if (busy_) {
                changed_.wait(lock);
            } else {
                work_once(lock);
            }
        }
        std::vector<Result> results;
        for (Item& item : mine) {
            if (item.error) std::rethrow_exception(item.error);
            results.push_back(std::move(item.result));
        }
        return results;
    }

    /// Requests that nobody works on yet.
    std::size_t waiting() const {
        const std::lock_guard lock(mutex_);
        return waiting_.size();
    }

  private:
    struct Item {
        Request request{};
        Result result{};
        std::exception_ptr error;
        bool done = false;
    };

    void work_once(std::unique_lock<std::mutex>& lock) {
        std::vector<Item*> items;
        std::vector<Request> requests;
        for (std::size_t left = waiting_.size() < group_ ? 1 : group_; left > 0; --left) {
            items.push_back(waiting_.front());
            requests.push_back(waiting_.front()->request);
            waiting_.pop_front();
        }
        busy_ = true;
        lock.unlock();
        std::vector<Result> results;
        std::exception_ptr error;
        try {
            results = work_(requests);
        } catch (...) {  // each who asked gets it
            error = std::current_exception();
        }
        lock.lock();
        busy_ = false;
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (!error) items[i]->result = std::move(results.at(i));
            items[i]->error = error;
            items[i]->done = true;
        }
        changed_.notify_all();
    }

    const std::size_t group_;
    const Work work_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Item*> waiting_;
    bool busy_ = false;
};

}  // namespace ditto
