#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/random.h"
#include "judge/statistics.h"
#include "judge/voice.h"

// Mouths whose quality is known, at 25 frames a second, for the demo voice.
namespace ditto::judge {

inline std::vector<Phone> demo_phones() {
    return load_phones(std::string(DITTO_SOURCE_DIR) + "/assets/demo_voice.phones.tsv");
}

inline const Voice::Network& articulation_network() {
    static const Voice::Network network = std::make_shared<nn::Session>(
        nn::Runtime::open(), std::string(DITTO_SOURCE_DIR) + "/models/articulation.onnx");
    return network;
}

inline Voice demo_voice() {
    return Voice::listen(std::string(DITTO_SOURCE_DIR) + "/assets/demo_voice.wav",
                         articulation_network());
}

struct Mouth {
    Curve gap;
    Curve width;
};

constexpr double fps = 25;

inline std::size_t frames_of(const std::vector<Phone>& phones) {
    return static_cast<std::size_t>(phones.back().end_s * fps);
}

/// 1 while p b m hold the lips together, 0 elsewhere.
inline double closure(const std::vector<Phone>& phones, double time_s) {
    double closed = 0;
    for (const Phone& phone : phones) {
        if (!is_bilabial(phone)) continue;
        const double away_s = time_s - std::clamp(time_s, phone.start_s, phone.end_s);
        closed = std::max(closed, std::exp(-.5 * (away_s / .02) * (away_s / .02)));
    }
    return closed;
}

/// Moves as the phones say, with the landmarks' noise, `late_s` after them.
inline Mouth good_mouth(const std::vector<Phone>& phones, double late_s = 0) {
    const Expectation expected = expectation_of(phones);
    Random random(1);
    std::vector<double> gap, width;
    for (std::size_t i = 0; i < frames_of(phones); ++i) {
        const double time_s = (static_cast<double>(i) + .5) / fps - late_s;
        gap.push_back(.2 * expected.open_at(time_s) * (1 - closure(phones, time_s)) +
                      .003 * random.normal());
        width.push_back(.8 + .08 * expected.wide_at(time_s) + .003 * random.normal());
    }
    return {{gap, fps}, {width, fps}};
}

inline Mouth frozen_mouth(const std::vector<Phone>& phones) {
    Random random(2);
    std::vector<double> gap, width;
    for (std::size_t i = 0; i < frames_of(phones); ++i) {
        gap.push_back(.005 + .001 * random.normal());
        width.push_back(.8 + .001 * random.normal());
    }
    return {{gap, fps}, {width, fps}};
}

/// Opens and closes as speech does, but at other times.
inline Mouth random_mouth(const std::vector<Phone>& phones) {
    Random random(3);
    std::vector<double> open, wide;
    for (std::size_t i = 0; i < frames_of(phones); ++i) {
        open.push_back(random.uniform());
        wide.push_back(random.uniform());
    }
    std::vector<double> gap = smoothed(open, 1);
    std::vector<double> width = smoothed(wide, 1);
    for (double& value : gap)
        value = .3 * (value - .3) > 0 ? .3 * (value - .3) : 0;
    return {{gap, fps}, {width, fps}};
}

}  // namespace ditto::judge
