#include "base/shared_library.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "base/messages.h"

namespace ditto {
namespace {

constexpr SharedLibrary mathematics{"libm.so.6"};
constexpr SharedLibrary nowhere{"libditto-nowhere.so.1"};

TEST(SharedLibrary, CallsTheFunctionAgainAndAgain) {
    const LibraryFunction<double (*)(double)> root{mathematics, "sqrt"};
    EXPECT_EQ(root(4.0), 2.0);
    EXPECT_EQ(root(9.0), 3.0);
}

void expect_missing(const LibraryFunction<int (*)()>& function, const char* named) {
    try {
        function();
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::library_missing);
        EXPECT_THAT(user_message(error.code(), error.values(), Language::english),
                    testing::HasSubstr(named));
    }
}

TEST(SharedLibrary, NamesALibraryThatIsMissing) {
    expect_missing({nowhere, "any"}, "libditto-nowhere.so.1");
}

TEST(SharedLibrary, NamesAFunctionThatIsMissing) {
    expect_missing({mathematics, "ditto_nowhere"}, "ditto_nowhere");
}

}  // namespace
}  // namespace ditto
