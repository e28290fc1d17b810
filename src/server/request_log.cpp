#include "server/request_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <climits>
#include <ctime>

#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

namespace ditto::server {
namespace {

using Json = nlohmann::ordered_json;

/// "2026-11-25T22:01:14.123Z"
std::string time_now() {
    const auto now = std::chrono::system_clock::now();
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    const auto since = now.time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since).count() % 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 40> text{};
    const std::size_t length = std::strftime(text.data(), text.size(), "%FT%T", &parts);
    std::string result(text.data(), length);
    const std::string digits = std::to_string(ms);
    return result + "." + std::string(3 - digits.size(), '0') + digits + "Z";
}

constexpr std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "";
}

bool is_number_name(std::string_view name) {
    return name.ends_with("_ms") || name.ends_with("_s") || name == "status" || name == "bytes" ||
           name == "attempt" || name == "frames";
}

Json value_of(std::string_view name, const std::string& text) {
    if (!is_number_name(name)) return text;
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return text;
    return number == static_cast<double>(static_cast<std::int64_t>(number))
               ? Json(static_cast<std::int64_t>(number))
               : Json(number);
}

std::string dumped(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_line(LogLevel level, std::string_view event, const RequestLog::Values& values) {
    Json json{{"time", time_now()}, {"level", name_of(level)}, {"event", event}};
    for (const auto& [name, value] : values) {
        if (!value.empty()) json[std::string(name)] = value_of(name, value);
    }
    return dumped(json) + "\n";
}

std::string text_line(LogLevel level, std::string_view event, const RequestLog::Values& values) {
    std::string line = time_now() + " ";
    line.append(name_of(level)).append(" ").append(event);
    for (const auto& [name, value] : values) {
        if (value.empty()) continue;
        // Quoted as JSON does it: no client's word can look like a line of its own.
        const bool plain = std::all_of(value.begin(), value.end(), [](char c) {
            return c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '=';
        });
        line.append(" ").append(name).append("=").append(plain ? value : dumped(Json(value)));
    }
    return line + "\n";
}

}  // namespace

RequestLog::RequestLog(LogFormat format, int descriptor)
    : format_(format), descriptor_(descriptor), thread_([this] { work(); }) {}

RequestLog::~RequestLog() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void RequestLog::write(LogLevel level, std::string_view event, const Values& values) {
    if (format_ == LogFormat::none) return;
    std::string line = format_ == LogFormat::json ? json_line(level, event, values)
                                                  : text_line(level, event, values);
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= most_waiting) {
        ++dropped_;
        return;
    }
    waiting_.push_back(std::move(line));
    changed_.notify_one();
}

std::uint64_t RequestLog::dropped() {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

void RequestLog::write_out(std::string_view text) {
    while (!text.empty()) {
        // A pipe that is ready takes this much without blocking.
        const std::string_view piece = text.substr(0, PIPE_BUF);
        pollfd ready{descriptor_, POLLOUT, 0};
        while (poll(&ready, 1, 500) == 0) {
            const std::lock_guard lock(mutex_);
            if (ending_) return;
        }
        const ssize_t count = ::write(descriptor_, piece.data(), piece.size());
        // Nobody reads any more: the service goes on without its log.
        if (count <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
}

void RequestLog::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        std::deque<std::string> lines;
        lines.swap(waiting_);
        lock.unlock();
        std::string text;
        for (const std::string& line : lines)
            text += line;
        write_out(text);
        lock.lock();
    }
}

}  // namespace ditto::server
