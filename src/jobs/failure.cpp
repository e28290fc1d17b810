#include "jobs/failure.h"

#include <new>

#include "base/error.h"
#include "base/messages.h"

namespace ditto::jobs {

JobFailure failure_of(const std::exception& error) {
    if (const auto* known = dynamic_cast<const Error*>(&error)) {
        return {std::string(code_name(known->code())), known->values(), known->detail()};
    }
    if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
        return failure_of(Error(ErrorCode::memory));
    }
    return failure_of(Error(ErrorCode::internal, {}, error.what()));
}

}  // namespace ditto::jobs
