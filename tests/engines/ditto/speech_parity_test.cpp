#include <algorithm>

#include <gtest/gtest.h>

#include "engines/ditto/speech_windows.h"
#include "engines/ditto/wav2feat.h"
#include "reference.h"
#include "stubs.h"

namespace ditto::reenact {
namespace {

/// Elements 1017.. of all features of a voice that is pushed in pieces of uneven length.
std::vector<float> features(std::size_t count, bool streaming) {
    const std::vector<float> voice = reference::wave(count, 4, .5F);
    SpeechWindows windows(streaming);
    std::vector<float> result;
    const auto hear = [&](std::span<const float> window) {
        const std::vector<float> present = present_features(stubs::hubert(window));
        for (std::size_t i = 0; i < features_per_window; ++i) {
            for (std::size_t k = 1017; k < feature_size; ++k)
                result.push_back(present[i * feature_size + k]);
        }
    };
    for (std::size_t at = 0, piece = 1; at < voice.size(); at += piece, piece = piece * 3 % 4001) {
        windows.push(std::span(voice).subspan(at, std::min(piece, voice.size() - at)), hear);
    }
    windows.finish(hear);
    EXPECT_EQ(windows.frames(), static_cast<std::int64_t>((count + 639) / 640));
    if (!streaming) result.resize(static_cast<std::size_t>(windows.frames()) * 7);
    return result;
}

void expect_features(const std::vector<float>& actual, const std::string& name) {
    const std::vector<float> expected = reference::floats(name);
    ASSERT_EQ(actual.size(), expected.size()) << name;
    for (std::size_t i = 0; i < actual.size(); ++i)
        ASSERT_NEAR(actual[i], expected[i], 1e-5) << name << " frame " << i / 7;
}

TEST(SpeechParity, OfflineWindowsAsWav2Feat) {
    for (const std::size_t count : {16000, 20321, 700})
        expect_features(features(count, false), "features_" + std::to_string(count));
}

TEST(SpeechParity, StreamedWindowsAsRunChunk) {
    for (const std::size_t count : {16000, 20321, 700})
        expect_features(features(count, true), "features_online_" + std::to_string(count));
}

}  // namespace
}  // namespace ditto::reenact
