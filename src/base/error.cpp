#include "base/error.h"

#include "base/messages.h"

namespace ditto {

Error::Error(ErrorCode code, MessageValues values, std::string detail)
    : code_(code), values_(std::move(values)), detail_(std::move(detail)) {
    what_ = user_message(code_, values_, Language::english);
    if (!detail_.empty()) what_ += " (" + detail_ + ")";
}

ErrorKind Error::kind() const noexcept {
    return kind_of(code_);
}

}  // namespace ditto
