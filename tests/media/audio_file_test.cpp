#include "media/audio_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "files.h"
#include "pictures.h"
#include "sounds.h"

namespace ditto::media {
namespace {

std::vector<float> read_all(const std::filesystem::path& path) {
    AudioFile file(path);
    std::vector<float> samples;
    std::array<float, 1000> block;
    for (std::size_t count = 0; (count = file.read(block)) > 0;)
        samples.insert(samples.end(), block.begin(),
                       block.begin() + static_cast<std::ptrdiff_t>(count));
    return samples;
}

/// Loudest sample in [from, to).
std::size_t loudest(const std::vector<float>& samples, std::size_t from, std::size_t to) {
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(from);
    const auto end = samples.begin() + static_cast<std::ptrdiff_t>(std::min(to, samples.size()));
    return from + static_cast<std::size_t>(
                      std::max_element(begin, end,
                                       [](float a, float b) { return std::abs(a) < std::abs(b); }) -
                      begin);
}

float peak(const std::vector<float>& samples) {
    return std::abs(samples[loudest(samples, 0, samples.size())]);
}

TEST(AudioFile, KeepsSamplesOf16kHzMonoAsTheyAre) {
    const TempFolder folder;
    const Sound sound = tone(.5, 16000);
    write_float_wav(folder / "a.wav", sound);
    EXPECT_EQ(read_all(folder / "a.wav"), sound.samples);
}

TEST(AudioFile, ConvertsAnyRateAndChannels) {
    const TempFolder folder;
    for (const int rate : {8000, 11025, 16000, 22050, 44100, 48000, 96000, 192000}) {
        for (const int channels : {1, 2, 6}) {
            write_wav(folder / "a.wav", tone(.5, rate, channels));
            const std::vector<float> samples = read_all(folder / "a.wav");
            EXPECT_NEAR(static_cast<double>(samples.size()), 8000, 2) << rate << ' ' << channels;
            EXPECT_GT(peak(samples), channels == 6 ? .3 : .45) << rate << ' ' << channels;
            EXPECT_LT(peak(samples), channels == 6 ? 1.01 : .55) << rate << ' ' << channels;
        }
    }
}

TEST(AudioFile, MixesChannelsWithoutAKnownLayoutInEqualParts) {
    const TempFolder folder;
    Sound sound = tone(.5, 16000, 10);
    for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        if (i % 10 >= 5) sound.samples[i] = 0;
    }
    write_wav(folder / "a.wav", sound);
    EXPECT_NEAR(peak(read_all(folder / "a.wav")), .25, .01);
}

TEST(AudioFile, KeepsTheTimeOfClicksThroughResampling) {
    const TempFolder folder;
    for (const int rate : {8000, 22050, 44100, 48000, 192000}) {
        const std::vector<std::int64_t> places{rate / 100, rate / 2, rate * 9 / 10};
        write_wav(folder / "a.wav", clicks(1, rate, places));
        const std::vector<float> samples = read_all(folder / "a.wav");
        for (const std::int64_t place : places) {
            const double expected = 16000. * static_cast<double>(place) / rate;
            const auto near = static_cast<std::size_t>(expected);
            const std::size_t from = near > 200 ? near - 200 : 0;
            EXPECT_NEAR(static_cast<double>(loudest(samples, from, near + 200)), expected, 1)
                << rate;
        }
    }
}

/// Encoders put silence in front; decoding takes it away to the sample.
TEST(AudioFile, SkipsEncoderDelayInEveryFormat) {
    const TempFolder folder;
    const std::vector<std::int64_t> places{4410, 44100, 70000};
    const std::pair<const char*, const char*> kinds[] = {
        {"aac", "a.m4a"},     {"libmp3lame", "a.mp3"}, {"flac", "a.flac"}, {"libvorbis", "a.ogg"},
        {"libopus", "b.ogg"}, {"pcm_s24le", "a.mov"},  {"alac", "b.m4a"}};
    int tried = 0;
    for (const auto& [encoder, name] : kinds) {
        const bool opus = std::string(encoder) == "libopus";
        const int rate = opus ? 48000 : 44100;
        if (!write_encoded(folder / name, clicks(2, rate, places), encoder)) continue;
        ++tried;
        const std::vector<float> samples = read_all(folder / name);
        // MP4 keeps what fills the last AAC packet (1024 samples) up.
        EXPECT_NEAR(static_cast<double>(samples.size()), 32000 + 190, 200) << name;
        for (const std::int64_t place : places) {
            const double expected = 16000. * static_cast<double>(place) / rate;
            const auto near = static_cast<std::size_t>(expected);
            // Lossy codecs blur a click by a few samples.
            EXPECT_NEAR(static_cast<double>(loudest(samples, near - 400, near + 400)), expected, 4)
                << name;
        }
    }
    EXPECT_GE(tried, 5);
}

TEST(AudioFile, HoldsSamplesThatAreNoNumbersBack) {
    const TempFolder folder;
    Sound sound = tone(.5, 16000);
    sound.samples[100] = std::numeric_limits<float>::quiet_NaN();
    sound.samples[200] = std::numeric_limits<float>::infinity();
    sound.samples[300] = 1e9F;
    write_float_wav(folder / "a.wav", sound);
    for (const float sample : read_all(folder / "a.wav"))
        ASSERT_LE(std::abs(sample), 1);
}

TEST(AudioFile, StopsAtTheLongestDuration) {
    const TempFolder folder;
    write_wav(folder / "a.wav", tone(1, 8000));
    AudioFile file(folder / "a.wav", {.max_duration_s = .5});
    std::array<float, 4000> block;
    EXPECT_EQ(file.read(block), block.size());
    EXPECT_EQ(code_of([&] {
                  for (int i = 0; i < 10; ++i)
                      file.read(block);
              }),
              ErrorCode::audio_too_long);
    EXPECT_EQ(code_of([&] { probe_audio(folder / "a.wav", {.max_duration_s = .5}); }),
              ErrorCode::audio_too_long);
}

TEST(ProbeAudio, TellsWhatIsInside) {
    const TempFolder folder;
    write_wav(folder / "a.wav", tone(1.25, 48000, 2));
    const AudioInfo info = check_voice(folder / "a.wav");
    EXPECT_DOUBLE_EQ(info.duration_s, 1.25);
    EXPECT_EQ(info.sample_rate_hz, 48000);
    EXPECT_EQ(info.channels, 2);
    EXPECT_NEAR(info.peak, .5, .01);
    EXPECT_FALSE(info.silent);
}

TEST(ProbeAudio, StopsWhenAskedTo) {
    const TempFolder folder;
    write_wav(folder / "a.wav", tone(1, 16000));
    std::stop_source source;
    EXPECT_EQ(check_voice(folder / "a.wav", {}, source.get_token()).duration_s, 1);
    source.request_stop();
    EXPECT_EQ(code_of([&] { check_voice(folder / "a.wav", {}, source.get_token()); }),
              ErrorCode::cancelled);
}

TEST(ProbeAudio, TellsSilence) {
    const TempFolder folder;
    write_wav(folder / "a.wav", clicks(1, 16000, {}));
    EXPECT_TRUE(probe_audio(folder / "a.wav").silent);
    EXPECT_EQ(code_of([&] { check_voice(folder / "a.wav"); }), ErrorCode::audio_silent);
    Sound hum = tone(1, 16000);
    for (float& sample : hum.samples)
        sample *= .0004F;  // -74 dB
    write_float_wav(folder / "b.wav", hum);
    EXPECT_EQ(code_of([&] { check_voice(folder / "b.wav"); }), ErrorCode::audio_silent);
}

TEST(ProbeAudio, RefusesWhatIsNotThereOrNoSound) {
    const TempFolder folder;
    const auto code = [&](const std::string& name) {
        const ErrorCode by_probe = code_of([&] { probe_audio(folder / name); });
        return by_probe;
    };
    EXPECT_EQ(code("none.wav"), ErrorCode::audio_missing);
    EXPECT_EQ(code("."), ErrorCode::audio_unreadable);
    write_content(folder / "empty.wav", {});
    EXPECT_EQ(code("empty.wav"), ErrorCode::audio_empty);
    write_content(folder / "picture.mp3", png_of(colours(64, 64)));
    EXPECT_EQ(code("picture.mp3"), ErrorCode::audio_format);
    write_content(folder / "text.wav", FileContent(5000, std::byte{'a'}));
    EXPECT_EQ(code("text.wav"), ErrorCode::audio_format);
    EXPECT_EQ(code_of([] { probe_audio("/dev/zero"); }), ErrorCode::audio_unreadable);
    EXPECT_EQ(code_of([] { probe_audio("http://localhost/a.wav"); }), ErrorCode::audio_missing);
}

TEST(ProbeAudio, RefusesPlaylists) {
    const TempFolder folder;
    write_wav(folder / "a.wav", tone(1, 16000));
    for (const std::string list :
         {"ffconcat version 1.0\nfile a.wav\n",
          "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.wav\n#EXT-X-ENDLIST\n"}) {
        const auto* bytes = reinterpret_cast<const std::byte*>(list.data());
        write_content(folder / "list.wav", {bytes, list.size()});
        EXPECT_EQ(code_of([&] { probe_audio(folder / "list.wav"); }), ErrorCode::audio_format);
    }
}

TEST(ProbeAudio, RefusesAlmostNothing) {
    const TempFolder folder;
    for (const double seconds : {0., 1. / 16000, .05}) {
        write_wav(folder / "a.wav", tone(seconds, 16000));
        EXPECT_EQ(code_of([&] { probe_audio(folder / "a.wav"); }), ErrorCode::audio_empty)
            << seconds;
    }
}

TEST(ProbeAudio, TakesWhatACutRecordingStillHolds) {
    const TempFolder folder;
    write_wav(folder / "a.wav", tone(2, 16000));
    FileContent wav = read_content(folder / "a.wav");
    wav.resize(wav.size() / 2);
    write_content(folder / "a.wav", wav);
    EXPECT_NEAR(probe_audio(folder / "a.wav").duration_s, 1, .01);

    wav.resize(40);
    write_content(folder / "a.wav", wav);
    EXPECT_EQ(code_of([&] { probe_audio(folder / "a.wav"); }), ErrorCode::audio_corrupt);

    ASSERT_TRUE(write_encoded(folder / "a.flac", tone(2, 16000), "flac"));
    FileContent flac = read_content(folder / "a.flac");
    flac.resize(flac.size() * 3 / 4);
    write_content(folder / "a.flac", flac);
    EXPECT_NEAR(probe_audio(folder / "a.flac").duration_s, 1.5, .4);

    ASSERT_TRUE(write_encoded(folder / "a.m4a", tone(2, 16000), "aac"));
    FileContent m4a = read_content(folder / "a.m4a");
    m4a.resize(m4a.size() / 2);  // the index stands at the end
    write_content(folder / "a.m4a", m4a);
    EXPECT_EQ(code_of([&] { probe_audio(folder / "a.m4a"); }), ErrorCode::audio_corrupt);
}

/// Recorders that stream write a length of nothing or of everything.
TEST(ProbeAudio, DoesNotTrustDeclaredLengths) {
    const TempFolder folder;
    for (const std::int64_t declared : {std::int64_t{0}, std::int64_t{0xFFFFFFFF - 36}}) {
        write_wav(folder / "a.wav", tone(1, 16000), declared);
        EXPECT_NEAR(probe_audio(folder / "a.wav").duration_s, 1, .01) << declared;
    }
}

TEST(ProbeAudio, RefusesNoiseInsideAContainer) {
    const TempFolder folder;
    ASSERT_TRUE(write_encoded(folder / "a.flac", tone(2, 16000), "flac"));
    FileContent flac = read_content(folder / "a.flac");
    std::uint32_t state = 1;
    for (std::size_t i = 200; i < flac.size(); ++i) {
        state = state * 1664525U + 1013904223U;
        flac[i] = static_cast<std::byte>(state >> 24);
    }
    write_content(folder / "a.flac", flac);
    EXPECT_EQ(code_of([&] { probe_audio(folder / "a.flac"); }), ErrorCode::audio_corrupt);
}

}  // namespace
}  // namespace ditto::media
