#include "server/metrics.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

#include "server/data_folder.h"

namespace ditto::server {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> meanings{{
    {"ditto_http_requests_total", "Requests that were answered"},
    {"ditto_http_request_seconds", "From the head of a request to the last byte of its response"},
    {"ditto_http_sent_bytes_total", "Bytes sent to clients"},
    {"ditto_jobs", "Jobs in the store by state"},
    {"ditto_jobs_ended_total", "Attempts that ended, by engine and how"},
    {"ditto_job_seconds", "Seconds that finished jobs took"},
    {"ditto_stage_seconds", "Seconds spent in each stage"},
    {"ditto_frames_total", "Frames made"},
    {"ditto_frames_per_second", "Frames a second of the last finished job"},
    {"ditto_disk_free_bytes", "Free for the data folder"},
    {"ditto_log_lines_dropped", "Lines that the log's reader was too slow for"},
    {"ditto_webhooks_total", "Attempts to deliver webhooks by outcome"},
    {"ditto_ready", "1 while new work is taken"},
    {"process_resident_memory_bytes", "Resident memory"},
    {"process_cpu_seconds_total", "Processor time"},
    {"process_open_fds", "Open files and connections"},
    {"process_start_time_seconds", "Start of the process, seconds since 1970"},
}};

std::string number(double value) {
    std::array<char, 40> text{};
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    static_cast<void>(error);
    return {text.data(), end};
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n') {
            result += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') result += '\\';
        result += c;
    }
    return result;
}

std::string label_text(const Labels& labels) {
    std::string text;
    for (const auto& [name, value] : labels)
        text.append(text.empty() ? "" : ",").append(name).append("=\"" + escaped(value) + "\"");
    return text;
}

void add_head(std::string& text, std::string_view name, std::string_view type) {
    const auto meaning = std::find_if(meanings.begin(), meanings.end(),
                                      [&](const auto& entry) { return entry.first == name; });
    if (meaning != meanings.end()) {
        text.append("# HELP ").append(name).append(" ").append(meaning->second).append("\n");
    }
    text.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void add_sample(std::string& text, std::string_view name, std::string_view labels, double value) {
    text.append(name);
    if (!labels.empty()) text.append("{").append(labels).append("}");
    text.append(" ").append(number(value)).append("\n");
}

std::string joined(std::string_view labels, std::string_view more) {
    return std::string(labels) + (labels.empty() ? "" : ",") + std::string(more);
}

/// The second number of /proc/self/statm: resident pages.
double resident_bytes() {
    std::ifstream in("/proc/self/statm");
    double total = 0;
    double resident = 0;
    in >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

template <typename Value>
Value& Metrics::at(Family<Value>& family, std::string_view name, const Labels& labels) {
    Series<Value>& series = family[std::string(name)];
    const std::string text = label_text(labels);
    const auto found = series.find(text);
    if (found != series.end()) return found->second;
    if (series.size() < most_series) return series[text];
    Labels other = labels;
    for (auto& [label, value] : other)
        value = "other";
    return series[label_text(other)];
}

void Metrics::add(std::string_view counter, const Labels& labels, double amount) {
    const std::lock_guard lock(mutex_);
    at(counters_, counter, labels) += amount;
}

void Metrics::set(std::string_view gauge, const Labels& labels, double value) {
    const std::lock_guard lock(mutex_);
    at(gauges_, gauge, labels) = value;
}

void Metrics::observe(std::string_view histogram, const Labels& labels, double seconds) {
    const std::lock_guard lock(mutex_);
    Histogram& found = at(histograms_, histogram, labels);
    ++found.count;
    found.sum += seconds;
    for (std::size_t i = 0; i < bounds.size(); ++i) {
        if (seconds <= bounds[i]) ++found.counts[i];
    }
}

void Metrics::set_process() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    std::error_code ignored;
    const auto files = std::filesystem::directory_iterator("/proc/self/fd", ignored);
    const auto open_files = std::distance(begin(files), end(files));
    set("process_resident_memory_bytes", {}, resident_bytes());
    set("process_open_fds", {}, static_cast<double>(open_files));
    const std::lock_guard lock(mutex_);
    at(counters_, "process_cpu_seconds_total", {}) =
        seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string Metrics::text() {
    set_process();
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& [family, type] :
         {std::pair(&counters_, "counter"), std::pair(&gauges_, "gauge")}) {
        for (const auto& [name, series] : *family) {
            add_head(text, name, type);
            for (const auto& [labels, value] : series)
                add_sample(text, name, labels, value);
        }
    }
    for (const auto& [name, series] : histograms_) {
        add_head(text, name, "histogram");
        for (const auto& [labels, histogram] : series) {
            for (std::size_t i = 0; i < bounds.size(); ++i) {
                add_sample(text, name + "_bucket",
                           joined(labels, "le=\"" + number(bounds[i]) + "\""),
                           static_cast<double>(histogram.counts[i]));
            }
            const auto count = static_cast<double>(histogram.count);
            add_sample(text, name + "_bucket", joined(labels, "le=\"+Inf\""), count);
            add_sample(text, name + "_sum", labels, histogram.sum);
            add_sample(text, name + "_count", labels, count);
        }
    }
    return text;
}

std::string route_label(std::string_view path) {
    for (const std::string_view folder : {"/uploads/", "/outputs/", "/assets/", "/docs/"}) {
        if (path.starts_with(folder)) return std::string(folder) + "{file}";
    }
    std::string label;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        const bool digits =
            !segment.empty() && std::all_of(segment.begin(), segment.end(),
                                            [](char c) { return c >= '0' && c <= '9'; });
        label.append("/").append(is_id(segment) ? "{id}" : digits ? "{n}" : segment);
    }
    return label;
}

}  // namespace ditto::server
