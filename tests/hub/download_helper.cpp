// hub_download_helper ENDPOINT FOLDER PART_BYTES NAME SHA256|- BYTES: downloads one file. Exit
// status 0: whole; 3: the error on stderr.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "hub/downloader.h"

namespace {

class Quiet final : public ditto::hub::DownloadObserver {
    void waits_for_other() override { std::fputs("waiting for the other\n", stderr); }
    void plan(const ditto::hub::DownloadPlan&) override {}
    void progress(const ditto::hub::DownloadProgress&) override {}
    void retries(const std::string& name, const std::string& problem,
                 std::chrono::milliseconds) override {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), problem.c_str());
    }
    void finished(const std::string&, ditto::hub::CheckedAgainst) override {}
    void failed(const std::string& name, const ditto::Error& error) override {
        std::fprintf(stderr, "%s: %s\n", name.c_str(), error.what());
    }
};

}  // namespace

int main(int count, char** words) {
    if (count != 7) return 2;
    ditto::checkpoints::ModelFile file;
    file.name = words[4];
    file.source = "huggingface:owner/name@rev";
    if (std::string(words[5]) != "-") file.sha256 = words[5];
    file.bytes = std::atoll(words[6]);
    ditto::hub::DownloadOptions options;
    options.hub.endpoint = words[1];
    options.folder = words[2];
    options.part_bytes = std::atoll(words[3]);
    options.first_wait = std::chrono::milliseconds(20);
    Quiet quiet;
    try {
        return ditto::hub::download({&file, 1}, options, quiet, {}).failed.empty() ? 0 : 3;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 3;
    }
}
