// download_bench [MIB [ROUNDS]]: fetches one file of that size (default 1024) from the tests' hub
// on the loopback interface, by turns with curl and with the downloader, which hashes it as well.
// Prints the medians; exit status 0 where ours is at least 70 % of curl's.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

#include "hub/downloader.h"
#include "test_hub.h"

namespace {

using Clock = std::chrono::steady_clock;

class Silent final : public ditto::hub::DownloadObserver {
    void waits_for_other() override {}
    void plan(const ditto::hub::DownloadPlan&) override {}
    void progress(const ditto::hub::DownloadProgress&) override {}
    void retries(const std::string&, const std::string&, std::chrono::milliseconds) override {}
    void finished(const std::string&, ditto::hub::CheckedAgainst) override {}
    void failed(const std::string&, const ditto::Error& error) override {
        std::fprintf(stderr, "%s\n", error.what());
    }
};

std::string random_bytes(std::size_t size) {
    std::mt19937_64 random(1);
    std::string text(size, '\0');
    for (std::size_t i = 0; i + 8 <= size; i += 8) {
        const std::uint64_t word = random();
        for (std::size_t j = 0; j < 8; ++j)
            text[i + j] = static_cast<char>(word >> (8 * j));
    }
    return text;
}

/// Processor time of this process, the server included, and of its children.
double processor_seconds() {
    double sum = 0;
    for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage used{};
        getrusage(who, &used);
        for (const timeval& time : {used.ru_utime, used.ru_stime}) {
            sum += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
        }
    }
    return sum;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int count, char** words) {
    const double mebibytes = count > 1 ? std::atof(words[1]) : 1024;
    const int rounds = count > 2 ? std::atoi(words[2]) : 3;
    // In memory where possible: ours waits until the disk has everything, curl does not.
    const std::filesystem::path memory = "/dev/shm";
    const auto folder =
        (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
        ("ditto_download_bench_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);

    ditto::hub::testing::TestHub hub;
    hub.put("a.bin", random_bytes(static_cast<std::size_t>(mebibytes) << 20));
    ditto::checkpoints::ModelFile file;
    file.name = "a.bin";
    file.source = "huggingface:owner/name@rev";
    ditto::hub::DownloadOptions options;
    options.hub.endpoint = hub.endpoint();
    options.folder = folder / "ours";
    const std::string curl = "curl -sSfL -o '" + (folder / "curl.bin").string() + "' " +
                             ditto::hub::url_of(file, options.hub);
    Silent silent;
    std::vector<double> curls;
    std::vector<double> ours;
    for (int i = 0; i < rounds; ++i) {
        std::filesystem::remove(folder / "curl.bin");
        auto begin = Clock::now();
        double processor = processor_seconds();
        if (std::system(curl.c_str()) != 0) return 2;
        curls.push_back(mebibytes / std::chrono::duration<double>(Clock::now() - begin).count());

        const double curl_processor = processor_seconds() - processor;
        std::filesystem::remove_all(options.folder);
        processor = processor_seconds();
        begin = Clock::now();
        if (!ditto::hub::download({&file, 1}, options, silent, {}).failed.empty()) return 2;
        ours.push_back(mebibytes / std::chrono::duration<double>(Clock::now() - begin).count());
        std::printf(
            "round %d: curl %.0f MiB/s (%.2f s of processor time with the server), "
            "ours %.0f MiB/s (%.2f s)\n",
            i + 1, curls.back(), curl_processor, ours.back(), processor_seconds() - processor);
    }
    std::filesystem::remove_all(folder);
    const double share = median(ours) / median(curls);
    std::printf("{\"curl_mib_s\":%.0f,\"ours_mib_s\":%.0f,\"share\":%.2f}\n", median(curls),
                median(ours), share);
    return share >= 0.7 ? 0 : 1;
}
