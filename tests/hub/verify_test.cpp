// Whole, wrong, missing, cut, foreign: what lies in the folder is told apart.
#include <gmock/gmock.h>

#include "download_fixture.h"
#include "hub/import.h"
#include "hub/verifier.h"

namespace ditto::hub::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class VerifyTest : public DownloadTest {
  protected:
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((folder / name).parent_path());
        std::ofstream(folder / name, std::ios::binary) << text;
    }

    FileState state_of(const std::string& name, const std::vector<checkpoints::ModelFile>& wanted) {
        for (const FileReport& file : verify(wanted, wanted, {.folder = folder}, {}).files) {
            if (file.name == name) return file.state;
        }
        ADD_FAILURE() << name << " is not in the report";
        return FileState::missing;
    }
};

TEST_F(VerifyTest, TellsEveryStateApart) {
    const std::string content = random_bytes(3'000'000);
    const std::vector files{entry("d/a.bin", content, true)};
    EXPECT_EQ(state_of("d/a.bin", files), FileState::missing);
    write("d/a.bin", content);
    EXPECT_EQ(state_of("d/a.bin", files), FileState::whole);
    write("d/a.bin", content.substr(0, 2'999'999));
    EXPECT_EQ(state_of("d/a.bin", files), FileState::truncated);
    write("d/a.bin", "");
    EXPECT_EQ(state_of("d/a.bin", files), FileState::truncated);
    write("d/a.bin", content + "x");
    EXPECT_EQ(state_of("d/a.bin", files), FileState::too_long);
    write("d/a.bin", random_bytes(3'000'000, 2));
    EXPECT_EQ(state_of("d/a.bin", files), FileState::wrong_hash);
    write("d/a.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3000000\n");
    EXPECT_EQ(state_of("d/a.bin", files), FileState::lfs_pointer);
    write("d/a.bin", "\n<!DOCTYPE html><html>please log in</html>");
    EXPECT_EQ(state_of("d/a.bin", files), FileState::web_page);
    std::filesystem::remove(folder / "d/a.bin");
    std::filesystem::create_directory(folder / "d/a.bin");
    EXPECT_EQ(state_of("d/a.bin", files), FileState::missing);
}

TEST_F(VerifyTest, NamesWhatDoesNotBelongThere) {
    write("d/notes.txt", "x");
    write("d/a.bin.part", "x");
    write("d/a.bin.part.json", "{}");
    write("ditto_trt_Ampere_Plus/decoder.engine", "x");
    EXPECT_EQ(state_of("d/notes.txt", {}), FileState::extra);
    EXPECT_EQ(state_of("d/a.bin.part", {}), FileState::unfinished);
    EXPECT_EQ(state_of("ditto_trt_Ampere_Plus/decoder.engine", {}), FileState::unused);
    EXPECT_TRUE(verify({}, {}, {.folder = folder}, {}).good());
    EXPECT_EQ(verify({}, {}, {.folder = folder}, {}).files.size(), 3U);
}

TEST_F(VerifyTest, HoldsDownloadedFilesAgainstTheHubsHash) {
    const std::string content = random_bytes(500'000);
    hub.put("a.bin", content);
    const std::vector files{entry("a.bin", content, false)};
    get(files);
    EXPECT_EQ(state_of("a.bin", files), FileState::whole);
    write("a.bin", random_bytes(500'000, 2));
    EXPECT_EQ(state_of("a.bin", files), FileState::wrong_hash);
}

TEST_F(VerifyTest, WithoutAnyHashTheSizeMustDo) {
    auto file = entry("a.bin", "", false);
    file.bytes_about = 1000;
    write("a.bin", std::string(1020, 'x'));
    EXPECT_EQ(state_of("a.bin", {file}), FileState::size_right);
    write("a.bin", std::string(700, 'x'));
    EXPECT_EQ(state_of("a.bin", {file}), FileState::truncated);
}

TEST_F(VerifyTest, CountsWhatItReadsAndCanBeStopped) {
    const std::string content = random_bytes(2'000'000);
    write("a.bin", content);
    write("b.bin", content);
    const std::vector files{entry("a.bin", content, true), entry("b.bin", content, true)};
    std::int64_t last = 0;
    const VerifyReport report =
        verify(files, files,
               {.folder = folder,
                .threads = 2,
                .progress = [&](std::int64_t done, std::int64_t) { last = done; }},
               {});
    EXPECT_EQ(report.bytes_read, 4'000'000);
    EXPECT_EQ(last, 4'000'000);
    EXPECT_TRUE(report.good());
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(verify(files, files, {.folder = folder}, source.get_token()), Error);
}

TEST_F(VerifyTest, ImportsFromAFolderAndFromTheHubsCache) {
    const std::string one = random_bytes(100'000, 1);
    const std::string two = random_bytes(100'000, 2);
    const auto from = folder / "from";
    const auto snapshot = from / "models--owner--name" / "snapshots" / "rev" / "d";
    std::filesystem::create_directories(snapshot);
    std::ofstream(from / "one.bin", std::ios::binary) << one;
    std::ofstream(snapshot / "two.bin", std::ios::binary) << two;
    options.folder = folder / "to";
    const std::vector files{entry("d/one.bin", one, true), entry("d/two.bin", two, true)};

    const DownloadResult result = import_files(files, from, options, recorder, {});
    EXPECT_THAT(result.fetched, ElementsAre("d/one.bin", "d/two.bin"));
    EXPECT_TRUE(read_all(folder / "to/d/two.bin") == two);
    EXPECT_EQ(import_files(files, from, options, recorder, {}).present.size(), 2U);
    EXPECT_TRUE(hub.requests().empty());
}

TEST_F(VerifyTest, RefusesToImportWhatIsWrongOrMissing) {
    const std::string content = random_bytes(1'000);
    std::filesystem::create_directories(folder / "from");
    std::ofstream(folder / "from/a.bin", std::ios::binary) << random_bytes(1'000, 5);
    std::ofstream(folder / "from/b.bin") << "version https://git-lfs.github.com/spec/v1\n";
    options.folder = folder / "to";
    const std::vector files{entry("a.bin", content, true), entry("b.bin", content, false),
                            entry("c.bin", content, true)};
    const DownloadResult result = import_files(files, folder / "from", options, recorder, {});
    EXPECT_THAT(result.failed, ElementsAre("a.bin", "b.bin", "c.bin"));
    EXPECT_THAT(recorder.errors[0].what(), HasSubstr("SHA-256"));
    EXPECT_THAT(recorder.errors[1].what(), HasSubstr("lfs_pointer"));
    EXPECT_EQ(recorder.errors[2].code(), ErrorCode::model_missing);
    EXPECT_TRUE(std::filesystem::is_empty(folder / "to") ||
                !std::filesystem::exists(folder / "to/a.bin"));
    EXPECT_FALSE(std::filesystem::exists(folder / "to/a.bin.part"));
}

}  // namespace
}  // namespace ditto::hub::testing
