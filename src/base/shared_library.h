#pragma once

#include <atomic>

namespace ditto {

/// A library of the system that is opened when one of its functions is called for the first time,
/// so that the program starts quickly, also where it is missing. It is never closed.
class SharedLibrary {
  public:
    /// `file`: its name with the version it was built for, e.g. "libavutil.so.57".
    constexpr explicit SharedLibrary(const char* file) : file_(file) {}

    /// Throws Error{library_missing}.
    void* find(const char* function) const;

  private:
    const char* file_;
};

/// A function of such a library, called like the one it stands for. A room gives it that function's
/// name within its own namespace, where it hides the global one:
///
///     inline constexpr SharedLibrary libcurl{"libcurl.so.4"};
///     inline const LibraryFunction<decltype(&::curl_easy_init)> curl_easy_init{libcurl,
///                                                                              "curl_easy_init"};
template <class Pointer>
class LibraryFunction {
  public:
    constexpr LibraryFunction(const SharedLibrary& library, const char* name)
        : library_(library), name_(name) {}

    /// Throws Error{library_missing} too.
    template <class... Arguments>
    auto operator()(Arguments... arguments) const {
        Pointer function = function_.load(std::memory_order_relaxed);
        if (function == nullptr) {
            function = reinterpret_cast<Pointer>(library_.find(name_));
            function_.store(function, std::memory_order_relaxed);
        }
        return function(arguments...);
    }

  private:
    const SharedLibrary& library_;
    const char* name_;
    mutable std::atomic<Pointer> function_{nullptr};
};

}  // namespace ditto
