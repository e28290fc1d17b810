#pragma once

#include <string>
#include <string_view>

namespace ditto::slides {

/// Where the presenter stands in a presentation's video.
struct Placement {
    enum class Mode {
        corner,  ///< over the slide, in one of its corners
        split,   ///< beside the slide, which is smaller then
        full,    ///< instead of the slide, over the whole picture
        hidden,  ///< nowhere: the slide alone, with the voice
    };
    enum class Corner { top_left, top_right, bottom_left, bottom_right };
    enum class Shape { rectangle, rounded, circle };
    enum class Background { kept, removed };

    static constexpr double least_size = .15;
    static constexpr double most_size = .5;

    Mode mode = Mode::corner;
    /// For `corner`.
    Corner corner = Corner::bottom_right;
    /// For `corner`: the presenter's width in widths of the video, least_size to most_size.
    double size = .28;
    /// For `corner` and `split`.
    Shape shape = Shape::rounded;
    /// Of the photo.
    Background background = Background::kept;

    bool operator==(const Placement&) const = default;
};

/// Sets one field from text: "mode", "corner" ("bottom-right"), "size" ("0.28"), "shape" or
/// "background". Throws Error: option_unknown where there is no such field, option_value where it
/// does not take the text; users know it as `option`.
void set_field(Placement& placement, std::string_view field, std::string_view text,
               const std::string& option);

/// Reads {"mode":"corner","corner":"bottom-right","size":0.28,"shape":"rounded",
/// "background":"kept"}; fields that are missing keep their values from above. Throws Error:
/// option_value or option_unknown for the option "placement" or "placement.<field>".
Placement placement_from_json(std::string_view json);

/// All fields, in the form that placement_from_json() reads.
std::string to_json(const Placement& placement);

}  // namespace ditto::slides
