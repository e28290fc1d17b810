#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/engines.h"
#include "base/messages.h"
#include "nn/devices.h"

namespace CLI {
class App;
}

namespace ditto::cli {

/// A sentence of the help in every language.
struct Text {
    std::string_view english;
    std::string_view chinese;

    std::string in(Language language) const {
        return std::string(language == Language::english ? english : chinese);
    }
};

/// Adds an option that takes one value; given several times, the last one counts.
void add_option(CLI::App& command, const std::string& names, std::string& value,
                const std::string& type, const std::string& description, const std::string& group);

/// --lang, --progress and --quiet, whose values console_for() has read already.
class ConsoleOptions {
  public:
    /// With `progress` false only --lang.
    ConsoleOptions(CLI::App& command, Language language, bool progress);
    /// Throws Error{option_value}.
    void check() const;

  private:
    std::string lang_;
    std::string progress_;
    bool quiet_ = false;
};

/// Throws Error{option_value} where `value` is none of `choices`.
void check_choice(std::string_view option, const std::string& value,
                  const std::vector<std::string>& choices);

/// --device: what Ditto's networks run on.
void add_device(CLI::App& command, std::string& value, Language language, const std::string& group);
/// Empty: automatic. Throws Error{option_value}.
nn::Device device_from(const std::string& value);

/// --face-finder: what finds the face for the ditto engine.
void add_face_finder(CLI::App& command, std::string& value, Language language,
                     const std::string& group);
/// Empty: mediapipe. Throws Error{option_value}.
FaceFinder face_finder_from(const std::string& value);

/// --precision, "exact" or "fast". Empty: automatic. Throws Error{option_value}.
Precision precision_from(const std::string& value);

/// The number (int or double) that was written, `otherwise` where nothing was. Throws
/// Error{option_value} where it is none or lies outside `least` to `most`.
template <typename Number>
Number number_option(const std::string& option, const std::string& text, Number least, Number most,
                     Number otherwise);

}  // namespace ditto::cli
