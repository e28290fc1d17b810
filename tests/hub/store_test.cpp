#include "hub/store.h"

#include <fstream>

#include <fcntl.h>

#include "download_fixture.h"
#include "hub/part_file.h"

namespace ditto::hub {
namespace {

class StoreTest : public testing::DownloadTest {
  protected:
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name, std::ios::binary) << text;
    }
};

TEST_F(StoreTest, RemembersVerifiedFilesUntilTheyChange) {
    write("a.bin", "hello");
    LockFile lock = LockFile::load(folder);
    lock.put("a.bin", "aa", CheckedAgainst::hub, "rev");
    lock.save();

    const LockFile again = LockFile::load(folder);
    ASSERT_NE(again.find_unchanged("a.bin"), nullptr);
    EXPECT_EQ(again.find("a.bin")->sha256, "aa");
    EXPECT_EQ(again.find("a.bin")->checked, CheckedAgainst::hub);
    write("a.bin", "hello!");
    EXPECT_EQ(again.find_unchanged("a.bin"), nullptr);
}

TEST_F(StoreTest, ADamagedRecordIsNone) {
    for (const char* text : {"", "{", "[]", R"({"files": 3})", R"({"files": {"a": {}}})",
                             R"({"files": {"../a": {"bytes": 1}}})"}) {
        write(std::string(lock_file_name), text);
        EXPECT_EQ(LockFile::load(folder).find("a"), nullptr) << text;
    }
}

TEST_F(StoreTest, OnlyOneHoldsTheFolder) {
    auto first = FolderLock::try_take(folder);
    ASSERT_TRUE(first);
    EXPECT_FALSE(FolderLock::try_take(folder));
    first.reset();
    EXPECT_TRUE(FolderLock::try_take(folder));
}

TEST_F(StoreTest, AnUnfinishedDownloadIsRememberedOnlyIfItMakesSense) {
    const std::string bytes(60, 'x');
    PartFile part(folder / "x.bin");
    part.open();
    part.write_at(0, std::as_bytes(std::span(std::string_view(bytes))));
    part.save({"sha256:1", "\"t\"", 100, {{0, 60, 60}, {60, 60, 100}}});
    const auto state = part.load();
    ASSERT_TRUE(state);
    EXPECT_EQ(state->done(), 60);
    EXPECT_EQ(state->contiguous(), 60);

    for (const char* segments :
         {"[[0,70,100]]", "[[0,10,50]]", "[[0,10,50],[60,60,100]]", "[[0,-1,100]]",
          "[[50,50,100],[0,0,50]]", "[]", "[[0,200,100]]", "[[0]]", "7"}) {
        write("x.bin.part.json", std::string(R"({"identity":"i","etag":"","bytes":100,)") +
                                     R"("segments":)" + segments + "}");
        EXPECT_FALSE(part.load()) << segments;
    }
}

TEST(FileHandle, AFullDiskAndAMissingFolderAreTold) {
    try {
        const FileHandle full("/dev/full", O_WRONLY);
        full.write_at(0, std::as_bytes(std::span(std::string_view("xxxx"))));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::disk_full);
    }
    EXPECT_THROW(make_folder("/proc/nothing/here"), Error);
    EXPECT_GT(free_bytes("/tmp/not/made/yet"), 0);
}

}  // namespace
}  // namespace ditto::hub
