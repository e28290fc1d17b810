#include "articulation/articulation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/error.h"

namespace ditto {
namespace {

const std::string folder = DITTO_TEST_DATA "/articulation/";

std::shared_ptr<const nn::Session> network() {
    static const auto session = std::make_shared<const nn::Session>(
        nn::Runtime::open(), std::filesystem::path(DITTO_SOURCE_DIR "/models/articulation.onnx"));
    return session;
}

/// A synthetic sentence: 16 kHz mono, tools/articulation/make_test_data.py.
std::vector<float> clip() {
    std::ifstream file(folder + "clip.s16", std::ios::binary);
    std::vector<float> samples;
    for (std::array<char, 2> b{}; file.read(b.data(), 2);) {
        const auto low = static_cast<unsigned char>(b[0]);
        const auto high = static_cast<signed char>(b[1]);
        samples.push_back(static_cast<float>(high * 256 + low) / 32768.0F);
    }
    return samples;
}

std::vector<std::vector<float>> table(const std::string& name, int header_lines) {
    std::ifstream file(folder + name);
    std::vector<std::vector<float>> rows;
    for (std::string line; std::getline(file, line);) {
        if (header_lines-- > 0) continue;
        std::istringstream words(line);
        std::vector<float>& row = rows.emplace_back();
        for (float value = 0; words >> value;)
            row.push_back(value);
    }
    return rows;
}

struct Phone {
    double start_s, end_s;
    std::string name;
};

std::vector<Phone> phones() {
    std::ifstream file(folder + "clip.phones.tsv");
    std::string line;
    std::getline(file, line);
    std::vector<Phone> all;
    for (Phone p; file >> p.start_s >> p.end_s >> p.name;)
        all.push_back(p);
    return all;
}

std::vector<ArticulationFrame> articulate(std::span<const float> samples, double fps,
                                          std::size_t chunk, Hearing hearing = Hearing::live) {
    Articulation articulation(network(), fps, hearing);
    std::vector<ArticulationFrame> frames;
    for (std::size_t at = 0; at < samples.size(); at += chunk) {
        const auto part = samples.subspan(at, std::min(chunk, samples.size() - at));
        const auto more = articulation.push(part);
        frames.insert(frames.end(), more.begin(), more.end());
    }
    const auto rest = articulation.finish();
    frames.insert(frames.end(), rest.begin(), rest.end());
    return frames;
}

std::array<float, 11> values(const ArticulationFrame& f) {
    return {f.jaw,         f.lip_close, f.round, f.spread, f.upper_lip_raise, f.lower_lip_drop,
            f.labiodental, f.tongue,    f.teeth, f.voice,  f.emphasis};
}

TEST(LogMel, AgreesWithTheTrainingCode) {
    const auto samples = clip();
    LogMel log_mel;
    std::vector<float> frames;
    log_mel.push(samples, frames);
    log_mel.finish(frames);
    ASSERT_EQ(frames.size(), samples.size() / LogMel::hop * LogMel::bands);
    const auto expected = table("clip.log_mel.tsv", 0);
    ASSERT_EQ(expected.size(), (samples.size() / LogMel::hop + 9) / 10);
    for (std::size_t row = 0; row < expected.size(); ++row)
        for (std::size_t b = 0; b < LogMel::bands; ++b)
            // Single precision on both sides; the logarithm of a nearly empty band shows most.
            ASSERT_NEAR(frames[row * 10 * LogMel::bands + b], expected[row][b], 5e-3)
                << "frame " << row * 10 << " band " << b;
}

void expect_frames(const std::vector<ArticulationFrame>& frames, const std::string& name) {
    const auto expected = table(name, 1);
    ASSERT_EQ(frames.size(), expected.size());
    for (std::size_t i = 0; i < frames.size(); ++i)
        for (std::size_t c = 0; c < 10; ++c)
            ASSERT_NEAR(values(frames[i])[c], expected[i][c], 2e-3) << "frame " << i << " " << c;
}

TEST(Articulation, AgreesWithTheTrainingCode) {
    expect_frames(articulate(clip(), 25, 1000), "clip.live.tsv");
}

/// Frames of the clip after `beginning` was listened to, as a recording.
std::vector<ArticulationFrame> after(std::span<const float> beginning) {
    const auto samples = clip();
    Articulation articulation(network(), 25, Hearing::recording);
    articulation.listen(beginning);
    auto frames = articulation.push(samples);
    const auto last = articulation.finish();
    frames.insert(frames.end(), last.begin(), last.end());
    return frames;
}

TEST(Articulation, EnforcesRestOnlyWhereARecordingIsNoisy) {
    const auto quiet = clip();
    auto noisy = quiet;
    std::uint32_t random = 1;
    for (float& sample : noisy) {
        random = 1664525 * random + 1013904223;
        sample += .1F * (static_cast<float>(random >> 8) / 8388608.0F - 1);
    }
    const auto at_rest = [](const ArticulationFrame& frame) {
        return frame.lip_close == 1 && frame.jaw == 0;
    };
    const auto silent = [](const ArticulationFrame& frame) { return frame.voice < .4F; };
    const auto enforced = after(noisy);
    const auto free = after(quiet);
    ASSERT_GT(std::ranges::count_if(enforced, silent), 5);
    for (const ArticulationFrame& frame : enforced)
        EXPECT_TRUE(!silent(frame) || at_rest(frame));
    EXPECT_EQ(std::ranges::count_if(free, at_rest), 0);
}

TEST(Articulation, AgreesWithTheTrainingCodeOnRecordings) {
    expect_frames(after(clip()), "clip.recording.tsv");
}

TEST(Articulation, ListeningMakesNoFrames) {
    Articulation articulation(network(), 25);
    articulation.listen({});
    articulation.listen(std::vector<float>(12345, 0.1F));
    EXPECT_TRUE(articulation.finish().empty());
}

TEST(Articulation, KnowsWhoseVoiceItIsOnceItHasHeardIt) {
    // Somebody further away speaks first, for two seconds.
    const auto voice = clip();
    const std::size_t lead = 32000;
    std::vector<float> samples(lead + voice.size());
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = i < lead ? 0.14F * voice[i] : voice[i - lead];
    const auto closed_before_it = [&](bool listens) {
        Articulation articulation(network(), 25);
        if (listens) articulation.listen(samples);
        const auto frames = articulation.push(samples);
        return std::count_if(frames.begin(), frames.begin() + 45,
                             [](const ArticulationFrame& f) { return f.lip_close > 0.7F; });
    };
    EXPECT_GE(closed_before_it(true), closed_before_it(false) + 10);
}

TEST(Articulation, DoesNotDependOnTheChunks) {
    const auto samples = clip();
    for (const Hearing hearing : {Hearing::live, Hearing::recording}) {
        for (const double fps : {25.0, 29.97, 60.0}) {
            const auto whole = articulate(samples, fps, samples.size(), hearing);
            for (const std::size_t chunk : {std::size_t{37}, std::size_t{1600}}) {
                const auto parts = articulate(samples, fps, chunk, hearing);
                ASSERT_EQ(parts.size(), whole.size());
                for (std::size_t i = 0; i < whole.size(); ++i)
                    ASSERT_EQ(values(parts[i]), values(whole[i])) << "frame " << i << " at " << fps;
            }
        }
    }
}

TEST(Articulation, GivesAFrameForEveryPieceOfSound) {
    const std::vector<float> silence(40000, 0.0F);
    for (const double fps : {10.0, 24.0, 25.0, 30.0, 60.0}) {
        for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{639},
                                        std::size_t{640}, std::size_t{641}, std::size_t{40000}}) {
            const auto wanted = std::ceil(double(count) * fps / 16000 - 1e-9);
            for (const Hearing hearing : {Hearing::live, Hearing::recording}) {
                const auto frames = articulate(std::span(silence).first(count), fps, 1000, hearing);
                EXPECT_EQ(double(frames.size()), wanted) << count << " samples at " << fps;
            }
        }
    }
}

