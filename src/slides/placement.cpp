#include "slides/placement.h"

#include <array>
#include <charconv>
#include <cstddef>

#include <nlohmann/json.hpp>

#include "base/error.h"

namespace ditto::slides {
namespace {

using Json = nlohmann::ordered_json;
using Mode = Placement::Mode;
using Corner = Placement::Corner;
using Shape = Placement::Shape;
using Background = Placement::Background;

// In the order of the enumerations.
constexpr std::array<std::string_view, 4> modes{"corner", "split", "full", "hidden"};
constexpr std::array<std::string_view, 4> corners{"top-left", "top-right", "bottom-left",
                                                  "bottom-right"};
constexpr std::array<std::string_view, 3> shapes{"rectangle", "rounded", "circle"};
constexpr std::array<std::string_view, 2> backgrounds{"kept", "removed"};

template <std::size_t count>
std::string joined(const std::array<std::string_view, count>& names) {
    std::string text;
    for (const std::string_view name : names)
        text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
}

/// A name and what it takes, or why not.
class Field {
  public:
    Field(std::string option, std::string_view text) : option_(std::move(option)), text_(text) {}

    template <class Value, std::size_t count>
    void choose(Value& value, const std::array<std::string_view, count>& names) const {
        for (std::size_t i = 0; i < count; ++i) {
            if (names[i] == text_) {
                value = static_cast<Value>(i);
                return;
            }
        }
        refuse(joined(names));
    }

    void number(double& value, double least, double most, const char* range) const {
        double wanted = 0;
        const char* end = text_.data() + text_.size();
        const auto [stopped, error] = std::from_chars(text_.data(), end, wanted);
        if (error != std::errc{} || stopped != end || !(wanted >= least && wanted <= most)) {
            refuse(range);
        }
        value = wanted;
    }

  private:
    [[noreturn]] void refuse(const std::string& expected) const {
        constexpr std::size_t longest = 60;
        throw Error(ErrorCode::option_value, {{"option", option_},
                                              {"value", std::string(text_.substr(0, longest))},
                                              {"expected", expected}});
    }

    std::string option_;
    std::string_view text_;
};

template <class Value, std::size_t count>
std::string_view name_of(Value value, const std::array<std::string_view, count>& names) {
    return names[static_cast<std::size_t>(value)];
}

}  // namespace

void set_field(Placement& placement, std::string_view field, std::string_view text,
               const std::string& option) {
    const Field value(option, text);
    if (field == "mode") return value.choose(placement.mode, modes);
    if (field == "corner") return value.choose(placement.corner, corners);
    if (field == "shape") return value.choose(placement.shape, shapes);
    if (field == "background") return value.choose(placement.background, backgrounds);
    if (field == "size") {
        return value.number(placement.size, Placement::least_size, Placement::most_size,
                            "0.15 - 0.5");
    }
    throw Error(ErrorCode::option_unknown, {{"option", option}});
}

Placement placement_from_json(std::string_view json) {
    const Json parsed = Json::parse(json, nullptr, false);
    if (!parsed.is_object()) {
        throw Error(ErrorCode::option_value, {{"option", "placement"},
                                              {"value", std::string(json.substr(0, 60))},
                                              {"expected", R"({"mode": "corner", ...})"}});
    }
    Placement placement;
    for (const auto& [field, value] : parsed.items()) {
        // A million brackets within each other are a list as well, and no stack writes them.
        const std::string text = value.is_structured() ? value.type_name()
                                 : value.is_string()   ? value.get<std::string>()
                                                       : value.dump();
        set_field(placement, field, text, "placement." + field);
    }
    return placement;
}

std::string to_json(const Placement& placement) {
    return Json{{"mode", name_of(placement.mode, modes)},
                {"corner", name_of(placement.corner, corners)},
                {"size", placement.size},
                {"shape", name_of(placement.shape, shapes)},
                {"background", name_of(placement.background, backgrounds)}}
        .dump();
}

}  // namespace ditto::slides
