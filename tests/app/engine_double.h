#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "app/engines.h"
#include "base/error.h"
#include "engine/engine.h"

namespace ditto {

/// An engine without networks: it takes any photo and answers each stretch of voice with a small
/// grey square whose brightness follows the frame's number.
class EngineDouble final : public Engine {
  public:
    /// Called before each frame is written; may throw or ask for a stop.
    std::function<void(std::int64_t)> before_frame = [](std::int64_t) {};
    /// Called while a photo is registered; may throw.
    std::function<void(const std::stop_token&)> on_register = [](const std::stop_token&) {};

    std::string_view name() const override { return "double"; }

    std::shared_ptr<const Avatar> register_photo(const Image& photo, const Controls&,
                                                 Progress& progress,
                                                 std::stop_token stop) const override {
        progress.stage(Stage::find_face, 0);
        progress.stage(Stage::register_avatar, 0);
        on_register(stop);
        return std::make_shared<AvatarDouble>(photo);
    }

    std::int64_t animate(const Avatar& avatar, const Controls& controls, AudioSource& voice,
                         FrameSink& frames, Progress& progress,
                         std::stop_token stop) const override {
        const Rect region = avatar.moving_region();
        std::vector<float> samples(1024);
        std::int64_t heard = 0;
        std::int64_t written = 0;
        while (const std::size_t count = voice.read(samples)) {
            heard += static_cast<std::int64_t>(count);
            while (static_cast<double>(written) * engine_rate <
                   static_cast<double>(heard) * controls.fps) {
                before_frame(written);
                if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
                frames.write({written, square(region, written), region.x, region.y});
                progress.advance(++written);
            }
        }
        return written;
    }

  private:
    static constexpr double engine_rate = 16000;

    class AvatarDouble final : public Avatar {
      public:
        explicit AvatarDouble(const Image& photo) : photo_(photo) {}
        const Image& photo() const override { return photo_; }
        Rect moving_region() const override { return {8, 8, 32, 32}; }
        Rect face_box() const override { return {14, 14, 20, 20}; }
        std::size_t memory_bytes() const override { return photo_.bytes(); }

      private:
        Image photo_;
    };

    static Image square(const Rect& region, std::int64_t index) {
        Image image(region.width, region.height);
        for (int y = 0; y < region.height; ++y) {
            std::fill_n(image.row(y), region.width * 3, static_cast<std::uint8_t>(index * 7 % 256));
        }
        return image;
    }
};

/// Always chooses `engine`.
class EnginesDouble final : public Engines {
  public:
    std::shared_ptr<EngineDouble> engine = std::make_shared<EngineDouble>();
    /// Called before the engine is given; may throw.
    std::function<void()> on_load = [] {};

    EngineChoice choose(const EngineRequest&) override {
        on_load();
        return {engine, {NoticeCode::engine_chosen, {{"engine", "double"}, {"why", "as_asked"}}}};
    }
    std::string decide(const EngineRequest&) const override { return "double"; }
};

}  // namespace ditto
