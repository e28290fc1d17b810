#include "app/converted_checkpoints.h"

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/ditto_setup.h"
#include "base/error.h"
#include "checkpoints/file_io.h"
#include "files.h"
#include "hub/store.h"
#include "pytorch_folder.h"

namespace ditto {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class ConvertedCheckpoints : public testing::Test {
  protected:
    ConvertedCheckpoints() { checkpoints::write_pytorch_folder(source(), 1); }

    fs::path source() const { return folder_ / "official"; }
    fs::path cache() const { return folder_ / "cache"; }
    /// Counts the times that it was converted.
    fs::path get() {
        return converted_checkpoints(source(), cache(), [&](const Notice& notice) {
            EXPECT_EQ(notice.code, NoticeCode::checkpoints_converting);
            ++conversions_;
        });
    }
    std::vector<std::string> kept() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(cache()))
            names.push_back(entry.path().filename().string());
        return names;
    }
    static std::string bytes_of(const fs::path& file) {
        return checkpoints::load_file(file, 1 << 28);
    }

    media::TempFolder folder_;
    int conversions_ = 0;
};

TEST_F(ConvertedCheckpoints, AreMadeOnceAndHaveAllNetworks) {
    EXPECT_TRUE(has_pytorch_checkpoints(source()));
    EXPECT_FALSE(has_ditto_networks(source()));
    const fs::path first = get();
    EXPECT_TRUE(has_ditto_networks(first));
    for (const char* name :
         {"appearance_extractor.onnx", "motion_extractor.onnx", "stitch_network.onnx",
          "warp_network_ori.onnx", "decoder.onnx", "lmdm_v0.4_hubert.onnx", "hubert.onnx"}) {
        EXPECT_TRUE(fs::is_regular_file(first / "ditto_onnx" / name)) << name;
    }
    EXPECT_EQ(get(), first);
    EXPECT_EQ(conversions_, 1);
    EXPECT_EQ(kept().size(), 1U);
}

TEST_F(ConvertedCheckpoints, AreMadeAnewWhereDamaged) {
    const fs::path decoder = get() / "ditto_onnx" / "decoder.onnx";
    const std::string good = bytes_of(decoder);
    std::string bad = good;
    bad[bad.size() / 2] ^= 1;
    const auto time = fs::last_write_time(decoder);
    std::ofstream(decoder, std::ios::binary) << bad;
    fs::last_write_time(decoder, time + 1s);
    EXPECT_EQ(bytes_of(get() / "ditto_onnx" / "decoder.onnx"), good);
    fs::remove(decoder);
    EXPECT_EQ(bytes_of(get() / "ditto_onnx" / "decoder.onnx"), good);
    fs::resize_file(decoder, 100);
    EXPECT_EQ(bytes_of(get() / "ditto_onnx" / "decoder.onnx"), good);
    fs::remove(get() / hub::lock_file_name);
    EXPECT_EQ(bytes_of(get() / "ditto_onnx" / "decoder.onnx"), good);
    EXPECT_EQ(conversions_, 5);
    EXPECT_EQ(kept().size(), 1U);
}

TEST_F(ConvertedCheckpoints, AreHashedAgainOnlyWhereTheyChangedOrWhenAsked) {
    EXPECT_FALSE(verify_converted_checkpoints(source(), cache())) << "there are none";
    const fs::path kept = get();
    const fs::path decoder = kept / "ditto_onnx" / "decoder.onnx";
    EXPECT_EQ(verify_converted_checkpoints(source(), cache()), true);
    const std::string good = bytes_of(decoder);
    std::string bad = good;
    bad[bad.size() / 2] ^= 1;
    const auto time = fs::last_write_time(decoder);
    const auto write = [&](const std::string& bytes, fs::file_time_type when) {
        std::ofstream(decoder, std::ios::binary) << bytes;
        fs::last_write_time(decoder, when);
    };
    // Changed, but with the bytes that it had: hashed once, and the new time is known then.
    write(good, time + 1s);
    get();
    EXPECT_EQ(conversions_, 1);
    EXPECT_TRUE(hub::LockFile::load(kept).find_unchanged("ditto_onnx/decoder.onnx"));
    // A disk that turns a bit over leaves the time as it was: a start does not see it.
    write(bad, time + 1s);
    EXPECT_EQ(bytes_of(get() / "ditto_onnx" / "decoder.onnx"), bad);
    EXPECT_EQ(verify_converted_checkpoints(source(), cache()), false);
    EXPECT_EQ(bytes_of(get() / "ditto_onnx" / "decoder.onnx"), good);
    EXPECT_EQ(conversions_, 2);
}

TEST_F(ConvertedCheckpoints, FollowTheirSource) {
    const fs::path first = get();
    checkpoints::write_pytorch_folder(source(), 2);
    const fs::path second = get();
    EXPECT_NE(first, second);
    EXPECT_EQ(conversions_, 2);
    EXPECT_FALSE(fs::exists(first)) << "what nobody can use any more is removed";
    // Another folder's are left alone.
    checkpoints::write_pytorch_folder(folder_ / "other", 3);
    converted_checkpoints(folder_ / "other", cache(), [](const Notice&) {});
    EXPECT_TRUE(fs::exists(second));
}

TEST_F(ConvertedCheckpoints, AHalfMadeFolderIsNoneAndStaysWithWhoMakesIt) {
    const fs::path whole = get();
    const fs::path other = whole.string() + ".part-1";
    fs::create_directories(other);
    fs::remove_all(whole);
    EXPECT_EQ(get(), whole);
    EXPECT_TRUE(fs::exists(other));
    fs::last_write_time(other, fs::file_time_type::clock::now() - std::chrono::hours(25));
    fs::remove(whole / hub::lock_file_name);
    get();
    EXPECT_FALSE(fs::exists(other)) << "abandoned";
}

TEST_F(ConvertedCheckpoints, NameTheFileThatIsMissing) {
    for (const char* file : {"ditto_pytorch/models/lmdm_v0.4_hubert.pth",
                             "ditto_pytorch/aux_models/hubert_streaming_fix_kv.onnx"}) {
        fs::rename(source() / file, folder_ / "aside");
        try {
            get();
            FAIL() << file;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::model_missing);
            EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
        }
        fs::rename(folder_ / "aside", source() / file);
    }
    EXPECT_EQ(conversions_, 0);
}

TEST_F(ConvertedCheckpoints, LeaveNothingOfADamagedSource) {
    std::ofstream(source() / "ditto_pytorch/models/decoder.pth", std::ios::binary) << "no zip";
    EXPECT_THROW(get(), Error);
    EXPECT_TRUE(kept().empty());
}

}  // namespace
}  // namespace ditto
