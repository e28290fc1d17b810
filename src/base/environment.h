#pragma once

#include <string>

namespace ditto {

/// A variable of the environment; empty where it is not set.
std::string from_environment(const char* name);

}  // namespace ditto
