#include "engine/audio_feed.h"

#include <numeric>
#include <thread>

#include <gtest/gtest.h>

namespace ditto {
namespace {

TEST(AudioFeed, PiecesOfAnyLengthComeOutWhole) {
    std::vector<float> voice(5000);
    std::iota(voice.begin(), voice.end(), 0.F);
    AudioFeed feed(64);
    std::jthread speaker([&] {
        for (std::size_t at = 0, piece = 1; at < voice.size(); at += piece, piece = piece * 7 % 311)
            feed.push(std::span(voice).subspan(at, std::min(piece, voice.size() - at)));
        feed.close();
    });
    std::vector<float> heard;
    std::vector<float> part(700);
    std::size_t count = 0;
    do {
        count = feed.read(part);
        heard.insert(heard.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
    } while (count == part.size());
    EXPECT_EQ(heard, voice);
    EXPECT_EQ(feed.read(part), 0U);
}

TEST(AudioFeed, ClosingWakesWhoWaits) {
    AudioFeed feed(8);
    const std::vector<float> voice(20);
    std::jthread closer([&] { feed.close(); });
    EXPECT_FALSE(feed.push(voice));
    EXPECT_FALSE(feed.push(voice));
}

}  // namespace
}  // namespace ditto
