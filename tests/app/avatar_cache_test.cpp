#include "app/avatar_cache.h"

#include <gtest/gtest.h>

#include "app/shared_engines.h"
#include "engine_double.h"
#include "files.h"

namespace ditto {
namespace {

Image plain(std::uint8_t grey, int width = 64, int height = 48) {
    Image image(width, height);
    for (int y = 0; y < height; ++y)
        std::fill_n(image.row(y), width * 3, grey);
    return image;
}

class AvatarCacheTest : public testing::Test {
  protected:
    AvatarCacheTest() {
        engine_->on_register = [this](const std::stop_token&) { ++registered_; };
    }

    std::shared_ptr<const Avatar> avatar(AvatarCache& cache, const Image& photo,
                                         const Controls& controls = {}) {
        return cache.avatar(engine_, photo, controls, progress_, {});
    }

    std::shared_ptr<EngineDouble> engine_ = std::make_shared<EngineDouble>();
    NoProgress progress_;
    int registered_ = 0;
};

TEST_F(AvatarCacheTest, ThePhotoThatComesAgainIsNotRegisteredAgain) {
    AvatarCache cache;
    const auto first = avatar(cache, plain(1));
    Controls other;
    other.emotion = Emotion::happy;
    other.seed = 7;
    EXPECT_EQ(avatar(cache, plain(1), other), first);
    EXPECT_EQ(registered_, 1);
}

TEST_F(AvatarCacheTest, WhatChangesAnAvatarMakesANewOne) {
    AvatarCache cache;
    const auto first = avatar(cache, plain(1));
    Controls wide;
    wide.crop_scale = 3;
    Controls reference;
    reference.reference_behaviour = 1;
    Image pixel = plain(1);
    pixel.pixel(63, 47)[2] = 2;
    const auto other_engine = std::make_shared<EngineDouble>();
    EXPECT_NE(avatar(cache, plain(1), wide), first);
    EXPECT_NE(avatar(cache, plain(1), reference), first);
    EXPECT_NE(avatar(cache, pixel), first);
    EXPECT_NE(avatar(cache, plain(1, 48, 64)), first);
    EXPECT_NE(cache.avatar(other_engine, plain(1), {}, progress_, {}), first);
    EXPECT_EQ(registered_, 5);
}

TEST_F(AvatarCacheTest, TheOneUsedLongestAgoGoesFirst) {
    AvatarCache cache(2);
    avatar(cache, plain(1));
    avatar(cache, plain(2));
    avatar(cache, plain(1));
    avatar(cache, plain(3));
    registered_ = 0;
    avatar(cache, plain(1));
    EXPECT_EQ(registered_, 0);
    avatar(cache, plain(2));
    EXPECT_EQ(registered_, 1);
}

TEST_F(AvatarCacheTest, NeverTakesMoreBytesThanAllowed) {
    const std::size_t one = 2 * plain(0).bytes();
    AvatarCache cache(100, 2 * one + 1);
    for (std::uint8_t grey = 0; grey < 10; ++grey)
        avatar(cache, plain(grey));
    EXPECT_EQ(cache.bytes(), 2 * one);
    avatar(cache, plain(0, 640, 480));
    EXPECT_EQ(cache.bytes(), 2 * one);
    registered_ = 0;
    avatar(cache, plain(9));
    EXPECT_EQ(registered_, 0);
}

TEST_F(AvatarCacheTest, AFailureIsNotKept) {
    AvatarCache cache;
    engine_->on_register = [](const std::stop_token&) { throw Error(ErrorCode::face_none); };
    EXPECT_EQ(media::code_of([&] { avatar(cache, plain(1)); }), ErrorCode::face_none);
    engine_->on_register = [](const std::stop_token&) {};
    EXPECT_NE(avatar(cache, plain(1)), nullptr);
}

/// Notices of a registration that did not happen must reach the second job too.
class NoticingEngine final : public Engine {
  public:
    std::string_view name() const override { return "noticing"; }
    std::shared_ptr<const Avatar> register_photo(const Image& photo, const Controls& controls,
                                                 Progress& progress,
                                                 std::stop_token stop) const override {
        progress.notice({NoticeCode::photo_scaled, {{"width", "1"}, {"height", "2"}}});
        return EngineDouble().register_photo(photo, controls, progress, stop);
    }
    std::int64_t animate(const Avatar&, const Controls&, AudioSource&, FrameSink&, Progress&,
                         std::stop_token) const override {
        return 0;
    }
};

class Record final : public Progress {
  public:
    int stages = 0;
    int notices = 0;
    void stage(Stage, std::int64_t) override { ++stages; }
    void advance(std::int64_t) override {}
    void notice(const Notice&) override { ++notices; }
};

TEST(AvatarCacheNotices, AreRepeatedWithoutTheStages) {
    AvatarCache cache;
    const auto engine = std::make_shared<NoticingEngine>();
    for (const int stages : {2, 0}) {
        Record record;
        cache.avatar(engine, plain(1), {}, record, {});
        EXPECT_EQ(record.notices, 1);
        EXPECT_EQ(record.stages, stages);
    }
}

TEST(SharedEngines, LoadOnceKeepAvatarsAndSayWhatTheyDo) {
    EnginesDouble engines;
    SharedEngines shared(engines);
    engines.on_load = [&] {
        EXPECT_TRUE(shared.loading());
        EXPECT_FALSE(shared.any_loaded());
        throw Error(ErrorCode::model_missing);
    };
    EXPECT_EQ(media::code_of([&] { shared.choose({}); }), ErrorCode::model_missing);
    EXPECT_FALSE(shared.loading());
    int loads = 0;
    engines.on_load = [&] { ++loads; };
    const auto engine = shared.choose({}).engine;
    EXPECT_EQ(shared.choose({}).engine, engine);
    EXPECT_TRUE(shared.any_loaded());
    EXPECT_EQ(loads, 1);
    NoProgress progress;
    EXPECT_EQ(engine->register_photo(plain(1), {}, progress, {}),
              engine->register_photo(plain(1), {}, progress, {}));
}

}  // namespace
}  // namespace ditto
