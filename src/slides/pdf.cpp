#include "slides/pdf.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cmath>
#include <exception>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "base/error.h"
#include "programs/program.h"
#include "slides/subtitles.h"
#include "slides/text.h"

namespace ditto::slides {
namespace {

constexpr int smallest_side = 16;
/// Pages end with a form feed.
constexpr std::string_view blanks = " \t\r\n\f\v";
constexpr std::size_t longest_title = 100;

/// The value of "<name>   : <value>" or nothing.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(":")) return {};
    return trimmed(line.substr(name.size() + 1), blanks);
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return {};
    return number;
}

/// Of "Page    3 size: 612 x 792 pts" and "Page    3 rot:  90": 3, "size", and the words behind.
struct PageLine {
    int page = 0;
    std::string what;
    std::vector<double> numbers;
};

std::optional<PageLine> read_page_line(std::string_view line) {
    if (!line.starts_with("Page ")) return {};
    std::istringstream words{std::string(line.substr(5))};
    words.imbue(std::locale::classic());
    PageLine result;
    if (!(words >> result.page >> result.what)) return {};
    std::string word;
    while (words >> word) {
        if (const auto number = number_of<double>(word)) result.numbers.push_back(*number);
    }
    return result;
}

programs::Program poppler(std::string name, const std::filesystem::path& work,
                          std::vector<std::string> arguments) {
    return {.name = std::move(name),
            .arguments = std::move(arguments),
            .folder = work,
            .output_bytes = std::size_t{4} << 20U};
}

/// Throws Error{deck_corrupt | deck_encrypted | deck_empty} where poppler cannot read the file.
std::string output_of(const programs::Program& program, const std::stop_token& stop) {
    programs::Outcome outcome = programs::run(program, stop);
    if (outcome.status == 0) return std::move(outcome.output);
    const auto says = [&](std::string_view words) {
        return outcome.complaint.find(words) != std::string::npos;
    };
    throw Error(says("Incorrect password")       ? ErrorCode::deck_encrypted
                : says("Wrong page range given") ? ErrorCode::deck_empty
                                                 : ErrorCode::deck_corrupt,
                {}, outcome.complaint.substr(0, 500));
}

/// The page's size in pixels: the largest that fits, and nothing that no picture can have.
std::pair<int, int> fit(const PdfPage& page, const DeckLimits& limits) {
    const double scale = std::min(limits.width / page.width, limits.height / page.height);
    if (!std::isfinite(scale) || scale <= 0) throw Error(ErrorCode::deck_corrupt, {}, "page size");
    const auto side = [&](double points, int most) {
        return std::clamp(static_cast<int>(std::lround(points * scale)), smallest_side, most);
    };
    return {side(page.width, limits.width), side(page.height, limits.height)};
}

class Pages {
  public:
    Pages(const std::filesystem::path& work, const std::string& name, const DeckLimits& limits)
        : work_(work), name_(name), limits_(limits) {}

    DeckSlide draw(int number, const PdfPage& page, const std::stop_token& stop) const {
        const auto [width, height] = fit(page, limits_);
        const std::string n = std::to_string(number);
        const std::string picture = "slide_" + n;
        output_of(
            poppler("pdftocairo", work_,
                    {"-png", "-cropbox", "-singlefile", "-f", n, "-l", n, "-scale-to-x",
                     std::to_string(width), "-scale-to-y", std::to_string(height), name_, picture}),
            stop);
        const std::filesystem::path path = work_ / (picture + ".png");
        std::error_code missing;
        if (std::filesystem::file_size(path, missing) == 0 || missing) {
            throw Error(ErrorCode::deck_corrupt, {}, "page " + n);
        }
        const std::string text =
            output_of(poppler("pdftotext", work_,
                              {"-enc", "UTF-8", "-cropbox", "-f", n, "-l", n, name_, "-"}),
                      stop);
        return {number, path, first_line(text), {}, width, height};
    }

