#pragma once

#include <atomic>

namespace ditto {

/// Waits while `value` is `old` and returns what it has become; whoever changes it notifies. For
/// threads that wait for each other many times in a few milliseconds: going to sleep and being
/// woken takes longer than most of these waits, so it looks on for about 50 us first.
template <class T>
T wait_for_change(const std::atomic<T>& value, T old) {
    constexpr int looks = 2000;
    for (int i = 0; i < looks; ++i) {
        const T now = value.load(std::memory_order_acquire);
        if (now != old) return now;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    value.wait(old, std::memory_order_acquire);
    return value.load(std::memory_order_acquire);
}

}  // namespace ditto
