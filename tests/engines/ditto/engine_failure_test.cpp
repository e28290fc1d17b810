#include <fstream>

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/messages.h"
#include "engine_fixture.h"

namespace ditto::reenact {
namespace {

class EngineFailure : public EngineFixture {
  protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// The code with which an engine refuses to load, and the file it names.
    static std::pair<ErrorCode, std::string> refusal(const EngineOptions& wanted) {
        try {
            engine(wanted);
        } catch (const Error& error) {
            std::string path;
            for (const auto& [key, value] : error.values())
                if (key == "path") path = value;
            return {error.code(), path};
        }
        return {ErrorCode::internal, "loaded"};
    }

    const std::filesystem::path folder_ =
        std::filesystem::path(testing::TempDir()) /
        testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(EngineFailure, AMissingFileIsNamed) {
    EngineOptions wanted = options();
    wanted.files.decoder = folder_ / "decoder.onnx";
    EXPECT_EQ(refusal(wanted), std::pair(ErrorCode::model_missing, wanted.files.decoder.string()));
}

TEST_F(EngineFailure, ATruncatedFileIsNamed) {
    EngineOptions wanted = options();
    const auto whole = wanted.files.warp_network;
    wanted.files.warp_network = folder_ / "warp_network_ori.onnx";
    std::filesystem::copy_file(whole, wanted.files.warp_network);
    std::filesystem::resize_file(wanted.files.warp_network, std::filesystem::file_size(whole) / 2);
    EXPECT_EQ(refusal(wanted),
              std::pair(ErrorCode::model_corrupt, wanted.files.warp_network.string()));
}

TEST_F(EngineFailure, AFileWithoutContentIsNamed) {
    EngineOptions wanted = options();
    wanted.files.hubert = folder_ / "hubert.onnx";
    std::ofstream(wanted.files.hubert).flush();
    EXPECT_EQ(refusal(wanted), std::pair(ErrorCode::model_corrupt, wanted.files.hubert.string()));
}

TEST_F(EngineFailure, AnotherNetworkIsNamed) {
    const EngineOptions good = options();
    for (const auto member : {&NetworkFiles::appearance_extractor, &NetworkFiles::motion_extractor,
                              &NetworkFiles::stitch_network, &NetworkFiles::warp_network,
                              &NetworkFiles::decoder, &NetworkFiles::lmdm, &NetworkFiles::hubert}) {
        EngineOptions wanted = good;
        wanted.files.*member =
            member == &NetworkFiles::decoder ? good.files.hubert : good.files.decoder;
        EXPECT_EQ(refusal(wanted),
                  std::pair(ErrorCode::model_mismatch, (wanted.files.*member).string()));
    }
}

TEST_F(EngineFailure, TooLittleMemoryIsPredicted) {
    EngineOptions wanted = options();
    wanted.files.hubert = folder_ / "hubert.onnx";
    std::ofstream(wanted.files.hubert).flush();
    // A file with a hole: as large as no machine's memory, on no disk.
    std::filesystem::resize_file(wanted.files.hubert, 1ULL << 42U);
    try {
        engine(wanted);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::network_memory);
        for (const Language language : {Language::english, Language::traditional_chinese}) {
            const std::string said = user_message(error, language);
            // Half as much again as the files: 4 TiB.
            EXPECT_NE(said.find("6144.0 GiB"), std::string::npos) << said;
            EXPECT_NE(said.find(folder_.string()), std::string::npos) << said;
            EXPECT_NE(said.find("--engine mesh"), std::string::npos) << said;
        }
    }
}

TEST_F(EngineFailure, APhotoWithoutAFaceIsRefused) {
    const auto made = engine();
    NoProgress progress;
    try {
        made->register_photo(Image(512, 512), quick(), progress, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::face_none);
    }
}

TEST_F(EngineFailure, AFullDiskStopsTheRun) {
    const auto made = engine();
    NoProgress progress;
    const auto avatar = made->register_photo(portrait(), quick(), progress, {});
    class Full final : public FrameSink {
      public:
        void write(Frame frame) override {
            if (frame.index == 3) throw Error(ErrorCode::output_full);
        }
    } sink;
    VectorVoice source(voice(4));
    try {
        made->animate(*avatar, quick(), source, sink, progress, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::output_full);
    }
}

}  // namespace
}  // namespace ditto::reenact
