// The whole mesh engine: a photo becomes an avatar, a voice becomes its frames.
#include "base/pipeline.h"

#include <thread>

#include "articulation/articulation.h"
#include "base/error.h"
#include "core/audio_clip.h"
#include "engines/mesh/mesh_engine.h"
#include "engines/mesh/mesh_renderer.h"
#include "engines/mesh/performance.h"
#include "face/photo_verdict.h"

namespace ditto::mesh {
namespace {

class MeshAvatar final : public Avatar {
  public:
    MeshAvatar(const Image& photo, const PhotoLandmarks& landmarks, double crop_scale)
        : photo_(photo), renderer_(photo_, landmarks, crop_scale) {}

    const Image& photo() const override { return photo_; }
    Rect moving_region() const override { return renderer_.region(); }
    Rect face_box() const override {
        return box_around(renderer_.face().landmarks.points, photo_.bounds());
    }
    std::size_t memory_bytes() const override {
        // Of the renderer its texture, four pixels of four bytes for each of the region's, and the
        // region at rest; grids and the mouth's inside are small.
        const auto area = static_cast<std::size_t>(renderer_.region().width) *
                          static_cast<std::size_t>(renderer_.region().height);
        return photo_.bytes() + area * (16 + 3);
    }
    const MeshRenderer& renderer() const { return renderer_; }

  private:
    Image photo_;
    MeshRenderer renderer_;
};

constexpr std::size_t voice_chunk = engine_sample_rate_hz / 5;  // samples
constexpr std::size_t queue_length = 6;                         // per drawing thread

/// Reads the voice, listens, and plans the faces; gives them to `accept` in order.
template <class Accept>
void plan_faces(AudioSource& voice, const std::shared_ptr<const nn::Session>& network, double fps,
                Performance performance, const Accept& accept) {
    const bool live = voice.is_live();
    Articulation articulation(network, fps, live ? Hearing::live : Hearing::recording);
    std::vector<float> samples(voice_chunk);
    const auto perform = [&](const std::vector<ArticulationFrame>& heard) {
        for (const ArticulationFrame& frame : heard) {
            for (const FaceState& face : performance.push(frame)) {
                if (!accept(face)) return false;
            }
        }
        return true;
    };
    if (!live) {
        std::vector<float> beginning(Articulation::introduction);
        beginning.resize(voice.read(beginning));
        articulation.listen(beginning);
        if (!perform(articulation.push(beginning))) return;
    }
    while (const std::size_t count = voice.read(samples)) {
        if (!perform(articulation.push(std::span(samples).first(count)))) return;
    }
    if (!perform(articulation.finish())) return;
    for (const FaceState& face : performance.finish()) {
        if (!accept(face)) return;
    }
}

}  // namespace

MeshEngine::MeshEngine(std::shared_ptr<const nn::Runtime> runtime,
                       const std::filesystem::path& models, int threads)
    : face_models_(face::FaceModels::load(runtime, models)),
      articulation_model_(std::make_shared<nn::Session>(runtime, models / "articulation.onnx")),
      threads_(threads > 0 ? threads
                           : std::max(1, static_cast<int>(std::thread::hardware_concurrency()))) {}

std::shared_ptr<const Avatar> MeshEngine::register_photo(const Image& photo,
                                                         const Controls& controls,
                                                         Progress& progress,
                                                         std::stop_token stop) const {
    progress.stage(Stage::find_face, 0);
    const face::PhotoVerdict verdict = face::examine_photo(photo, *face_models_);
    for (const Notice& notice : verdict.notices)
        progress.notice(notice);
    if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
    progress.stage(Stage::register_avatar, 0);
    return std::make_shared<MeshAvatar>(photo, verdict.mesh.landmarks, controls.crop_scale);
}

std::int64_t MeshEngine::animate(const Avatar& avatar, const Controls& controls, AudioSource& voice,
                                 FrameSink& frames, Progress& progress,
                                 std::stop_token stop) const {
    const auto* own = dynamic_cast<const MeshAvatar*>(&avatar);
    if (own == nullptr) throw Error(ErrorCode::internal, {}, "an avatar of another engine");
    const MeshRenderer& renderer = own->renderer();
    const PerformanceSubject subject{renderer.face().mouth.gap, renderer.face().yaw_deg};

    Pipeline pipeline(stop);
    // Frame i is drawn by thread i modulo their number, so that their order is known.
    const auto drawers = static_cast<std::size_t>(threads_);
    std::vector<BoundedQueue<FaceState>*> faces;
    std::vector<BoundedQueue<Image>*> drawn;
    for (std::size_t i = 0; i < drawers; ++i) {
        faces.push_back(&pipeline.queue<FaceState>(queue_length));
        drawn.push_back(&pipeline.queue<Image>(2));
    }
    std::int64_t written = 0;

    pipeline.stage([&] {  // voice → faces
        std::size_t planned = 0;
        plan_faces(voice, articulation_model_, controls.fps, Performance(subject, controls),
                   [&](const FaceState& face) { return faces[planned++ % drawers]->push(face); });
        for (auto* queue : faces)
            queue->close();
    });
    for (std::size_t i = 0; i < drawers; ++i) {
        pipeline.stage([&, i] {  // faces → pictures
            MeshRenderer::Scratch scratch;
            while (const auto face = faces[i]->pop()) {
                if (!drawn[i]->push(renderer.render(*face, scratch))) return;
            }
            drawn[i]->close();
        });
    }
    pipeline.stage([&] {  // pictures → frames, in order
        const Rect region = renderer.region();
        while (auto picture = drawn[static_cast<std::size_t>(written) % drawers]->pop()) {
            frames.write({written, std::move(*picture), region.x, region.y});
            progress.advance(++written);
        }
    });
    pipeline.run();
    return written;
}

}  // namespace ditto::mesh