  private:
    const std::filesystem::path& work_;
    const std::string& name_;
    const DeckLimits& limits_;
};

/// Calls action(0) to action(count - 1) in a few threads. The first error ends all.
template <typename Action>
void for_each_at_once(std::size_t count, const std::stop_token& stop, const Action& action) {
    std::atomic<std::size_t> next = 0;
    std::stop_source all;
    const std::stop_callback pass_on(stop, [&] { all.request_stop(); });
    std::atomic_flag failed;
    std::exception_ptr error;
    const auto work = [&] {
        try {
            for (std::size_t i = next++; i < count; i = next++)
                action(i, all.get_token());
        } catch (...) {
            if (!failed.test_and_set()) error = std::current_exception();
            all.request_stop();
        }
    };
    {
        std::vector<std::jthread> threads;
        const std::size_t cores = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
        for (std::size_t i = 0; i < std::min(cores, count); ++i)
            threads.emplace_back(work);
    }
    if (error) std::rethrow_exception(error);
}

}  // namespace

PdfFacts read_pdfinfo(std::string_view output) {
    PdfFacts facts;
    std::istringstream lines{std::string(output)};
    for (std::string line; std::getline(lines, line);) {
        // A title may hold line breaks: what poppler itself says comes after it and counts.
        if (const auto title = value_of(line, "Title"); title && facts.title.empty()) {
            if (is_text(*title)) facts.title = title->substr(0, 300);
        } else if (const auto count = value_of(line, "Pages")) {
            facts.page_count = number_of<int>(*count).value_or(0);
        } else if (const auto page = read_page_line(line)) {
            const auto index = static_cast<std::size_t>(page->page - 1);
            if (page->what == "size:" && page->numbers.size() >= 2 &&
                (page->page == 1 || index == facts.pages.size())) {
                facts.pages.resize(index);
                facts.pages.push_back({page->numbers[0], page->numbers[1]});
            } else if (page->what == "rot:" && index + 1 == facts.pages.size() &&
                       page->numbers.size() == 1 && std::fmod(page->numbers[0], 180) != 0) {
                std::swap(facts.pages[index].width, facts.pages[index].height);
            }
        }
    }
    return facts;
}

std::string first_line(std::string_view text) {
    std::istringstream lines{std::string(text)};
    for (std::string line; std::getline(lines, line);) {
        std::string_view title = trimmed(line, blanks);
        const bool says_something = std::any_of(title.begin(), title.end(), [](unsigned char c) {
            return std::isalpha(c) != 0 || c >= 0x80;
        });
        if (!says_something || !is_text(title)) continue;
        if (title.size() > longest_title) {
            // Not in the middle of a character.
            std::size_t end = longest_title;
            while ((static_cast<unsigned char>(title[end]) & 0xC0U) == 0x80U)
                --end;
            title = title.substr(0, end);
        }
        return std::string(title);
    }
    return {};
}

Deck read_pdf(const std::filesystem::path& work, const std::string& name,
              const std::stop_token& stop, const DeckLimits& limits) {
    PdfFacts facts = read_pdfinfo(output_of(
        poppler("pdfinfo", work,
                {"-enc", "UTF-8", "-f", "1", "-l", std::to_string(limits.max_slides), name}),
        stop));
    if (facts.page_count > limits.max_slides) {
        throw Error(ErrorCode::deck_too_many, {{"count", std::to_string(facts.page_count)},
                                               {"limit", std::to_string(limits.max_slides)}});
    }
    if (facts.page_count < 1) throw Error(ErrorCode::deck_empty);
    if (std::cmp_not_equal(facts.pages.size(), facts.page_count)) {
        throw Error(ErrorCode::deck_corrupt, {}, "page list");
    }
    Deck deck{std::move(facts.title), std::vector<DeckSlide>(facts.pages.size())};
    const Pages pages(work, name, limits);
    for_each_at_once(facts.pages.size(), stop, [&](std::size_t i, const std::stop_token& each) {
        deck.slides[i] = pages.draw(static_cast<int>(i) + 1, facts.pages[i], each);
    });
    return deck;
}

}  // namespace ditto::slides
