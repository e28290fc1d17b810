#include "server/unused_uploads.h"

#include <chrono>
#include <fstream>

#include <gtest/gtest.h>

#include "pdfs.h"
#include "service_fixture.h"

namespace ditto::server {
namespace {

namespace fs = std::filesystem;

class UnusedUploads : public ServiceFixture {
  protected:
    /// As if everything had come two hours ago.
    void age() const {
        for (const auto& entry : fs::directory_iterator(data_->uploads()))
            fs::last_write_time(entry, fs::file_time_type::clock::now() - std::chrono::hours(2));
    }
    int remove() const { return remove_unused_uploads(*data_, *store_, jobs::now_s() - 3600); }
    void write(const std::string& name) const { std::ofstream(data_->uploads() / name) << name; }
    bool there(const std::string& name) const { return fs::exists(data_->uploads() / name); }
};

const std::string first = "00000000-0000-4000-8000-000000000001";
const std::string second = "00000000-0000-4000-8000-000000000002";
const std::string third = "00000000-0000-4000-8000-000000000003";

TEST_F(UnusedUploads, GoWhenTheyAreOldAndNoJobNamesThem) {
    runner_->stop(0);
    for (const std::string& id : {first, second}) {
        for (const char* ending : {".jpg", ".json"})
            write("avatar_" + id + ending);
        for (const char* ending : {".wav", ".json"})
            write("voice_" + id + ending);
        fs::create_directory(data_->uploads() / ("deck_" + id));
        write("deck_" + id + "/slide_1.png");
    }
    jobs::JobRequest talk;
    talk.photo = data_->uploads() / ("avatar_" + first + ".jpg");
    talk.presentation = jobs::PresentationRequest{};
    talk.presentation->deck = first;
    jobs::SlideRequest slide;
    slide.number = 1;
    slide.picture = data_->uploads() / ("deck_" + first) / "slide_1.png";
    slide.audio = data_->uploads() / ("voice_" + first + ".wav");
    talk.presentation->slides = {slide};
    const std::string id = store_->add(talk, 10).id;
    EXPECT_EQ(remove(), 0) << "they are new";
    age();
    write("avatar_" + third + ".png");
    write("notes.txt");
    age();
    fs::last_write_time(data_->uploads() / ("avatar_" + third + ".png"),
                        fs::file_time_type::clock::now());
    EXPECT_EQ(remove(), 5);
    for (const std::string& name :
         {"avatar_" + first + ".jpg", "avatar_" + first + ".json", "voice_" + first + ".wav",
          "voice_" + first + ".json", "deck_" + first + "/slide_1.png", "avatar_" + third + ".png",
          std::string("notes.txt")}) {
        EXPECT_TRUE(there(name)) << name;
    }
    for (const std::string& name :
         {"avatar_" + second + ".jpg", "avatar_" + second + ".json", "voice_" + second + ".wav",
          "voice_" + second + ".json", "deck_" + second}) {
        EXPECT_FALSE(there(name)) << name;
    }
    // With the job goes what only it needed.
    store_->request_cancel(id);
    ASSERT_TRUE(store_->remove(id));
    EXPECT_EQ(remove(), 5);
    EXPECT_TRUE(there("avatar_" + third + ".png"));
}

TEST_F(UnusedUploads, AnUploadedDeckIsOneOfThem) {
    const auto deck = request(port(), "POST", "/api/presentation/deck", form_header,
                              form("file", slides::make_pdf({{.lines = {"Rain"}}})))
                          .json();
    const std::string folder = "deck_" + deck.at("deck_id").get<std::string>();
    EXPECT_EQ(remove(), 0);
    age();
    EXPECT_EQ(remove(), 1);
    EXPECT_FALSE(there(folder));
}

}  // namespace
}  // namespace ditto::server
