#include "jobs/slide_store.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files.h"
#include "jobs/database.h"
#include "jobs/job_store.h"

namespace ditto::jobs {
namespace {

using testing::ElementsAre;

class SlideStoreTest : public testing::Test {
  protected:
    SlideStoreTest() { open(); }

    void open() {
        store_ = std::make_unique<JobStore>(folder_ / "jobs.db");
        slides_ = std::make_unique<SlideStore>(folder_ / "jobs.db");
    }
    void close() {
        slides_.reset();
        store_.reset();
    }
    /// A job of slides 1 to 3, shown as 3, 1, 2; it is running.
    std::string add() {
        JobRequest request;
        request.photo = "photo.png";
        request.title = "Lesson";
        request.presentation = PresentationRequest{"deck", "corner", "zh-TW", true};
        request.presentation->slides = {{3, "s3.png", "End", "再見。", "", "voice"},
                                        {1, "s1.png", "Start", "Hello.", "a.wav", ""},
                                        {2, "s2.png", "", "", "", ""}};
        const std::string id = store_->add(request, 100).id;
        store_->take();
        return id;
    }
    std::vector<JobState> states(const std::string& id) {
        std::vector<JobState> found;
        for (const Slide& slide : slides_->of(id))
            found.push_back(slide.state);
        return found;
    }
    JobState job_state(const std::string& id) { return store_->find(id).value().state; }

