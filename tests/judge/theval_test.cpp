#include "judge/theval.h"

#include <cmath>
#include <cstddef>

#include <gtest/gtest.h>

#include "mouths.h"

namespace ditto::judge {
namespace {

using face::FaceMesh;

constexpr double eyes_px = 100;

/// Eyes 100 pixels apart; the brows 30 and the mouth 110 above and below them, open by `gap`
/// (in distances of the eyes), wide by `width`.
FaceMesh face_with(double gap, double width = .8, double brow = .3, Point2 at = {300, 300}) {
    FaceMesh mesh;
    mesh.presence = 1;
    auto& points = mesh.landmarks.points;
    points.assign(FaceMesh::point_count, {at.x, at.y, 0});
    const auto put = [&](std::initializer_list<std::size_t> which, double x, double y) {
        for (const std::size_t i : which)
            points[i] = {at.x + x * eyes_px, at.y + y * eyes_px, 0};
    };
    // The middles of all points of an eye and the outer corners are equally far apart here.
    put({7, 33, 133, 144, 145, 153, 154, 155, 157, 158, 159, 160, 161, 163, 173, 246}, -.5, 0);
    put({249, 263, 362, 373, 374, 380, 381, 382, 384, 385, 386, 387, 388, 390, 398, 466}, .5, 0);
    put({46, 52, 53, 55, 63, 65, 66, 70, 105, 107}, -.5, -brow);
    put({276, 282, 283, 285, 293, 295, 296, 300, 334, 336}, .5, -brow);
    put({0, 37, 39, 40, 267, 269, 270, 185, 409, 191, 80, 81, 82, 13, 312, 311, 310, 415}, 0,
        1.1 - gap / 2);
    put({17, 84, 91, 146, 181, 314, 321, 375, 405, 95, 88, 178, 87, 14, 317, 402, 318, 324}, 0,
        1.1 + gap / 2);
    put({61, 78}, -width / 2, 1.1);
    put({291, 308}, width / 2, 1.1);
    return mesh;
}

/// The values of a report over the frames of `mouth`, with the demo voice.
Report report_of(const std::vector<FaceMesh>& meshes, const Sound& sound) {
    ThevalWatch watch;
    FaceTrack track(fps);
    for (const FaceMesh& mesh : meshes) {
        watch.add(mesh);
        track.add(std::nullopt, {});
    }
    Report report;
    add_theval_measures(report, watch, track, sound);
    return report;
}

Sound demo_sound() {
    return {demo_voice(), 0, {}};
}

std::vector<FaceMesh> meshes_of(const Mouth& mouth) {
    std::vector<FaceMesh> meshes;
    for (std::size_t i = 0; i < mouth.gap.size(); ++i)
        meshes.push_back(face_with(std::max(0., mouth.gap[i]), mouth.width[i]));
    return meshes;
}

TEST(Theval, LipDynamicsIsTheMeanDeviationOfAllDistances) {
    ThevalWatch watch;
    // Two shapes in turn: each distance's deviation is half its difference.
    const FaceMesh a = face_with(.1, .8);
    const FaceMesh b = face_with(.3, .6);
    for (int i = 0; i < 50; ++i)
        watch.add(i % 2 == 0 ? a : b);
    // 18 upper and 18 lower points, two corners on each side.
    const double rise = .5 * eyes_px * .2;  // between an upper and a lower point
    const auto corner = [](double gap, double width) {
        return std::hypot(gap / 2, width / 2) * eyes_px;
    };
    const double side = .5 * std::abs(corner(.1, .8) - corner(.3, .6));
    const double across = .5 * eyes_px * .2;
    const double sum = 18 * 18 * rise + 36 * 4 * side + 4 * across;
    EXPECT_NEAR(watch.lip_dynamics_px().value(), sum / (40 * 39 / 2), 1e-9);
}

TEST(Theval, MovesOfAWholeFaceAreNoneOfTheLips) {
    ThevalWatch watch;
    for (int i = 0; i < 20; ++i)
        watch.add(face_with(.1, .8, .3, {300. + 5 * i, 300. - 3 * i}));
    EXPECT_NEAR(watch.lip_dynamics_px().value(), 0, 1e-9);
}

TEST(Theval, BrowsCountByTheirChangeAFrame) {
    std::vector<FaceMesh> meshes;
    for (int i = 0; i < 11; ++i)
        meshes.push_back(face_with(.1, .8, i % 2 == 0 ? .3 : .32));
    EXPECT_NEAR(report_of(meshes, {})["eyebrow_dynamics"].value.value(), .02, 1e-9);
}

TEST(Theval, LipsThatFollowTheLoudnessAreInStep) {
    const Sound sound = demo_sound();
    std::vector<FaceMesh> loud;
    for (std::size_t i = 0; i < frames_of(demo_phones()); ++i) {
        const double time_s = (static_cast<double>(i) + .5) / fps;
        loud.push_back(face_with(.2 * sound.voice->loudness_at(time_s)));
    }
    EXPECT_LT(report_of(loud, sound)["lip_sync"].value.value(), 1e-3);
}

TEST(Theval, RanksMouthsAsPeopleWould) {
    const Sound sound = demo_sound();
    const auto phones = demo_phones();
    const Report good = report_of(meshes_of(good_mouth(phones)), sound);
    const Report random = report_of(meshes_of(random_mouth(phones)), sound);
    const Report frozen = report_of(meshes_of(frozen_mouth(phones)), sound);
    EXPECT_LT(*good["lip_sync"].value, *random["lip_sync"].value);
    EXPECT_LT(*good["silent_lip_stability"].value, *random["silent_lip_stability"].value);
    EXPECT_LT(*frozen["lip_dynamics"].value, .2 * *good["lip_dynamics"].value);
}

TEST(Theval, SaysNothingWithoutSoundOrFace) {
    const Report silent = report_of(meshes_of(good_mouth(demo_phones())), {});
    EXPECT_FALSE(silent["lip_sync"].value);
    EXPECT_FALSE(silent["silent_lip_stability"].value);
    ThevalWatch nobody;
    nobody.add(std::nullopt);
    EXPECT_FALSE(nobody.lip_dynamics_px());
}

}  // namespace
}  // namespace ditto::judge
