#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "hub/digest.h"
#include "hub/downloader.h"
#include "test_hub.h"

namespace ditto::hub::testing {

inline std::string random_bytes(std::size_t size, unsigned seed = 1) {
    std::mt19937_64 random(seed);
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; i += 8) {
        const std::uint64_t word = random();
        for (std::size_t j = 0; j < 8 && i + j < size; ++j) {
            text[i + j] = static_cast<char>(word >> (8 * j));
        }
    }
    return text;
}

inline std::string sha256_of_text(const std::string& text) {
    Digest digest = Digest::sha256();
    digest.update(std::as_bytes(std::span(text)));
    return digest.hex();
}

inline std::string read_all(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Recorder final : DownloadObserver {
    void waits_for_other() override { ++waited; }
    void plan(const DownloadPlan& made) override { planned = made; }
    void progress(const DownloadProgress& now) override { last = now; }
    void retries(const std::string&, const std::string& problem,
                 std::chrono::milliseconds wait) override {
        problems.push_back(problem);
        waits.push_back(wait);
    }
    void finished(const std::string&, CheckedAgainst how) override { checked.push_back(how); }
    void failed(const std::string&, const Error& error) override { errors.push_back(error); }

    int waited = 0;
    DownloadPlan planned;
    DownloadProgress last;
    std::vector<std::string> problems;
    std::vector<std::chrono::milliseconds> waits;
    std::vector<CheckedAgainst> checked;
    std::vector<Error> errors;
};

class DownloadTest : public ::testing::Test {
  protected:
    DownloadTest() {
        folder = std::filesystem::temp_directory_path() /
                 ("ditto_hub_test_" + std::to_string(getpid()) + "_" +
                  ::testing::UnitTest::GetInstance()->current_test_info()->name());
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        options.folder = folder;
        options.hub.endpoint = hub.endpoint();
        options.part_bytes = 1 << 20;
        options.first_wait = std::chrono::milliseconds(10);
        options.longest_wait = std::chrono::milliseconds(50);
    }
    ~DownloadTest() override { std::filesystem::remove_all(folder); }

    /// An entry as the manifest has it; with the hash where `known`.
    static checkpoints::ModelFile entry(const std::string& name, const std::string& content,
                                        bool known) {
        checkpoints::ModelFile file;
        file.name = name;
        file.source = "huggingface:owner/name@rev";
        if (known) {
            file.sha256 = sha256_of_text(content);
            file.bytes = static_cast<std::int64_t>(content.size());
        }
        return file;
    }

    DownloadResult get(const std::vector<checkpoints::ModelFile>& files) {
        recorder = Recorder();
        return download(files, options, recorder, {});
    }

    /// Nothing but whole files and what belongs to them.
    void expect_clean(const std::string& name) const {
        EXPECT_FALSE(std::filesystem::exists(folder / (name + ".part")));
        EXPECT_FALSE(std::filesystem::exists(folder / (name + ".part.json")));
    }

    std::filesystem::path folder;
    TestHub hub;
    DownloadOptions options;
    Recorder recorder;
};

}  // namespace ditto::hub::testing
