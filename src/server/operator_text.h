#pragma once

#include <string>
#include <string_view>

#include "base/messages.h"

// Inside the room only.
namespace ditto::server {

/// What only operators and their clients meet, in both languages, beside the place that says it.
struct OperatorText {
    std::string_view english;
    std::string_view chinese;

    std::string in(Language language) const {
        return std::string(language == Language::english ? english : chinese);
    }
};

}  // namespace ditto::server
