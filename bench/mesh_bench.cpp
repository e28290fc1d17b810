// mesh_bench [SECONDS]: what each stage of the mesh engine costs on this machine, and what the
// whole costs for a voice of that length (default 60), in one run. Times are the medians of several
// rounds; the whole is measured once. The photo is the demo's, laid into a frame of 1920x1080 so
// that its moving region is about 512x512.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "app/generate.h"
#include "app/installed_files.h"
#include "articulation/articulation.h"
#include "base/error.h"
#include "core/audio_clip.h"
#include "engines/mesh/mesh_renderer.h"
#include "engines/mesh/performance.h"
#include "face/photo_verdict.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "media/video_writer.h"

namespace {

using namespace ditto;
using Clock = std::chrono::steady_clock;

constexpr double fps = 25;
constexpr double crop_scale = 2.3;

struct Cost {
    double clock_s = 0;
    double processor_s = 0;  // of all threads
};

double processor_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

Cost cost_of(const std::function<void()>& work) {
    const auto began = Clock::now();
    const double processor_began = processor_seconds();
    work();
    return {std::chrono::duration<double>(Clock::now() - began).count(),
            processor_seconds() - processor_began};
}

Cost median_cost(int rounds, const std::function<void()>& work) {
    std::vector<Cost> costs;
    for (int i = 0; i < rounds; ++i)
        costs.push_back(cost_of(work));
    std::sort(costs.begin(), costs.end(),
              [](const Cost& a, const Cost& b) { return a.processor_s < b.processor_s; });
    return costs[costs.size() / 2];
}

/// The largest memory this process has held so far.
double peak_mb() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

Image full_hd_photo(const Image& portrait) {
    const Image face = resized(portrait, 741, 741);  // moves in 512x512
    Image photo(1920, 1080);
    for (int y = 0; y < photo.height(); ++y)
        std::fill_n(photo.row(y), photo.width() * 3, std::uint8_t{128});
    paste(face, (photo.width() - face.width()) / 2, (photo.height() - face.height()) / 2, photo);
    return photo;
}

std::vector<float> heard(const std::filesystem::path& voice, double duration_s) {
    std::vector<float> samples(static_cast<std::size_t>(duration_s * engine_sample_rate_hz));
    std::size_t filled = 0;
    while (filled < samples.size()) {
        media::AudioFile file(voice);
        std::size_t count = 0;
        while (filled < samples.size() &&
               (count = file.read(std::span(samples).subspan(filled))) > 0)
            filled += count;
    }
    return samples;
}

/// The voice as WAV, 16 bit, 16 kHz, mono.
void write_wav(const std::filesystem::path& path, const std::vector<float>& samples) {
    struct Header {
        char riff[4] = {'R', 'I', 'F', 'F'};
        std::uint32_t rest = 0;
        char wave[8] = {'W', 'A', 'V', 'E', 'f', 'm', 't', ' '};
        std::uint32_t format_bytes = 16;
        std::uint16_t format = 1;
        std::uint16_t channels = 1;
        std::uint32_t rate_hz = engine_sample_rate_hz;
        std::uint32_t bytes_per_s = engine_sample_rate_hz * 2;
        std::uint16_t frame_bytes = 2;
        std::uint16_t bits = 16;
        char data[4] = {'d', 'a', 't', 'a'};
        std::uint32_t bytes = 0;
    } header;
    header.bytes = static_cast<std::uint32_t>(samples.size() * 2);
    header.rest = header.bytes + 36;
    std::vector<std::int16_t> words(samples.size());
    std::transform(samples.begin(), samples.end(), words.begin(), [](float sample) {
        return static_cast<std::int16_t>(std::clamp(sample, -1.F, 1.F) * 32767);
    });
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) throw Error(ErrorCode::output_write, {{"path", path.string()}});
    std::fwrite(&header, sizeof header, 1, file);
    std::fwrite(words.data(), 2, words.size(), file);
    std::fclose(file);
}

void print_row(const std::string& stage, const Cost& cost, double times_done) {
    std::printf("| %-42s | %9.2f | %9.2f | %9.1f |\n", stage.c_str(),
                1e3 * cost.clock_s / times_done, 1e3 * cost.processor_s / times_done,
                times_done / cost.processor_s);
}

