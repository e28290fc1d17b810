#include "cli/presentation.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "app/inputs.h"
#include "app/slides_progress.h"
#include "base/error.h"
#include "hub/digest.h"
#include "media/audio_file.h"
#include "media/image_file.h"
#include "slides/deck.h"
#include "slides/scripts.h"
#include "slides/voices_folder.h"

namespace ditto::cli {
namespace {

/// In the working folder: the slides' pictures.
constexpr const char* deck_folder = "deck";

/// One slide on its way into the video.
struct Part {
    int number = 0;
    std::filesystem::path picture;
    std::filesystem::path audio;
    std::string title;
    std::string script;
    double length_s = SlideRenderer::silent_s;
    std::filesystem::path segment;
};

bool is_picture(const std::filesystem::path& path) {
    std::string ending = path.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".webp";
}

/// The first number in a name, so that slide 10 comes after slide 9.
long number_in(const std::string& name) {
    constexpr std::size_t most_digits = 9;
    const std::size_t from = name.find_first_of("0123456789");
    if (from == std::string::npos) return 0;
    const std::size_t end = name.find_first_not_of("0123456789", from);
    return std::stol(name.substr(from, std::min(end - from, most_digits)));
}

/// The pictures of a folder as a deck.
slides::Deck pictures_in(const std::filesystem::path& folder) {
    std::vector<std::pair<long, std::filesystem::path>> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with('.') && is_picture(entry.path())) {
            found.emplace_back(number_in(name), entry.path());
        }
    }
    if (error) throw Error(ErrorCode::deck_unreadable, {{"path", folder.string()}});
    if (found.empty()) throw Error(ErrorCode::deck_empty);
    std::sort(found.begin(), found.end());
    slides::Deck deck;
    for (const auto& [number, picture] : found) {
        deck.slides.emplace_back().picture = picture;
        deck.slides.back().number = static_cast<int>(deck.slides.size());
    }
    return deck;
}

slides::Deck deck_of(const PresentationRequest& request, const std::filesystem::path& work,
                     const std::stop_token& stop) {
    std::error_code error;
    if (std::filesystem::is_directory(request.slides, error)) return pictures_in(request.slides);
    const std::filesystem::path folder = work / deck_folder;
    std::filesystem::remove_all(folder, error);
    std::filesystem::create_directory(folder, error);
    if (error) throw Error(ErrorCode::folder_unwritable, {{"path", folder.string()}});
    return slides::read_deck(request.slides, folder, stop);
}

/// The slides with their recordings and their scripts.
std::vector<Part> parts_of(const PresentationRequest& request, const slides::Deck& deck) {
    std::map<int, std::string> scripts;
    std::map<int, std::filesystem::path> voices;
    if (!request.scripts.empty()) scripts = slides::read_scripts(request.scripts, deck);
    if (!request.voices.empty()) voices = slides::find_voices(request.voices, deck);
    std::vector<Part> parts;
    for (const slides::DeckSlide& slide : deck.slides) {
        Part part;
        part.number = slide.number;
        part.picture = slide.picture;
        part.title = slide.title;
        part.script = request.scripts.empty() ? slide.notes : scripts[slide.number];
        part.audio = voices[slide.number];
        parts.push_back(std::move(part));
    }
    return parts;
}

void add_to(std::string& list, int number) {
    list += (list.empty() ? "" : ", ") + std::to_string(number);
}

