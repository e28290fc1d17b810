#pragma once

#include <optional>
#include <vector>

#include "judge/face_track.h"
#include "judge/picture_watch.h"
#include "judge/report.h"
#include "judge/voice.h"

// From what was seen and heard to the report.
namespace ditto::judge {

/// What goes with the picture, and what all measures ask of it.
struct Sound {
    /// Silent, without a table.
    Sound() = default;
    /// `voice`: nothing for a silent video. `start_s`: when its first sample is heard, in the
    /// video's time. `table`: in its own time; empty where there is none.
    Sound(std::optional<Voice> voice, double start_s, std::vector<Phone> table);

    std::optional<Voice> voice;
    double start_s = 0;
    std::vector<Phone> table;
    /// How much later the voice is heard than the table says.
    double late_s = 0;
    /// The table in the video's time.
    std::vector<Phone> phones;
    /// Of at least 300 ms in the video's time, by the table where there is one.
    std::vector<Span> pauses;
};

void add_lip_measures(Report& report, const FaceTrack& track, const Sound& sound);
void add_head_measures(Report& report, const FaceTrack& track);
void add_picture_measures(Report& report, const PictureWatch& watch);

}  // namespace ditto::judge
