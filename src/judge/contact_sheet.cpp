#include "judge/contact_sheet.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <numeric>

#include "face/sampling.h"
#include "media/video_reader.h"

namespace ditto::judge {
namespace {

using Colour = std::array<std::uint8_t, 3>;

constexpr int columns = 6;
constexpr int frame_rows = 2;
constexpr int mouth_rows = 2;  // of closures, and as many of open vowels
constexpr int cell = 240;
constexpr int mouth_height = 160;
constexpr int gap = 6;
constexpr std::size_t mouths = columns * mouth_rows;
constexpr Colour paper{245, 245, 245};
constexpr Colour good{60, 170, 80};
constexpr Colour bad{210, 50, 40};

/// Where on the sheet a frame of the video goes.
struct Place {
    std::size_t frame = 0;
    int x = 0;
    int y = 0;
    bool mouth = false;
    bool should_close = false;
};

void fill(Image& image, Rect area, Colour colour) {
    area = intersection(area, image.bounds());
    for (int y = area.y; y < area.y + area.height; ++y) {
        for (int x = area.x; x < area.x + area.width; ++x)
            std::copy(colour.begin(), colour.end(), image.pixel(x, y));
    }
}

/// At most `count` of `values`, evenly picked.
std::vector<std::size_t> some_of(const std::vector<std::size_t>& values, std::size_t count) {
    if (values.size() <= count) return values;
    std::vector<std::size_t> picked;
    for (std::size_t i = 0; i < count; ++i)
        picked.push_back(values[i * values.size() / count]);
    return picked;
}

template <class Wanted>
std::vector<std::size_t> frames_at(const FaceTrack& track, const std::vector<Phone>& phones,
                                   Wanted&& wanted) {
    std::vector<std::size_t> frames;
    for (const Phone& phone : phones) {
        if (!wanted(phone) || phone.middle_s() < 0) continue;
        const auto frame = static_cast<std::size_t>(phone.middle_s() * track.fps());
        if (frame < track.size()) frames.push_back(frame);
    }
    return frames;
}

/// Frames by their lips' gap, at least 0.2 s from each other, in the order of time.
std::vector<std::size_t> extremes(const FaceTrack& track, bool widest) {
    std::vector<std::size_t> order(track.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return widest ? track[a].lip_gap > track[b].lip_gap : track[a].lip_gap < track[b].lip_gap;
    });
    const auto apart = static_cast<std::size_t>(.2 * track.fps());
    std::vector<std::size_t> picked;
    for (const std::size_t frame : order) {
        if (picked.size() == mouths) break;
        const bool free = std::all_of(picked.begin(), picked.end(), [&](std::size_t other) {
            return (frame > other ? frame - other : other - frame) >= apart;
        });
        if (free) picked.push_back(frame);
    }
    std::sort(picked.begin(), picked.end());
    return picked;
}

Rect place_in(std::size_t i, int top, int height) {
    const int column = static_cast<int>(i) % columns;
    const int row = static_cast<int>(i) / columns;
    return {gap + column * (cell + gap), top + row * (height + gap), cell, height};
}

Image mouth_of(const Image& frame, const FaceSignals& face) {
    constexpr double width_in_eyes = 1.5;
    const double scale = width_in_eyes * face.eye_distance_px / cell;
    const Affine crop_to_photo{scale, 0,     face.mouth.x - scale * cell / 2,
                               0,     scale, face.mouth.y - scale * mouth_height / 2};
    return face::sample(frame, crop_to_photo, cell, mouth_height);
}

std::vector<Place> plan(const FaceTrack& track, const std::vector<Phone>& phones,
                        int frame_height) {
    std::vector<Place> places;
    constexpr std::size_t frames = columns * frame_rows;
    for (std::size_t i = 0; i < frames; ++i) {
        const Rect at = place_in(i, gap, frame_height);
        places.push_back({i * track.size() / frames, at.x, at.y, false, false});
    }
    const bool known = !phones.empty();
    const auto closed = known ? frames_at(track, phones, is_bilabial) : extremes(track, false);
    const auto open = known ? frames_at(track, phones, is_open_vowel) : extremes(track, true);
    int top = gap + frame_rows * (frame_height + gap);
    for (const auto* list : {&closed, &open}) {
        const auto picked = some_of(*list, mouths);
        for (std::size_t i = 0; i < picked.size(); ++i) {
            const Rect at = place_in(i, top, mouth_height);
            places.push_back({picked[i], at.x, at.y, true, known && list == &closed});
        }
        top += mouth_rows * (mouth_height + gap);
    }
    return places;
}

void draw(Image& sheet, const Place& place, const Image& frame, const FaceSignals& face,
          int frame_height, double contact_gap) {
    if (!place.mouth) {
        paste(resized(frame, cell, frame_height), place.x, place.y, sheet);
        return;
    }
    const bool closed = face.lip_gap <= contact_gap;
    if (closed || place.should_close) {
        constexpr int border = 4;
        fill(sheet,
             {place.x - border, place.y - border, cell + 2 * border, mouth_height + 2 * border},
             closed ? good : bad);
    }
    paste(mouth_of(frame, face), place.x, place.y, sheet);
}

}  // namespace

Image contact_sheet(const std::filesystem::path& video, const FaceTrack& track,
                    const std::vector<Phone>& phones, double contact_gap) {
    media::VideoFile file(video);
    const auto& info = file.info();
    const int frame_height =
        std::clamp(cell * info.height / std::max(info.width, 1), cell / 4, 2 * cell);
    std::multimap<std::size_t, Place> places;
    for (const Place& place : plan(track, phones, frame_height))
        places.emplace(place.frame, place);
    const int height =
        gap + frame_rows * (frame_height + gap) + 2 * mouth_rows * (mouth_height + gap);
    Image sheet(gap + columns * (cell + gap), height);
    fill(sheet, sheet.bounds(), paper);
    for (std::size_t i = 0; i < track.size(); ++i) {
        const auto frame = file.read();
        if (!frame) break;
        const auto [first, last] = places.equal_range(i);
        for (auto at = first; at != last; ++at)
            draw(sheet, at->second, frame->image, track[i], frame_height, contact_gap);
    }
    return sheet;
}

}  // namespace ditto::judge
