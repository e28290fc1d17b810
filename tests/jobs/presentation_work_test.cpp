#include "jobs/presentation_work.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine_double.h"
#include "files.h"
#include "jobs/job_runner.h"
#include "presenter_double.h"
#include "sounds.h"

namespace ditto::jobs {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

class PresentationWorkTest : public testing::Test {
  protected:
    PresentationWorkTest() {
        std::filesystem::create_directory(folder_ / "outputs");
        std::filesystem::create_directory(folder_ / "previews");
        presenter_.sound = folder_ / "voice.wav";
        media::write_wav(presenter_.sound, media::tone(1, 16000));
    }

    void open() {
        store_ = std::make_unique<JobStore>(folder_ / "jobs.db");
        slides_ = std::make_unique<SlideStore>(folder_ / "jobs.db");
        work_ = std::make_unique<PresentationWork>(*slides_, presenter_, parts());
    }
    void start(RunnerSettings settings = {}) {
        if (!store_) open();
        settings.outputs = folder_ / "outputs";
        settings.previews = folder_ / "previews";
        settings.presentations = work_.get();
        runner_ = std::make_unique<JobRunner>(*store_, engines_, settings);
        runner_->start();
    }
    std::filesystem::path parts() { return folder_ / "presentations"; }
    std::filesystem::path segment(const std::string& id, int number) {
        return parts() / id / ("slide_" + std::to_string(number) + ".mp4");
    }
    /// Three slides: a recording, a script that is spoken, silence.
    JobRequest request() {
        JobRequest request;
        request.presentation = PresentationRequest{"deck", "{}", "en", true, {}};
        request.presentation->slides = {
            {1, folder_ / "one.png", "Start", "Hello.", presenter_.sound, ""},
            {2, folder_ / "two.png", "", "And on.", "", "v1"},
            {3, folder_ / "three.png", "", "", "", ""},
        };
        return request;
    }
    std::string add(const JobRequest& request) {
        const std::string id = store_->add(request, 100).id;
        if (runner_) runner_->wake();
        return id;
    }
    template <class Condition>
    static bool wait_until(Condition condition) {
        for (int i = 0; i < 6000; ++i) {
            if (condition()) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    bool reaches(const std::string& id, JobState state) {
        return wait_until([&] { return store_->find(id)->state == state; });
    }
    std::string states(const std::string& id) {
        std::string text;
        for (const Slide& slide : slides_->of(id))
            text += std::string(state_name(slide.state)) + " ";
        return text;
    }
    std::string video(const std::string& id) {
        std::ifstream file(runner_->video_of(id));
        return {std::istreambuf_iterator<char>(file), {}};
    }
    /// Slides of this name fail, as long as it is not empty.
    void fail(const std::string& name) {
        const std::lock_guard lock(mutex_);
        bad_ = name;
        presenter_.before_frame = [this](const std::string& slide, int) {
            const std::lock_guard inner(mutex_);
            if (slide == bad_) throw Error(ErrorCode::audio_corrupt);
        };
    }
    /// Slides of this name stop at their third frame until release().
    void hold(const std::string& name) {
        presenter_.before_frame = [this, name](const std::string& slide, int frame) {
            if (slide != name || frame != 2) return;
            held_ = true;
            while (!released_)
                std::this_thread::sleep_for(1ms);
        };
    }

    media::TempFolder folder_;
    EnginesDouble engines_;
    PresenterDouble presenter_;
    std::mutex mutex_;
    std::string bad_;
    std::atomic<bool> held_ = false;
    std::atomic<bool> released_ = false;
    std::atomic<bool> failed_once_ = false;
    std::unique_ptr<JobStore> store_;
    std::unique_ptr<SlideStore> slides_;
    std::unique_ptr<PresentationWork> work_;
    std::unique_ptr<JobRunner> runner_;
};

TEST_F(PresentationWorkTest, MakesTheSlidesAndJoinsThem) {
    start();
    const std::string id = add(request());
    ASSERT_TRUE(reaches(id, JobState::completed));
    EXPECT_EQ(video(id), "one voiced two voiced three silent ");
    EXPECT_EQ(presenter_.spoken(), "And on.|");
    EXPECT_EQ(store_->find(id)->engine, "double");
    EXPECT_EQ(store_->find(id)->video_s, 3);
    EXPECT_EQ(slides_->of(id)[1].duration_s, 1);
    // The parts are no longer needed.
    EXPECT_TRUE(wait_until([&] { return std::filesystem::is_empty(parts()); }));
    EXPECT_TRUE(std::filesystem::exists(folder_ / "outputs" / ("avatar_" + id + ".vtt")));
    ASSERT_TRUE(runner_->remove(id));
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "outputs"));
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "previews"));
}

