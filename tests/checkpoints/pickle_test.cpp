#include "checkpoints/pickle.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "checkpoints/pickle_writer.h"

namespace ditto::checkpoints {
namespace {

using namespace std::string_literals;

ErrorCode code_of(const std::string& text) {
    try {
        const Pickle pickle(text, "hostile.pkl");
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("hostile.pkl"), std::string::npos);
        return error.code();
    }
    return ErrorCode::internal;  // nothing was thrown
}

TEST(Pickle, NothingIsEverCalled) {
    // os.system("true"), in the three ways in which a pickle can name it, and relatives.
    EXPECT_EQ(code_of("\x80\x03"
                      "cos\nsystem\nX\4\0\0\0true\x85R."s),
              ErrorCode::model_unsafe);
    EXPECT_EQ(code_of("\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."s),
              ErrorCode::model_unsafe);
    EXPECT_EQ(code_of("\x80\x02"
                      "c__builtin__\neval\nX\1\0\0\0001\x85R."s),
              ErrorCode::model_unsafe);
    EXPECT_EQ(code_of("\x80\x02"
                      "cbuiltins\ngetattr\n."s),
              ErrorCode::model_unsafe);
    EXPECT_EQ(code_of("\x80\x02"
                      "cnumpy.core.multiarray\nfromfile\n."s),
              ErrorCode::model_unsafe);
    EXPECT_EQ(code_of("\x80\x02"
                      "ctorch.hub\nload\n."s),
              ErrorCode::model_unsafe);
    // Old ways that run code: INST, OBJ and the extension registry are no operations here.
    EXPECT_EQ(code_of("\x80\x02(ios\nsystem\n."s), ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02(cos\nsystem\no."s), ErrorCode::model_unsafe);
    EXPECT_EQ(code_of("\x80\x02\x82\x01."s), ErrorCode::model_corrupt);
}

TEST(Pickle, AllowedTypesTakeOnlyTheirOwnParts) {
    const std::string ndarray = "cnumpy\nndarray\n";
    EXPECT_EQ(code_of("\x80\x02" + ndarray + ")R."), ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02"
                      "ctorch._utils\n_rebuild_tensor_v2\n)R."s),
              ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02"
                      "cnumpy\ndtype\n" +
                      pickle_integer(1) + "\x85R."),
              ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02"
                      "c_codecs\nencode\n" +
                      pickle_text("a") + pickle_text("rot13") + "\x86R."),
              ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02" + pickle_text("a") + ")R."), ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02" + pickle_text("a") + pickle_text("b") + "b."),
              ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02" + pickle_text("elsewhere") + "Q."), ErrorCode::model_corrupt);
}

TEST(Pickle, StackMistakesAreErrors) {
    for (const std::string& program :
         {"."s,  "0."s, "(."s, "t."s, "Na."s,   "}Ns."s,  "((u."s, "}(Nu."s, "]N]e."s, "h\1."s,
          "2."s, "R."s, "b."s, "Q."s, "\x93."s, "\x85."s, "N"s,    ""s,      "\xff."s, "(Nb."s}) {
        EXPECT_EQ(code_of("\x80\x02" + program), ErrorCode::model_corrupt) << program;
    }
    EXPECT_EQ(code_of("\x80\x06N."), ErrorCode::model_corrupt) << "protocol 6";
    EXPECT_EQ(code_of("not a pickle"), ErrorCode::model_corrupt);
}

TEST(Pickle, LengthsAreBounded) {
    EXPECT_EQ(code_of("\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                      "a."s),
              ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7fN."s), ErrorCode::model_corrupt);
    EXPECT_EQ(code_of("\x80\x02" + std::string(500'000, ')') + "."), ErrorCode::model_corrupt)
        << "too many values";
    EXPECT_EQ(code_of("\x80\x02" + std::string(500'000, '(') + "."), ErrorCode::model_corrupt)
        << "too many marks";
}

TEST(Pickle, NestingAndSharingCostNothing) {
    // 100,000 lists in one another.
    std::string nested(100'000, ']');
    nested += std::string(99'999, 'a');
    EXPECT_EQ(Pickle("\x80\x02" + nested + ".", "a").root().items.size(), 1U);

    // A list of ten times the list before, thirty times over: 10^30 values were it unfolded.
    std::string bomb = "]q"s + '\0';
    for (char level = 0; level < 30; ++level) {
        bomb += "](";
        for (int i = 0; i < 10; ++i)
            bomb += "h"s + level;
        bomb += "eq"s + static_cast<char>(level + 1);
    }
    EXPECT_EQ(Pickle("\x80\x02" + bomb + ".", "a").root().items.size(), 10U);

    // A list that contains itself.
    const Pickle circle("\x80\x02]q\1h\1a."s, "a");
    EXPECT_EQ(circle.root().items[0], &circle.root());
}

TEST(Pickle, ArraysOfFalseSizesAreErrors) {
    const Tensor tensor(DataType::f32, {2, 3});
    const std::string good = finish_pickle(pickle_array(tensor.view()));
    EXPECT_EQ(array_of(Pickle(good, "a").root()).shape(), (Shape{2, 3}));
    // The first size stands in the only integer of value 2.
    std::string bad = good;
    bad[bad.find("\x8a\x08\x02") + 2] = '\x7f';
    EXPECT_THROW(array_of(Pickle(bad, "a").root()), std::runtime_error);
    bad[bad.find("\x8a\x08\x7f") + 9] = '\xff';
    EXPECT_THROW(array_of(Pickle(bad, "a").root()), std::runtime_error);
}

TEST(Pickle, NumbersAndTexts) {
    const auto root = [](const std::string& program) {
        const Pickle pickle("\x80\x02" + program + ".", "a");
        return pickle.root();
    };
    EXPECT_EQ(root("\x8a\x01\xff").integer, -1);
    EXPECT_EQ(root("\x8a"s + '\0').integer, 0);
    EXPECT_EQ(root("J\xfe\xff\xff\xff").integer, -2);
    EXPECT_EQ(root("M\x01\x02").integer, 0x201);
    EXPECT_EQ(root(pickle_real(-1.25)).real, -1.25);
    EXPECT_EQ(
        root("c_codecs\nencode\n" + pickle_text("\xc3\xbf\x41") + pickle_text("latin1") + "\x86R")
            .kind,
        PickleValue::Kind::bytes);
    const Pickle set("\x80\x04\x8f(K\x01K\x02\x90.", "a");
    EXPECT_EQ(set.root().items.size(), 2U);
}

}  // namespace
}  // namespace ditto::checkpoints