bool blank(const std::string& text) {
    return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

/// Before any work: tells which slides are left without a voice, and refuses where that is no wish.
void check_voices(const PresentationRequest& request, const std::vector<Part>& parts,
                  Progress& progress) {
    std::string silent;
    std::string unspoken;
    bool any = false;
    for (const Part& part : parts) {
        const bool spoken = !request.speech_voice.empty() && !blank(part.script);
        any |= spoken || !part.audio.empty();
        if (spoken || !part.audio.empty()) continue;
        add_to(blank(part.script) ? silent : unspoken, part.number);
    }
    if (!unspoken.empty()) throw Error(ErrorCode::slides_unspoken, {{"slides", unspoken}});
    if (!any) throw Error(ErrorCode::slides_voiceless);
    if (silent.empty()) return;
    progress.notice(
        {NoticeCode::slides_silent,
         {{"slides", silent}, {"seconds", std::to_string(std::lround(SlideRenderer::silent_s))}}});
}

/// A name that stands for all of these.
std::string name_for(std::span<const std::string> texts) {
    hub::Digest digest = hub::Digest::sha256();
    for (const std::string& text : texts) {
        const std::string line = std::to_string(text.size()) + ":" + text;
        digest.update(std::as_bytes(std::span(line)));
    }
    return digest.hex().substr(0, 20);
}

/// Leaves of the folder only what a next run can use.
class CleanUp {
  public:
    explicit CleanUp(std::filesystem::path work) : work_(std::move(work)) {}
    ~CleanUp() {
        std::error_code ignored;
        std::filesystem::remove_all(work_ / deck_folder, ignored);
        std::filesystem::remove(work_, ignored);  // if it is empty
    }
    CleanUp(const CleanUp&) = delete;
    CleanUp& operator=(const CleanUp&) = delete;

  private:
    const std::filesystem::path work_;
};

class Maker {
  public:
    Maker(const PresentationRequest& request, Engines& engines, const speech::Speaker& speaker,
          Progress& progress, const std::stop_token& stop)
        : request_(request),
          engines_(engines),
          speaker_(speaker),
          progress_(progress),
          stop_(stop),
          work_(request.output.parent_path() /
                ("." + request.output.filename().string() + ".slides")) {}

    MadePresentation make() {
        progress_.stage(Stage::prepare, 0);
        std::error_code error;
        std::filesystem::create_directory(work_, error);
        if (error) throw Error(ErrorCode::folder_unwritable, {{"path", work_.string()}});
        const CleanUp clean_up(work_);
        parts_ = parts_of(request_, deck_of(request_, work_, stop_));
        check_voices(request_, parts_, progress_);
        choose_size();
        for (Part& part : parts_)
            hear(part);
        name_segments();
        render();
        std::vector<SlidePart> made;
        for (Part& part : parts_)
            made.push_back({part.segment, part.audio, part.title, part.script});
        result_.video = join_slides(made, request_.output, request_.subtitles, progress_, stop_);
        std::filesystem::remove_all(work_, error);
        result_.slides = static_cast<int>(parts_.size());
        result_.width = look_.width;
        result_.height = look_.height;
        return result_;
    }

  private:
    /// The video's, as large as it fits into what was asked for.
    void choose_size() {
        look_ = request_.look;
        if (!request_.slides_aspect) return;
        media::PhotoLimits limits;
        const Image first = media::load_photo(parts_.front().picture, limits).image;
        const double scale = std::min(static_cast<double>(look_.width) / first.width(),
                                      static_cast<double>(look_.height) / first.height());
        look_.width = std::max(2, static_cast<int>(std::lround(first.width() * scale / 2)) * 2);
        look_.height = std::max(2, static_cast<int>(std::lround(first.height() * scale / 2)) * 2);
    }

    /// Has the script spoken where there is no recording, and measures the voice.
    void hear(Part& part) {
        throw_if_stopped(stop_);
        if (part.audio.empty() && !blank(part.script)) {
            const std::string voice =
                request_.speech_voice == "auto"
                    ? speaker_.voice_for(part.script,
                                         request_.language == Language::english ? "en" : "zh")
                    : request_.speech_voice;
            const std::string name =
                name_for(std::array{part.script, voice, std::to_string(request_.speech_speed)});
            part.audio = work_ / ("voice_" + name + ".wav");
            std::error_code error;
            if (!std::filesystem::exists(part.audio, error)) {
                speaker_.speak(part.script, voice, request_.speech_speed, part.audio, stop_);
            }
        }
        if (part.audio.empty()) return;
        try {
            part.length_s = media::check_voice(part.audio).duration_s + SlideRenderer::pause_s;
        } catch (const Error&) {
            concern(part, part.audio);
            throw;
        }
    }

    /// An error's sentence does not know the slide.
    void concern(const Part& part, const std::filesystem::path& path) {
        progress_.notice({NoticeCode::slide_concerned,
                          {{"slide", std::to_string(part.number)}, {"path", path.string()}}});
    }

    /// After all that decides what a slide looks like.
    void name_segments() {
        const bool hidden = look_.placement.mode == slides::Placement::Mode::hidden;
        std::vector<std::string> same{DITTO_VERSION, slides::to_json(look_.placement),
                                      std::to_string(look_.width), std::to_string(look_.height)};
        for (const ControlSpec& spec : control_specs())
            same.push_back(control_text(look_.controls, spec));
        if (!hidden) {
            same.push_back(
                engines_.decide({look_.engine, look_.checkpoints, look_.controls.threads}));
            media::load_photo(look_.photo);  // or say what is wrong with it
            same.push_back(hub::sha256_of(look_.photo, stop_));
        }
        for (Part& part : parts_) {
            std::vector<std::string> own = same;
            own.push_back(hub::sha256_of(part.picture, stop_));
            own.push_back(part.audio.empty() ? "" : hub::sha256_of(part.audio, stop_));
            part.segment = work_ / ("slide_" + name_for(own) + ".mp4");
        }
    }

    bool is_made(const Part& part) const {
        std::error_code error;
        return std::filesystem::is_regular_file(part.segment, error);
    }

    void render() {
        SlidesProgress whole(progress_, look_.controls.fps);
        std::optional<SlideRenderer> renderer;
        result_.engine = "none";
        double after_s = 0;
        bool all_made = true;
        for (const Part& part : parts_) {
            after_s += part.length_s;
            all_made &= is_made(part);
        }
        if (!all_made) {
            renderer.emplace(engines_, look_, progress_, stop_);
            result_.engine = renderer->engine_name();
        }
        for (const Part& part : parts_) {
            after_s -= part.length_s;
            whole.begin_slide(part.length_s, after_s);
            if (is_made(part)) {
                ++result_.kept;
            } else {
                renderer->render({part.picture, part.audio}, part.segment, {}, whole, stop_);
            }
            whole.end_slide(part.length_s);
        }
    }

    const PresentationRequest& request_;
    Engines& engines_;
    const speech::Speaker& speaker_;
    Progress& progress_;
    const std::stop_token& stop_;
    const std::filesystem::path work_;
    PresentationLook look_;
    std::vector<Part> parts_;
    MadePresentation result_;
};

}  // namespace

MadePresentation make_presentation(const PresentationRequest& request, Engines& engines,
                                   const speech::Speaker& speaker, Progress& progress,
                                   const std::stop_token& stop) {
    const auto began = std::chrono::steady_clock::now();
    check_video_name(request.output,
                     std::array{request.slides, request.scripts, request.look.photo});
    MadePresentation made = Maker(request, engines, speaker, progress, stop).make();
    made.elapsed_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    return made;
}

}  // namespace ditto::cli
