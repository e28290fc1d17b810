#include "base/pipeline.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace ditto {
namespace {

TEST(Pipeline, CarriesEverythingThrough) {
    Pipeline pipeline;
    auto& numbers = pipeline.queue<int>(2);
    int sum = 0;
    pipeline.stage([&] {
        for (int i = 1; i <= 100; ++i)
            numbers.push(i);
        numbers.close();
    });
    pipeline.stage([&] {
        while (const auto number = numbers.pop())
            sum += *number;
    });
    pipeline.run();
    EXPECT_EQ(sum, 5050);
}

TEST(Pipeline, RethrowsTheFirstErrorAndFreesWaitingStages) {
    Pipeline pipeline;
    auto& numbers = pipeline.queue<int>(1);
    pipeline.stage([&] {
        while (numbers.push(1)) {
        }
    });
    pipeline.stage([&] {
        numbers.pop();
        throw Error(ErrorCode::audio_corrupt);
    });
    try {
        pipeline.run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::audio_corrupt);
    }
}

TEST(Pipeline, StopRequestCancels) {
    std::stop_source source;
    Pipeline pipeline(source.get_token());
    auto& numbers = pipeline.queue<int>(1);
    pipeline.stage([&] {
        while (numbers.push(1)) {
        }
    });
    pipeline.stage([&] {
        numbers.pop();
        source.request_stop();
        while (numbers.pop()) {
        }
    });
    try {
        pipeline.run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::cancelled);
    }
}

}  // namespace
}  // namespace ditto