/// The stages one by one, each in one thread but for the encoder, which has helpers.
void bench_stages(const std::filesystem::path& photo_path, const std::vector<float>& voice,
                  const std::filesystem::path& folder) {
    std::printf("| %-42s | %9s | %9s | %9s |\n|---|--:|--:|--:|\n", "stage, ms each", "clock",
                "processor", "per s");
    const auto runtime = nn::Runtime::open();
    const auto models = face::FaceModels::load(runtime, find_models_folder());
    const auto network =
        std::make_shared<nn::Session>(runtime, find_models_folder() / "articulation.onnx");

    Image photo;
    const auto load = [&] { photo = media::load_photo(photo_path).image; };
    print_row("read the photo", median_cost(5, load), 1);
    face::PhotoVerdict verdict;
    const auto find = [&] { verdict = face::examine_photo(photo, *models); };
    print_row("find the face", median_cost(5, find), 1);
    std::unique_ptr<mesh::MeshRenderer> renderer;
    const auto build = [&] {
        renderer = std::make_unique<mesh::MeshRenderer>(photo, verdict.mesh.landmarks, crop_scale);
    };
    print_row("build the avatar", median_cost(5, build), 1);

    std::vector<ArticulationFrame> curves;
    const auto listen = [&](Hearing hearing) {
        Articulation articulation(network, fps, hearing);
        curves = articulation.push(voice);
        const auto rest = articulation.finish();
        curves.insert(curves.end(), rest.begin(), rest.end());
    };
    const Cost live = median_cost(3, [&] { listen(Hearing::live); });
    const Cost listening = median_cost(3, [&] { listen(Hearing::recording); });
    const auto frames = static_cast<double>(curves.size());
    print_row("live voice to articulation, a frame", live, frames);
    print_row("recorded voice to articulation, a frame", listening, frames);

    std::vector<mesh::FaceState> faces;
    const auto perform = [&] {
        mesh::Performance performance({renderer->face().mouth.gap, renderer->face().yaw_deg}, {});
        faces.clear();
        const auto take = [&](const std::vector<mesh::FaceState>& more) {
            faces.insert(faces.end(), more.begin(), more.end());
        };
        for (const auto& frame : curves)
            take(performance.push(frame));
        take(performance.finish());
    };
    print_row("articulation to faces, a frame", median_cost(3, perform), frames);

    mesh::MeshRenderer::Scratch scratch;
    std::vector<Image> patches(50);
    const auto draw = [&] {
        for (std::size_t i = 0; i < patches.size(); ++i)
            patches[i] = renderer->render(faces[i + faces.size() / 3], scratch);
    };
    const Rect region = renderer->region();
    const std::string size = std::to_string(region.width) + "x" + std::to_string(region.height);
    print_row("draw a frame of " + size, median_cost(5, draw), static_cast<double>(patches.size()));

    constexpr int encoded = 250;
    const auto encode = [&] {
        media::VideoWriter writer(photo, folder / "encoded.mp4", {fps, std::nullopt});
        for (int i = 0; i < encoded; ++i) {
            const Image& patch = patches[static_cast<std::size_t>(i) % patches.size()];
            writer.write({i, patch, region.x, region.y});
        }
        writer.finish();
    };
    print_row("encode a frame of 1920x1080", cost_of(encode), encoded);
}

void bench_whole(const std::filesystem::path& photo, const std::filesystem::path& voice,
                 const std::filesystem::path& folder) {
    GenerateRequest request;
    request.photo = photo;
    request.audio = voice;
    request.output = folder / "video.mp4";
    request.engine = EngineWish::mesh;
    const auto engines = built_in_engines();
    NoProgress progress;
    GeneratedVideo video;
    const Cost cost = cost_of([&] { video = generate_video(request, *engines, progress, {}); });
    const unsigned cores = std::thread::hardware_concurrency();
    std::printf("whole, %.0f s of voice: %.1f s by the clock on %u cores, %.1f x real time\n",
                video.duration_s, cost.clock_s, cores, video.duration_s / cost.clock_s);
    std::printf("processor time: %.1f s, on %u idle cores at best %.1f x real time\n",
                cost.processor_s, cores, video.duration_s * cores / cost.processor_s);
}

}  // namespace

int main(int argc, char** argv) {
    const double duration_s = argc > 1 ? std::atof(argv[1]) : 60;
    std::string pattern = (std::filesystem::temp_directory_path() / "ditto-bench-XXXXXX").string();
    const std::filesystem::path folder = mkdtemp(pattern.data());
    int status = 0;
    try {
        const auto assets = std::filesystem::path(DITTO_SOURCE_DIR) / "assets";
        const auto photo = folder / "photo.png";
        media::save_png(full_hd_photo(media::load_photo(assets / "presenter.jpg").image), photo);
        const std::vector<float> voice = heard(assets / "demo_voice.wav", duration_s);
        write_wav(folder / "voice.wav", voice);
        // The whole comes first, so that the memory is that of the product alone.
        bench_whole(photo, folder / "voice.wav", folder);
        std::printf("memory at its peak: %.0f MB\n\n", peak_mb());
        bench_stages(photo, heard(assets / "demo_voice.wav", 10), folder);
    } catch (const Error& error) {
        std::fprintf(stderr, "error: %s\n", error.what());
        status = 1;
    }
    std::filesystem::remove_all(folder);
    return status;
}
