#include "speech/speaker.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fstream>
#include <locale>
#include <semaphore>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "programs/program.h"
#include "programs/work_folder.h"

namespace ditto::speech {
namespace {

constexpr const char* espeak = "espeak-ng";
constexpr const char* output_name = "speech.wav";
/// espeak-ng's measure of speed. Its Chinese takes a third longer than people do at the same.
constexpr double words_per_minute = 165;
constexpr double chinese_words_per_minute = 230;
/// A recording with less in it holds no speech, only the head of a WAV file.
constexpr std::uintmax_t least_bytes = 1000;
constexpr std::chrono::minutes time_limit{10};

/// One of the two programs that may run at once.
class Turn {
  public:
    explicit Turn(const std::stop_token& stop) {
        while (!turns.try_acquire_for(std::chrono::milliseconds(100))) {
            if (stop.stop_requested()) throw Error(ErrorCode::cancelled);
        }
    }
    ~Turn() { turns.release(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    inline static std::counting_semaphore<2> turns{2};
};

/// Code points of UTF-8; what is not well formed counts byte by byte.
std::vector<char32_t> characters(std::string_view text) {
    std::vector<char32_t> result;
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i]);
        const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
        char32_t value = size == 1 ? first : first & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size && i + k < text.size(); ++k)
            value = (value << 6U) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        result.push_back(value);
        i += size;
    }
    return result;
}

bool is_spoken(char32_t c) {
    const bool latin = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    // Letters beyond ASCII, without general punctuation, symbols and the punctuation of Chinese.
    return latin || (c >= 0xC0 && c < 0x2000) || (c > 0x3030 && c < 0xFE00) ||
           (c >= 0xFF10 && c < 0xFFE0) || c >= 0x20000;
}

/// "zh", "ja", "ko" by the characters; "" where they do not tell.
std::string_view language_of(std::string_view text) {
    bool han = false;
    for (const char32_t c : characters(text)) {
        if (c >= 0x3041 && c <= 0x30FF) return "ja";
        if (c >= 0xAC00 && c <= 0xD7AF) return "ko";
        han = han || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF);
    }
    return han ? "zh" : "";
}

std::string with_blanks(std::string text) {
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

/// As web pages name languages; espeak-ng has the three-letter code of Mandarin.
std::string language_tag(const std::string& language) {
    if (language == "cmn") return "zh";
    const std::size_t dash = language.find('-');
    std::string tag = language;
    // A region is written in capitals.
    if (dash != std::string::npos && tag.size() == dash + 3) {
        for (std::size_t i = dash + 1; i < tag.size(); ++i)
            tag[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(tag[i])));
    }
    return tag;
}

/// espeak-ng's own name where it reads badly.
std::string voice_name(const std::string& id, const std::string& name) {
    if (id == "cmn") return "中文(國語) Mandarin";
    if (id == "yue") return "中文(粵語) Cantonese";
    return with_blanks(name);
}

std::string number_text(double value) {
    std::ostringstream text;
    text.imbue(std::locale::classic());
    text << value;
    return text.str();
}

/// espeak-ng takes [[...]] for phonemes.
std::string without_phonemes(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '[' && !result.empty() && result.back() == '[') result += ' ';
        result += c;
    }
    return result;
}

void check_text(std::string_view text) {
    const std::vector<char32_t> all = characters(text);
    if (all.size() > Speaker::longest_text) {
        throw Error(ErrorCode::speech_too_long, {{"count", std::to_string(all.size())},
                                                 {"limit", std::to_string(Speaker::longest_text)}});
    }
    if (std::none_of(all.begin(), all.end(), is_spoken)) throw Error(ErrorCode::speech_empty);
}

}  // namespace

std::vector<Voice> parse_espeak_voices(std::string_view listing) {
    std::vector<Voice> voices;
    std::set<std::string> known;
    std::istringstream lines{std::string(listing)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string priority;
        std::string id;
        std::string gender;
        std::string name;
        std::string file;
        if (!(words >> priority >> id >> gender >> name >> file)) continue;
        const bool listed = priority.find_first_not_of("0123456789") == std::string::npos;
        if (!listed || file.starts_with("mb/") || !known.insert(id).second) continue;
        const std::string language = language_tag(id);
        const std::string shown = voice_name(id, name);
        voices.push_back({id, shown, language});
        if (id == "cmn" || language.starts_with("en")) {
            voices.push_back(
                {id + "+f3", shown + (id == "cmn" ? " (女聲)" : " (female)"), language});
        }
    }
    return voices;
}