TEST_F(PresentationWorkTest, ASlideThatFailsLeavesTheOthersAndIsMadeAgainAlone) {
    fail("two");
    start();
    const std::string id = add(request());
    ASSERT_TRUE(reaches(id, JobState::failed));
    EXPECT_EQ(store_->find(id)->failure.code, "slides_failed");
    EXPECT_EQ(store_->find(id)->failure.values[0].second, "2");
    EXPECT_EQ(states(id), "completed failed completed ");
    EXPECT_EQ(slides_->of(id)[1].failure.code, "audio_corrupt");
    fail("");
    SlideChange change;
    change.script = "Better.";
    EXPECT_EQ(slides_->retry(id, 2, change), SlideStore::Retry::queued);
    runner_->wake();
    ASSERT_TRUE(reaches(id, JobState::completed));
    EXPECT_THAT(presenter_.begun(), ElementsAre("one", "two", "three", "two"));
    EXPECT_EQ(presenter_.spoken(), "And on.|Better.|");
    EXPECT_EQ(video(id), "one voiced two voiced three silent ");
}

TEST_F(PresentationWorkTest, ASlideThatIsMadeAgainWhileTheOthersRunJoinsThem) {
    presenter_.before_frame = [this](const std::string& slide, int frame) {
        if (slide == "one" && !failed_once_.exchange(true)) throw Error(ErrorCode::internal);
        if (slide != "two" || frame != 2) return;
        held_ = true;
        while (!released_)
            std::this_thread::sleep_for(1ms);
    };
    start();
    const std::string id = add(request());
    ASSERT_TRUE(wait_until([&] { return held_.load(); }));
    EXPECT_EQ(slides_->retry(id, 1, {}), SlideStore::Retry::queued);
    released_ = true;
    ASSERT_TRUE(reaches(id, JobState::completed));
    EXPECT_EQ(video(id), "one voiced two voiced three silent ");
}

TEST_F(PresentationWorkTest, AVoiceThatCannotSpeakFailsItsSlideOnly) {
    JobRequest wanted = request();
    wanted.presentation->slides[1].voice = "nobody";
    wanted.presentation->slides[2].audio = folder_ / "gone.wav";
    start();
    const std::string id = add(wanted);
    ASSERT_TRUE(reaches(id, JobState::failed));
    EXPECT_EQ(states(id), "completed failed failed ");
    EXPECT_EQ(slides_->of(id)[1].failure.code, "voice_unknown");
    EXPECT_EQ(slides_->of(id)[2].failure.code, "audio_missing");
}

TEST_F(PresentationWorkTest, APhotoThatIsRefusedFailsTheJobAtOnce) {
    presenter_.on_begin = [] { throw Error(ErrorCode::face_none); };
    start();
    const std::string id = add(request());
    ASSERT_TRUE(reaches(id, JobState::failed));
    EXPECT_EQ(store_->find(id)->failure.code, "face_none");
    EXPECT_EQ(states(id), "queued queued queued ");
}

TEST_F(PresentationWorkTest, AFullDiskIsNoFaultOfASlide) {
    presenter_.before_frame = [](const std::string&, int) { throw Error(ErrorCode::output_full); };
    start();
    const std::string id = add(request());
    ASSERT_TRUE(reaches(id, JobState::failed));
    EXPECT_EQ(store_->find(id)->failure.code, "output_full");
    EXPECT_EQ(states(id), "queued queued queued ");
    presenter_.before_frame = [](const std::string&, int) {};
    EXPECT_EQ(slides_->retry(id, 1, {}), SlideStore::Retry::queued);
    runner_->wake();
    EXPECT_TRUE(reaches(id, JobState::completed));
}

