#pragma once

#include <string>

#include "speech/speaker.h"

namespace ditto::cli {

/// The speaker that option --speech names; espeak-ng where it is empty. Throws Error{option_value}.
speech::Speaker speaker_from(const std::string& settings);

}  // namespace ditto::cli
