#pragma once

#include <optional>
#include <vector>

#include "judge/face_track.h"
#include "judge/picture_watch.h"
#include "judge/report.h"
#include "judge/voice.h"

// From what was seen and heard to the report.
namespace ditto::judge {

/// What goes with the picture.
struct Sound {
    /// Nothing for a silent video.
    std::optional<Voice> voice;
    /// When the voice's first sample is heard, in the video's time.
    double start_s = 0;
    /// In the table's own time; empty where there is no table.
    std::vector<Phone> phones;
};

void add_lip_measures(Report& report, const FaceTrack& track, const Sound& sound);
void add_head_measures(Report& report, const FaceTrack& track);
void add_picture_measures(Report& report, const PictureWatch& watch);

/// Pauses of at least 300 ms in the video's time, by the table where there is one.
std::vector<Span> pauses_of(const Sound& sound);
/// The table in the video's time: moved by what the voice is late against it.
std::vector<Phone> phones_in_video(const Sound& sound);

}  // namespace ditto::judge