TEST_F(PresentationWorkTest, CancellingRemovesWhatWasMade) {
    hold("two");
    start();
    const std::string id = add(request());
    ASSERT_TRUE(wait_until([&] { return held_.load(); }));
    EXPECT_TRUE(std::filesystem::exists(segment(id, 1)));
    EXPECT_TRUE(std::filesystem::exists(runner_->preview_of(id)));
    runner_->cancel(id);
    released_ = true;
    ASSERT_TRUE(reaches(id, JobState::cancelled));
    EXPECT_TRUE(wait_until([&] { return std::filesystem::is_empty(parts()); }));
    EXPECT_TRUE(std::filesystem::is_empty(folder_ / "previews"));
    EXPECT_EQ(states(id), "completed queued queued ");
}

TEST_F(PresentationWorkTest, AStopKeepsTheSlidesAndTheNextStartMakesTheRest) {
    hold("two");
    start();
    const std::string id = add(request());
    ASSERT_TRUE(wait_until([&] { return held_.load(); }));
    std::thread stopper([&] { runner_->stop(0.01); });
    std::this_thread::sleep_for(100ms);
    released_ = true;
    stopper.join();
    EXPECT_EQ(store_->find(id)->state, JobState::queued);
    const int percent = store_->find(id)->progress.percent;
    start();
    ASSERT_TRUE(reaches(id, JobState::completed));
    EXPECT_THAT(presenter_.begun(), ElementsAre("one", "two", "two", "three"));
    EXPECT_GE(store_->find(id)->progress.percent, percent);
    // Cancelled while it waits, a job leaves nothing either.
    runner_->stop(0);
    const std::string other = add(request());
    std::filesystem::create_directories(parts() / other);
    runner_->cancel(other);
    EXPECT_TRUE(std::filesystem::is_empty(parts()));
}

TEST_F(PresentationWorkTest, AKilledProgramIsContinuedWhereItWas) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        hold("three");
        start();
        add(request());
        wait_until([&] { return held_.load(); });
        _exit(0);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    open();
    ASSERT_EQ(store_->list({}).total, 1);
    const std::string id = store_->list({}).jobs[0].id;
    EXPECT_EQ(states(id), "completed completed running ");
    // One slide was cut in the midst, another is lost.
    std::ofstream(parts() / id / ".slide_3.mp4.part-abc") << "half";
    std::filesystem::remove(segment(id, 1));
    std::filesystem::create_directories(parts() / "00000000-0000-4000-8000-000000000000");
    std::string left;
    presenter_.on_join = [&] {
        for (const auto& entry : std::filesystem::directory_iterator(parts() / id))
            left += entry.path().filename().string().starts_with('.') ? "hidden" : "";
    };
    start();
    ASSERT_TRUE(reaches(id, JobState::completed));
    EXPECT_THAT(presenter_.begun(), ElementsAre("one", "three"));
    EXPECT_EQ(video(id), "one voiced two voiced three silent ");
    EXPECT_EQ(left, "");
    EXPECT_TRUE(wait_until([&] { return std::filesystem::is_empty(parts()); }));
}

TEST_F(PresentationWorkTest, ProgramsThatDieWhileJoiningJoinAgain) {
    open();
    const std::string id = store_->add(request(), 100).id;
    store_->take();
    std::filesystem::create_directories(parts() / id);
    for (int number = 1; number <= 3; ++number) {
        slides_->take(id);
        slides_->complete(id, number, 1);
        std::ofstream(segment(id, number)) << "old";
    }
    std::ofstream(folder_ / "outputs" / ("avatar_" + id + ".mp4")) << "joined before";
    start();
    ASSERT_TRUE(reaches(id, JobState::completed));
    EXPECT_TRUE(presenter_.begun().empty());
    EXPECT_EQ(video(id), "old voiced old voiced old silent ");
    EXPECT_EQ(store_->find(id)->video_s, 3);
}

}  // namespace
}  // namespace ditto::jobs