TEST(Articulation, ReportsFramesWithinTheStatedLookAhead) {
    const auto samples = clip();
    Articulation articulation(network(), 25);
    std::size_t made = 0;
    for (std::size_t at = 0; at + 160 <= samples.size(); at += 160) {
        made += articulation.push(std::span(samples).subspan(at, 160)).size();
        const double heard_s = double(at + 160) / 16000;
        const double certain = (heard_s - Articulation::look_ahead_s) * 25 - 0.5;
        // The 10 ms chunk itself is the slack.
        EXPECT_GE(double(made) + 0.25, std::floor(certain)) << "at " << heard_s << " s";
    }
}

TEST(Articulation, ClosesTheMouthInSilence) {
    const std::vector<float> silence(32000, 0.0F);
    for (const ArticulationFrame& frame : articulate(silence, 25, 4000)) {
        EXPECT_GT(frame.lip_close, 0.9F);
        EXPECT_LT(frame.jaw, 0.05F);
        EXPECT_LT(frame.voice, 0.1F);
        EXPECT_LT(frame.emphasis, 0.05F);
    }
}

TEST(Articulation, ClosesTheMouthBetweenSentences) {
    const auto frames = articulate(clip(), 25, 4000);
    int inside = 0;
    for (const Phone& phone : phones()) {
        if (phone.name != "_" || phone.end_s - phone.start_s < 0.3) continue;
        for (std::size_t i = 0; i < frames.size(); ++i) {
            const double at = (double(i) + 0.5) / 25;
            if (at < phone.start_s + 0.1 || at > phone.end_s - 0.1) continue;
            ++inside;
            EXPECT_GT(frames[i].lip_close, 0.8F) << "at " << at << " s";
            EXPECT_LT(frames[i].jaw, 0.1F) << "at " << at << " s";
        }
    }
    EXPECT_GT(inside, 5);
}

