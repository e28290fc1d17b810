#include "judge/phones.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>

#include "base/error.h"

namespace ditto::judge {
namespace {

constexpr std::size_t max_phones = 200'000;
constexpr std::size_t max_line = 200;
/// As long as the longest recording.
constexpr double longest_s = 4 * 3600;

/// Open 0..1 and wide -1..1. Consonants not listed hardly show: mouth_of_others.
struct Row {
    std::string_view ipa;
    MouthShape shape;
};
constexpr MouthShape mouth_of_others{.22, .15};
constexpr std::array rows{
    Row{"_", {0, 0}},     Row{"p", {0, 0}},      Row{"b", {0, 0}},      Row{"m", {0, 0}},
    Row{"f", {.05, .1}},  Row{"v", {.05, .1}},   Row{"β", {.1, 0}},     Row{"w", {.15, -1}},
    Row{"ʍ", {.15, -1}},  Row{"ɥ", {.15, -.9}},  Row{"ʃ", {.2, -.5}},   Row{"ʒ", {.2, -.5}},
    Row{"s", {.15, .4}},  Row{"z", {.15, .4}},   Row{"j", {.2, .8}},    Row{"ɹ", {.25, -.35}},
    Row{"l", {.35, .15}}, Row{"h", {.4, .1}},    Row{"i", {.22, 1}},    Row{"ɪ", {.3, .75}},
    Row{"e", {.4, .75}},  Row{"ɛ", {.62, .5}},   Row{"æ", {.85, .45}},  Row{"a", {1, .2}},
    Row{"ɑ", {1, 0}},     Row{"ɐ", {.64, .15}},  Row{"ʌ", {.68, .1}},   Row{"ə", {.38, .15}},
    Row{"ɜ", {.5, .1}},   Row{"ɝ", {.42, -.2}},  Row{"ɔ", {.66, -.65}}, Row{"ɒ", {.85, -.45}},
    Row{"o", {.46, -.9}}, Row{"ʊ", {.33, -.75}}, Row{"u", {.24, -1}},   Row{"ɯ", {.25, .15}},
    Row{"ɤ", {.46, .2}},  Row{"y", {.22, -.85}}, Row{"ʏ", {.3, -.7}},   Row{"ø", {.42, -.7}},
    Row{"œ", {.6, -.55}}, Row{"ɨ", {.26, .5}},
};

template <std::size_t N>
bool one_of(const Phone& phone, const std::array<std::string_view, N>& list) {
    return std::find(list.begin(), list.end(), phone.ipa) != list.end();
}

bool parse_number(std::string_view text, double& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

Phone parse_line(const std::string& line, std::size_t number, const std::string& path) {
    const std::size_t first = line.find('\t');
    const std::size_t second = first == std::string::npos ? first : line.find('\t', first + 1);
    Phone phone;
    const std::string_view text = line;
    const bool good = second != std::string::npos && line.size() <= max_line &&
                      parse_number(text.substr(0, first), phone.start_s) &&
                      parse_number(text.substr(first + 1, second - first - 1), phone.end_s) &&
                      phone.start_s >= 0 && phone.end_s >= phone.start_s &&
                      phone.end_s <= longest_s;
    if (!good) {
        throw Error(ErrorCode::phones_format, {{"path", path}, {"line", std::to_string(number)}});
    }
    phone.ipa = line.substr(second + 1);
    return phone;
}

}  // namespace

std::vector<Phone> load_phones(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw Error(ErrorCode::phones_missing, {{"path", path.string()}});
    std::vector<Phone> phones;
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (number == 1 || line.empty()) continue;
        phones.push_back(parse_line(line, number, path.string()));
        const bool ordered =
            phones.size() < 2 || phones[phones.size() - 2].start_s <= phones.back().start_s;
        if (!ordered || phones.size() > max_phones) {
            throw Error(ErrorCode::phones_format,
                        {{"path", path.string()}, {"line", std::to_string(number)}});
        }
    }
    if (phones.empty()) {
        throw Error(ErrorCode::phones_format, {{"path", path.string()}, {"line", "1"}});
    }
    return phones;
}

bool is_pause(const Phone& phone) {
    return phone.ipa == "_";
}

bool is_bilabial(const Phone& phone) {
    return one_of(phone, std::array<std::string_view, 3>{"p", "b", "m"});
}

bool is_rounded(const Phone& phone) {
    return one_of(phone, std::array<std::string_view, 5>{"u", "o", "w", "ʊ", "y"});
}

bool is_spread(const Phone& phone) {
    return one_of(phone, std::array<std::string_view, 3>{"i", "e", "ɪ"});
}

bool is_open_vowel(const Phone& phone) {
    return one_of(phone, std::array<std::string_view, 5>{"a", "ɑ", "æ", "ɐ", "ʌ"});
}

MouthShape shape_of(const Phone& phone) {
    for (const Row& row : rows) {
        if (row.ipa == phone.ipa) return row.shape;
    }
    return mouth_of_others;
}

}  // namespace ditto::judge
