#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/tensor.h"

namespace ditto::checkpoints {

// Values of a pickle, encoded (protocol 3, which Python reads since 3.0 and NumPy's arrays need).
// finish_pickle() makes a file of one of them.
std::string pickle_none();
std::string pickle_bool(bool value);
std::string pickle_integer(std::int64_t value);
std::string pickle_real(double value);
std::string pickle_text(std::string_view value);
std::string pickle_list(const std::vector<std::string>& items);
std::string pickle_dictionary(const std::vector<std::pair<std::string_view, std::string>>& items);
/// A NumPy array.
std::string pickle_array(const TensorView& values);
std::string finish_pickle(const std::string& value);

}  // namespace ditto::checkpoints
