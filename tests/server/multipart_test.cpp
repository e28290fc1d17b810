#include "server/multipart.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "files.h"

namespace ditto::server {
namespace {

class Record final : public MultipartReader::Sink {
  public:
    std::string text;
    void part(const std::string& field, const std::string& file_name) override {
        text += "[" + field + (file_name.empty() ? "" : "=" + file_name) + "]";
    }
    void data(std::string_view bytes) override { text += bytes; }
};

std::string part(const std::string& field, const std::string& content) {
    return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"\r\n\r\n" + content +
           "\r\n";
}

TEST(Multipart, GivesTheSameWhateverTheChunks) {
    const std::string tricky = "x\r\n--\r\n--a\r\n-\r\r\n--";
    const std::string body = "preamble\r\n" + part("one", tricky) + part("two", "") + "--b--tail";
    for (std::size_t chunk = 1; chunk <= body.size(); ++chunk) {
        Record record;
        MultipartReader reader("b", record);
        for (std::size_t at = 0; at < body.size(); at += chunk)
            ASSERT_TRUE(reader.push(std::string_view(body).substr(at, chunk)));
        EXPECT_TRUE(reader.complete());
        EXPECT_EQ(record.text, "[one]" + tricky + "[two]");
    }
}

TEST(Multipart, TellsWhatIsCutOrBroken) {
    Record record;
    MultipartReader cut("b", record);
    EXPECT_TRUE(cut.push(part("one", "x")));
    EXPECT_FALSE(cut.complete());
    MultipartReader nameless("b", record);
    EXPECT_FALSE(nameless.push("--b\r\nContent-Type: x\r\n\r\n"));
    EXPECT_FALSE(nameless.push("--b--"));
    MultipartReader garbage("b", record);
    EXPECT_FALSE(garbage.push("--bxx"));
    MultipartReader endless("b", record);
    EXPECT_FALSE(endless.push("--b\r\n" + std::string(MultipartReader::max_part_head_bytes, 'a')));
}

TEST(Multipart, Boundaries) {
    EXPECT_EQ(MultipartReader::boundary_of("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(MultipartReader::boundary_of("Multipart/Form-Data; x=1; Boundary=\"a b\""), "a b");
    for (const char* type :
         {"", "text/plain; boundary=a", "multipart/form-data", "multipart/form-data; boundary=",
          "multipart/form-data; boundary=\"\"", "multipart/form-data; boundary=\"a \"",
          "multipart/form-data; boundary=a\x01", "multipart/mixed; boundary=a"}) {
        EXPECT_FALSE(MultipartReader::boundary_of(type)) << type;
    }
    const std::string long_one(71, 'a');
    EXPECT_FALSE(MultipartReader::boundary_of("multipart/form-data; boundary=" + long_one));
}

TEST(Multipart, QuotedParameters) {
    EXPECT_EQ(header_parameter(R"(form-data; filename="a;name=b"; name="c\"d")", "name"), "c\"d");
    EXPECT_EQ(header_parameter("form-data; NAME = x ", "name"), "x");
    EXPECT_EQ(header_parameter("form-data; name=\"open", "name"), "\"open");
    EXPECT_EQ(header_parameter("name=x", "name"), std::nullopt);
}

TEST(Upload, KeepsTheFileOnlyWhenItIsTaken) {
    const media::TempFolder folder;
    const std::string body =
        part("other", "ignored") + part("file", "content") + part("file", "second") + "--b--";
    {
        Upload upload("b", folder / "temporary");
        EXPECT_TRUE(upload.push(body));
        EXPECT_TRUE(upload.complete());
        EXPECT_TRUE(upload.has_file());
        EXPECT_TRUE(std::filesystem::exists(folder / "temporary"));
    }
    EXPECT_TRUE(folder.names().empty());
    {
        Upload upload("b", folder / "temporary");
        upload.push(body);
        upload.take(folder / "kept");
    }
    EXPECT_EQ(folder.names(), std::vector<std::string>{"kept"});
    std::ifstream file(folder / "kept");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "content");
    {
        Upload nowhere("b", folder / "none" / "temporary");
        EXPECT_EQ(media::code_of([&] { nowhere.push(body); }), ErrorCode::folder_unwritable);
    }
}

}  // namespace
}  // namespace ditto::server
