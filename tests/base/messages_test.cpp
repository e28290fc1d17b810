#include "base/messages.h"

#include <set>

#include <gtest/gtest.h>

namespace ditto {
namespace {

TEST(Messages, EveryErrorHasItsOwnNameAndBothLanguages) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
        const auto code = static_cast<ErrorCode>(i);
        EXPECT_TRUE(names.insert(code_name(code)).second) << code_name(code);
        EXPECT_FALSE(user_message(code, {}, Language::english).empty()) << code_name(code);
        EXPECT_FALSE(user_message(code, {}, Language::traditional_chinese).empty());
        EXPECT_NE(user_message(code, {}, Language::english),
                  user_message(code, {}, Language::traditional_chinese));
    }
}

TEST(Messages, FillsPlaceholders) {
    const Error error(ErrorCode::photo_missing, {{"path", "a{b}.jpg"}}, "No such file");
    EXPECT_EQ(user_message(error, Language::english), "There is no photo at a{b}.jpg.");
    EXPECT_EQ(user_message(error, Language::traditional_chinese), "找不到照片:a{b}.jpg。");
    EXPECT_STREQ(error.what(), "There is no photo at a{b}.jpg. (No such file)");
}

TEST(Messages, ReasonsAreSaidInTheUsersLanguage) {
    const Notice notice{NoticeCode::engine_chosen,
                        {{"engine", "mesh"}, {"why", "checkpoints_missing"}, {"folder", "ckpt"}}};
    EXPECT_EQ(user_message(notice, Language::english),
              "Engine: mesh (Ditto's checkpoints are not in ckpt).");
    EXPECT_EQ(user_message(notice, Language::traditional_chinese),
              "使用引擎:mesh(ckpt 中沒有 Ditto 的模型檔)。");
    EXPECT_EQ(user_message(ErrorCode::option_unknown,
                           {{"option", "--phto"}, {"hint", "did_you_mean"}, {"nearest", "--photo"}},
                           Language::english),
              "Unknown option or command --phto. Did you mean --photo? See --help.");
    // Only reasons: a file may have the name of one.
    EXPECT_EQ(user_message(ErrorCode::photo_missing, {{"path", "as_asked"}}, Language::english),
              "There is no photo at as_asked.");
}

TEST(Messages, TheFixedSentenceOfTheInterfaceStays) {
    EXPECT_EQ(user_message(ErrorCode::face_none, {}, Language::traditional_chinese),
              "未檢測到人臉,請使用清晰的正面人臉照片");
}

TEST(Messages, LanguageFromTag) {
    EXPECT_EQ(language_from_tag("zh_TW.UTF-8"), Language::traditional_chinese);
    EXPECT_EQ(language_from_tag("zh-Hant"), Language::traditional_chinese);
    EXPECT_EQ(language_from_tag("en_US.UTF-8"), Language::english);
    EXPECT_EQ(language_from_tag(""), Language::english);
}

}  // namespace
}  // namespace ditto
