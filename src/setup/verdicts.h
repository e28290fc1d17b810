#pragma once

#include "hub/verifier.h"
#include "setup/finding.h"

namespace ditto::setup {

/// One file's line with the command that mends it. `checkpoints` as the user wrote it.
Finding finding_of(const hub::FileReport& file, const std::string& checkpoints);

/// `text` as one word of a shell.
std::string shell_word(const std::string& text);

}  // namespace ditto::setup
