#include "nn/session.h"

#include <array>
#include <fstream>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/messages.h"

namespace ditto::nn {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A model of one node, y = x + x over float [2], written by hand: field by field of onnx.proto.
std::string doubling_model() {
    const auto field = [](int number, const std::string& body) {
        return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(body.size())} +
               body;
    };
    const auto number = [](int key, int value) {
        return std::string{static_cast<char>(key << 3), static_cast<char>(value)};
    };
    const std::string shape = field(1, number(1, 2));
    const std::string type = field(1, number(1, 1) + field(2, shape));
    const std::string node = field(1, "x") + field(1, "x") + field(2, "y") + field(4, "Add");
    const std::string graph = field(1, node) + field(2, "g") +
                              field(11, field(1, "x") + field(2, type)) +
                              field(12, field(1, "y") + field(2, type));
    return number(1, 8) + field(7, graph) + field(8, number(2, 13));
}

Session load(const std::string& bytes) {
    return Session(Runtime::open(), std::as_bytes(std::span(bytes)), "test model");
}

TEST(Session, RunsByName) {
    const Session session = load(doubling_model());
    const std::array<float, 2> x{1.5F, -2};
    const auto out = session.run({{"x", TensorView(std::span<const float>(x), {2})}}, {"y"});
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(out[0].values<float>()[0], 3);
    EXPECT_EQ(out[0].values<float>()[1], -4);
}

TEST(Session, SaysWhichPortDiffers) {
    const Session session = load(doubling_model());
    EXPECT_NO_THROW(session.require_input({"x", DataType::f32, {-1}}));
    const auto refusal = [](const std::function<void()>& ask) {
        try {
            ask();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::model_mismatch);
            return user_message(error, Language::traditional_chinese);
        }
        return std::string();
    };
    EXPECT_THAT(refusal([&] {
                    session.require_input({"x", DataType::f32, {3}});
                }),
                AllOf(HasSubstr("test model"), HasSubstr("x is "), HasSubstr(" 2, not ")));
    EXPECT_THAT(refusal([&] {
                    session.require_input({"z", DataType::f32, {2}});
                }),
                AllOf(HasSubstr("test model"), HasSubstr("z is missing")));
    EXPECT_THAT(refusal([&] {
                    session.require_output({"y", DataType::i64, {2}});
                }),
                AllOf(HasSubstr("test model"), HasSubstr("y is ")));
    EXPECT_THROW(session.run({}, {"y"}), Error);
}

TEST(Session, BadFilesAreErrors) {
    EXPECT_THROW(load("this is no model"), Error);
    EXPECT_THROW(Session(Runtime::open(), std::filesystem::path("/nowhere.onnx")), Error);
}

TEST(Runtime, MissingLibraryIsAnError) {
    EXPECT_THROW(Runtime::open("/nowhere/libonnxruntime.so"), Error);
    EXPECT_NE(runtime_version(), "not found");
}

}  // namespace
}  // namespace ditto::nn
