#include "cli/stop_on_signal.h"

#include <pthread.h>

namespace ditto::cli {
namespace {

/// What the destructor sends to end the waiting thread.
constexpr int wake_up = SIGUSR1;

/// nohup and background jobs of a script start programs with some signals ignored.
bool ignored(int number) {
    struct sigaction present {};
    sigaction(number, nullptr, &present);
    return present.sa_handler == SIG_IGN;
}

}  // namespace

StopOnSignal::StopOnSignal() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&waited_for_);
    sigaddset(&waited_for_, wake_up);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        if (!ignored(number)) sigaddset(&waited_for_, number);
    }
    pthread_sigmask(SIG_BLOCK, &waited_for_, nullptr);
    waiter_ = std::thread([this] {
        int number = 0;
        while (sigwait(&waited_for_, &number) == 0 && !ending_)
            stop_.request_stop();
    });
}

StopOnSignal::~StopOnSignal() {
    ending_ = true;
    pthread_kill(waiter_.native_handle(), wake_up);
    waiter_.join();
}

}  // namespace ditto::cli