    media::TempFolder folder_;
    std::unique_ptr<JobStore> store_;
    std::unique_ptr<SlideStore> slides_;
};

const JobFailure slides_failed{"slides_failed", {}, {}};

TEST_F(SlideStoreTest, KeepsEverythingOverAReopening) {
    const std::string id = add();
    slides_->complete(id, 3, 4.5);
    slides_->fail(id, 1, {"audio_silent", {{"path", "a.wav"}}, "why"});
    close();
    open();
    const Job job = store_->find(id).value();
    EXPECT_EQ(job.request.kind(), JobKind::presentation);
    EXPECT_EQ(job.request.presentation->deck, "deck");
    EXPECT_EQ(job.request.presentation->placement, "corner");
    EXPECT_EQ(job.request.presentation->language, "zh-TW");
    EXPECT_TRUE(job.request.presentation->subtitles);
    const std::vector<Slide> slides = slides_->of(id);
    ASSERT_EQ(slides.size(), 3);
    EXPECT_EQ(slides[0].request.number, 3);
    EXPECT_EQ(slides[0].request.script, "再見。");
    EXPECT_EQ(slides[0].request.voice, "voice");
    EXPECT_EQ(slides[0].duration_s, 4.5);
    EXPECT_EQ(slides[1].request.picture, "s1.png");
    EXPECT_EQ(slides[1].request.title, "Start");
    EXPECT_EQ(slides[1].request.audio, "a.wav");
    EXPECT_EQ(slides[1].failure.code, "audio_silent");
    EXPECT_THAT(slides[1].failure.values, ElementsAre(std::pair("path", "a.wav")));
    EXPECT_EQ(slides[1].failure.detail, "why");
    EXPECT_THAT(states(id), ElementsAre(JobState::completed, JobState::failed, JobState::queued));
}

TEST_F(SlideStoreTest, GivesTheSlidesInTheirOrderOnce) {
    const std::string id = add();
    EXPECT_EQ(slides_->take(id)->request.number, 3);
    EXPECT_EQ(slides_->take(id)->request.number, 1);
    slides_->put_back(id, 3);
    EXPECT_EQ(slides_->take(id)->request.number, 3);
    EXPECT_EQ(slides_->take(id)->request.number, 2);
    EXPECT_FALSE(slides_->take(id));
    EXPECT_FALSE(slides_->take("unknown"));
}

TEST_F(SlideStoreTest, AFailedSlideIsMadeAgainWithWhatChanged) {
    const std::string id = add();
    slides_->complete(id, 3, 1);
    slides_->fail(id, 1, {"audio_silent", {}, {}});
    slides_->complete(id, 2, 1);
    EXPECT_TRUE(store_->fail(id, slides_failed));
    EXPECT_EQ(slides_->retry(id, 2, {}), SlideStore::Retry::refused);
    EXPECT_EQ(slides_->retry(id, 4, {}), SlideStore::Retry::no_slide);
    EXPECT_EQ(slides_->retry("unknown", 1, {}), SlideStore::Retry::no_slide);
    EXPECT_EQ(slides_->retry(id, 1, {"Good day.", "b.wav", {}}), SlideStore::Retry::queued);
    EXPECT_EQ(slides_->retry(id, 1, {}), SlideStore::Retry::refused);
    EXPECT_EQ(job_state(id), JobState::queued);
    EXPECT_EQ(store_->find(id)->failure.code, "");
    EXPECT_EQ(store_->take()->attempts, 1);
    const Slide slide = slides_->take(id).value();
    EXPECT_EQ(slide.request.number, 1);
    EXPECT_EQ(slide.request.script, "Good day.");
    EXPECT_EQ(slide.request.audio, "b.wav");
    EXPECT_EQ(slide.failure.code, "");
    EXPECT_FALSE(slides_->take(id));
}

TEST_F(SlideStoreTest, ASlideMadeAgainInTimeKeepsItsJobRunning) {
    const std::string id = add();
    for (const int number : {3, 1, 2}) {
        slides_->take(id);
        slides_->complete(id, number, 1);
    }
    slides_->fail(id, 1, {"audio_silent", {}, {}});
    EXPECT_EQ(slides_->retry(id, 1, {}), SlideStore::Retry::queued);
    EXPECT_FALSE(store_->fail(id, slides_failed));
    EXPECT_EQ(job_state(id), JobState::running);
    slides_->take(id);
    slides_->fail(id, 1, {"audio_silent", {}, {}});
    EXPECT_TRUE(store_->fail(id, slides_failed));
    EXPECT_EQ(job_state(id), JobState::failed);
}

TEST_F(SlideStoreTest, AJobThatFailedAsAWholeIsMadeAgainBySlide) {
    const std::string id = add();
    slides_->complete(id, 3, 1);
    EXPECT_EQ(slides_->retry(id, 3, {}), SlideStore::Retry::refused);
    store_->fail(id, {"disk_full", {}, {}});
    EXPECT_EQ(slides_->retry(id, 3, {}), SlideStore::Retry::queued);
    EXPECT_EQ(job_state(id), JobState::queued);
    store_->request_cancel(id);
    EXPECT_EQ(slides_->retry(id, 1, {}), SlideStore::Retry::refused);
}

TEST_F(SlideStoreTest, SlidesGoWithTheirJobAndHoldTheirVoices) {
    const std::string id = add();
    EXPECT_TRUE(store_->waits_for("a.wav"));
    EXPECT_FALSE(store_->waits_for("b.wav"));
    store_->complete(id, "mesh", 3);
    EXPECT_FALSE(store_->waits_for("a.wav"));
    EXPECT_FALSE(store_->seconds_per_video_second("mesh"));
    EXPECT_TRUE(store_->remove(id));
    EXPECT_TRUE(slides_->of(id).empty());
}

TEST_F(SlideStoreTest, AnOlderDatabaseIsBroughtUpToDate) {
    JobRequest request;
    request.title = "old";
    const std::string old = store_->add(request, 100).id;
    close();
    {
        Database database(folder_ / "jobs.db");
        database.run("DROP TRIGGER slides_of_removed_jobs; DROP TABLE slides;");
        for (const char* column :
             {"kind", "deck", "placement", "language", "subtitles", "told", "stage_times"})
            database.run(std::string("ALTER TABLE jobs DROP COLUMN ") + column);
        database.run("PRAGMA user_version = 2;");
    }
    open();
    EXPECT_EQ(store_->find(old)->request.title, "old");
    EXPECT_EQ(store_->find(old)->request.kind(), JobKind::avatar);
    EXPECT_TRUE(slides_->of(old).empty());
    store_->take();
    EXPECT_EQ(slides_->of(add()).size(), 3);
}

}  // namespace
}  // namespace ditto::jobs