std::optional<Error> Speaker::why_not() const {
    const std::string name = program_ ? program_->command.front() : espeak;
    if (programs::find_program(name)) return {};
    if (program_) {
        return Error(ErrorCode::option_value, {{"option", "--speech"},
                                               {"value", name},
                                               {"expected", R"("command": ["/path/program"])"}});
    }
    return Error(ErrorCode::program_missing,
                 {{"program", name}, {"command", programs::install_command(name)}});
}

std::vector<Voice> Speaker::voices() const {
    if (why_not()) return {};
    if (program_) return program_->voices;
    const std::lock_guard lock(mutex_);
    if (voices_.empty()) {
        const programs::WorkFolder work(std::filesystem::temp_directory_path());
        voices_ = parse_espeak_voices(
            programs::run_well({.name = espeak, .arguments = {"--voices"}, .folder = work.path()},
                               {})
                .output);
    }
    return voices_;
}

std::string Speaker::voice_for(std::string_view text, std::string_view language) const {
    const std::vector<Voice> all = voices();
    const auto first_of = [&](std::string_view wanted) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const Voice& voice) {
            return !wanted.empty() && voice.language.starts_with(wanted);
        });
        return found == all.end() ? std::string() : found->id;
    };
    for (const std::string_view wanted : {language_of(text), language.substr(0, 2)}) {
        if (std::string id = first_of(wanted); !id.empty()) return id;
    }
    return all.empty() ? std::string() : all.front().id;
}

std::vector<std::string> Speaker::command(const Voice& voice, double speed) const {
    if (!program_) {
        const bool chinese = voice.language == "zh" || voice.language == "yue";
        const double pace = (chinese ? chinese_words_per_minute : words_per_minute) * speed;
        return {espeak, "-v", voice.id, "-s",        std::to_string(std::lround(pace)),
                "-b",   "1",  "-w",     output_name, "--stdin"};
    }
    const std::array<std::pair<std::string_view, std::string>, 5> values{
        {{"{voice}", voice.id},
         {"{language}", voice.language},
         {"{speed}", number_text(speed)},
         {"{slowness}", number_text(1 / speed)},
         {"{output}", output_name}}};
    std::vector<std::string> words = program_->command;
    for (std::string& word : words) {
        for (const auto& [mark, value] : values) {
            for (std::size_t at = word.find(mark); at != std::string::npos;
                 at = word.find(mark, at + value.size()))
                word.replace(at, mark.size(), value);
        }
    }
    return words;
}

void Speaker::speak(std::string_view text, const std::string& voice, double speed,
                    const std::filesystem::path& recording, const std::stop_token& stop) const {
    check_text(text);
    if (const auto problem = why_not()) throw Error(*problem);
    const std::vector<Voice> all = voices();
    const auto chosen =
        std::find_if(all.begin(), all.end(), [&](const Voice& one) { return one.id == voice; });
    if (chosen == all.end()) throw Error(ErrorCode::voice_unknown, {{"voice", voice}});

    const programs::WorkFolder work(std::filesystem::absolute(recording).parent_path());
    std::vector<std::string> words = command(*chosen, std::clamp(speed, slowest, fastest));
    programs::Program program{.name = words.front(),
                              .arguments = {words.begin() + 1, words.end()},
                              .folder = work.path(),
                              .input = program_ ? std::string(text) : without_phonemes(text),
                              .time_limit = time_limit};
    if (program_) {
        // The operator's own: it may read its models, use a network, and much memory.
        program.confined = false;
        program.memory_bytes = std::int64_t{1} << 40;
    }
    {
        const Turn turn(stop);
        programs::run_well(program, stop);
    }
    const std::filesystem::path spoken = work.path() / output_name;
    std::error_code error;
    const auto bytes = std::filesystem::file_size(spoken, error);
    if (error || bytes < least_bytes) throw Error(ErrorCode::speech_empty, {}, words.front());
    std::filesystem::rename(spoken, recording, error);
    if (error) {
        throw Error(ErrorCode::folder_unwritable, {{"path", recording.string()}}, error.message());
    }
}

}  // namespace ditto::speech
