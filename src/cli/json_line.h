#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace ditto::cli {

/// One event as one line of JSON, in the order in which its members are added.
class JsonLine {
  public:
    explicit JsonLine(std::string_view event) { add("event", event); }

    void add(std::string_view name, std::string_view value);
    void add(std::string_view name, const char* value) { add(name, std::string_view(value)); }
    void add(std::string_view name, std::int64_t value);
    void add(std::string_view name, int value) { add(name, std::int64_t{value}); }
    /// Three digits after the point; null where the number is not finite.
    void add(std::string_view name, double value);
    /// An object of strings.
    void add(std::string_view name, const MessageValues& values);

    /// With the newline at its end.
    std::string text() const { return members_ + "}\n"; }

  private:
    void begin(std::string_view name);

    std::string members_;
};

/// `text` in double quotes. Bytes that are not UTF-8 (file names may hold any) become U+FFFD.
std::string json_string(std::string_view text);

}  // namespace ditto::cli