TEST(Articulation, LipsMeetOnBilabials) {
    const auto frames = articulate(clip(), 25, 4000);
    int wanted = 0;
    int met = 0;
    for (const Phone& phone : phones()) {
        if (phone.name != "p" && phone.name != "b" && phone.name != "m") continue;
        ++wanted;
        const double centre = 0.5 * (phone.start_s + phone.end_s);
        for (std::size_t i = 0; i < frames.size(); ++i)
            if (std::abs((double(i) + 0.5) / 25 - centre) <= 0.041 && frames[i].lip_close > 0.5F) {
                ++met;
                break;
            }
    }
    EXPECT_GE(wanted, 7);
    // A voice that was never trained on; docs/articulation.md states the rate on many sentences.
    EXPECT_GE(met, wanted * 8 / 10);
}

TEST(Articulation, OpensTheMouthOnVowels) {
    const auto frames = articulate(clip(), 25, 4000);
    const auto jaw_at = [&](const Phone& phone) {
        const auto i = static_cast<std::size_t>(25 * 0.5 * (phone.start_s + phone.end_s));
        return frames[std::min(i, frames.size() - 1)].jaw;
    };
    for (const Phone& phone : phones()) {
        const bool open = phone.name == "a" || phone.name == "æ" || phone.name == "ɑ";
        if (open) {
            EXPECT_GT(jaw_at(phone), 0.45F) << phone.name << " at " << phone.start_s;
        }
    }
}

TEST(Articulation, EveryCurveMovesAndStaysInRange) {
    std::array<float, 11> lowest;
    std::array<float, 11> highest;
    lowest.fill(1);
    highest.fill(0);
    for (const ArticulationFrame& frame : articulate(clip(), 25, 4000)) {
        const auto v = values(frame);
        for (std::size_t c = 0; c < v.size(); ++c) {
            ASSERT_GE(v[c], 0.0F);
            ASSERT_LE(v[c], 1.0F);
            lowest[c] = std::min(lowest[c], v[c]);
            highest[c] = std::max(highest[c], v[c]);
        }
    }
    for (std::size_t c = 0; c < highest.size(); ++c)
        EXPECT_GT(highest[c] - lowest[c], 0.2F) << "curve " << c;
}

TEST(Articulation, RefusesAnotherNetwork) {
    const std::filesystem::path other = DITTO_TEST_DATA "/articulation/clip.s16";
    EXPECT_THROW(Articulation(std::make_shared<const nn::Session>(nn::Runtime::open(), other), 25),
                 Error);
}

TEST(Articulation, RefusesANetworkWithOtherInputs) {
    std::ifstream file(DITTO_SOURCE_DIR "/models/articulation.onnx", std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::string name = "past";
    for (auto at = bytes.find(name); at != std::string::npos; at = bytes.find(name, at + 1))
        bytes.replace(at, name.size(), "gone");
    const auto changed = std::make_shared<const nn::Session>(
        nn::Runtime::open(), std::as_bytes(std::span(bytes)), "changed.onnx");
    try {
        Articulation articulation(changed, 25);
        FAIL() << "taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::model_mismatch);
    }
}

}  // namespace
}  // namespace ditto
