#include "jobs/job_runner.h"

#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "engine_double.h"
#include "files.h"
#include "media/image_file.h"
#include "sounds.h"

namespace ditto::jobs {
namespace {

using namespace std::chrono_literals;

class JobRunnerTest : public testing::Test {
  protected:
    JobRunnerTest() {
        std::filesystem::create_directory(outputs());
        media::save_png(Image(64, 48), folder_ / "photo.png");
        media::write_wav(folder_ / "voice.wav", media::tone(1, 16000));
        store_ = std::make_unique<JobStore>(folder_ / "jobs.db");
    }

    std::filesystem::path outputs() { return folder_ / "outputs"; }
    void start(RunnerSettings settings = {}) {
        settings.outputs = outputs();
        runner_ = std::make_unique<JobRunner>(*store_, engines_, settings);
        runner_->start();
    }
    std::string add() {
        JobRequest request;
        request.photo = folder_ / "photo.png";
        request.audio = folder_ / "voice.wav";
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
    /// Holds every job at its third frame until release() or a stop.
    void hold() {
        engines_.engine->before_frame = [this](std::int64_t index) {
            if (index != 3) return;
            ++held_;
            while (held_ > 0 && !released_)
                std::this_thread::sleep_for(1ms);
        };
    }

    media::TempFolder folder_;
    EnginesDouble engines_;
    std::atomic<int> held_ = 0;
    std::atomic<bool> released_ = false;
    std::unique_ptr<JobStore> store_;
    std::unique_ptr<JobRunner> runner_;
};

TEST_F(JobRunnerTest, MakesTheVideos) {
    const std::string before = add();
    start();
    const std::string after = add();
    EXPECT_TRUE(reaches(before, JobState::completed));
    EXPECT_TRUE(reaches(after, JobState::completed));
    EXPECT_GT(std::filesystem::file_size(runner_->video_of(after)), 1000U);
    EXPECT_EQ(store_->find(after)->engine, "double");
    const auto times_s = store_->find(after)->stage_times_s;
    EXPECT_EQ(times_s.size(), 5U);
    EXPECT_GT(times_s.at(Stage::render), 0);
}

TEST_F(JobRunnerTest, AFailureKeepsItsReasonAndTheNextJobRuns) {
    engines_.engine->before_frame = [](std::int64_t) {
        throw Error(ErrorCode::model_missing, {{"path", "m.onnx"}});
    };
    start();
    const std::string bad = add();
    EXPECT_TRUE(reaches(bad, JobState::failed));
    EXPECT_EQ(store_->find(bad)->failure.code, "model_missing");
    EXPECT_EQ(store_->find(bad)->failure.values.at(0).second, "m.onnx");
    engines_.engine->before_frame = [](std::int64_t) {};
    EXPECT_TRUE(reaches(add(), JobState::completed));
}

/// Another program that writes to the database and does not come to an end.
class Lock {
  public:
    explicit Lock(const std::filesystem::path& database) {
        sqlite3_open(database.c_str(), &handle_);
        sqlite3_busy_timeout(handle_, 10'000);
        held_ = sqlite3_exec(handle_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr) == SQLITE_OK;
    }
    ~Lock() { sqlite3_close(handle_); }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;
    bool held() const { return held_; }

  private:
    sqlite3* handle_ = nullptr;
    bool held_ = false;
};

TEST_F(JobRunnerTest, AVideoOutlivesADatabaseThatIsLocked) {
    hold();
    start();
    const std::string good = add();
    ASSERT_TRUE(wait_until([&] { return held_ == 1; }));
    {
        const Lock lock(folder_ / "jobs.db");
        ASSERT_TRUE(lock.held());
        released_ = true;
        ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(runner_->video_of(good)); }));
        // Longer than the store waits for others.
        std::this_thread::sleep_for(6s);
        EXPECT_EQ(store_->find(good)->state, JobState::running);
    }
    EXPECT_TRUE(reaches(good, JobState::completed));
    EXPECT_TRUE(reaches(add(), JobState::completed));
}

TEST_F(JobRunnerTest, AFailureIsToldWhenTheLockIsGone) {
    engines_.engine->before_frame = [this](std::int64_t index) {
        if (index != 3) return;
        ++held_;
        while (!released_)
            std::this_thread::sleep_for(1ms);
        throw Error(ErrorCode::output_full);
    };
    start();
    const std::string bad = add();
    ASSERT_TRUE(wait_until([&] { return held_ == 1; }));
    {
        const Lock lock(folder_ / "jobs.db");
        ASSERT_TRUE(lock.held());
        released_ = true;
        std::this_thread::sleep_for(6s);
    }
    EXPECT_TRUE(reaches(bad, JobState::failed));
    EXPECT_EQ(store_->find(bad)->failure.code, "output_full");
}

TEST_F(JobRunnerTest, AStopDoesNotWaitForALockedDatabase) {
    hold();
    start();
    const std::string id = add();
    ASSERT_TRUE(wait_until([&] { return held_ == 1; }));
    {
        const Lock lock(folder_ / "jobs.db");
        released_ = true;
        ASSERT_TRUE(wait_until([&] { return std::filesystem::exists(runner_->video_of(id)); }));
        runner_->stop(0);
    }
    EXPECT_EQ(store_->find(id)->state, JobState::running);
    // The next start finds the video.
    start();
    EXPECT_EQ(store_->find(id)->state, JobState::completed);
}

TEST_F(JobRunnerTest, WhatWentAwayWhileItWaitedIsNamed) {
    for (const char* gone : {"photo.png", "voice.wav"}) {
        const std::string id = add();
        std::filesystem::rename(folder_ / gone, folder_ / "elsewhere");
        start();
        EXPECT_TRUE(reaches(id, JobState::failed));
        EXPECT_EQ(store_->find(id)->failure.code,
                  std::string(gone) == "photo.png" ? "photo_missing" : "audio_missing");
        runner_.reset();
        std::filesystem::rename(folder_ / "elsewhere", folder_ / gone);
    }
}

TEST_F(JobRunnerTest, CancellingEndsRegistrationAndDrawingSoon) {
    const std::vector<Stage> stages{Stage::register_avatar, Stage::render};
    for (const Stage stage : stages) {
        held_ = 0;
        const auto wait_for_stop = [this](const std::stop_token& stop) {
            ++held_;
            while (!stop.stop_requested())
                std::this_thread::sleep_for(1ms);
            throw Error(ErrorCode::cancelled);
        };
        engines_.engine->on_register = [](const std::stop_token&) {};
        engines_.engine->before_frame = [](std::int64_t) {};
        if (stage == Stage::register_avatar) engines_.engine->on_register = wait_for_stop;
        if (stage == Stage::render) {
            engines_.engine->before_frame = [this](std::int64_t) { ++held_; };
        }
        media::write_wav(folder_ / "voice.wav", media::tone(600, 16000));
        start();
        const std::string id = add();
        ASSERT_TRUE(wait_until([&] { return held_ > 0; }));
        const auto asked = std::chrono::steady_clock::now();
        runner_->cancel(id);
        EXPECT_TRUE(reaches(id, JobState::cancelled));
        // On a machine that has other things to do, too.
        EXPECT_LT(std::chrono::steady_clock::now() - asked, 20s);
        EXPECT_TRUE(std::filesystem::is_empty(outputs()));
        runner_.reset();
    }
}

TEST_F(JobRunnerTest, CancelsRunningAndQueuedJobs) {
    hold();
    start();
    const std::string running = add();
    const std::string queued = add();
    ASSERT_TRUE(wait_until([&] { return held_ == 1; }));
    EXPECT_EQ(runner_->cancel(queued), JobState::cancelled);
    EXPECT_EQ(runner_->cancel(running), JobState::running);
    released_ = true;
    EXPECT_TRUE(reaches(running, JobState::cancelled));
    EXPECT_EQ(runner_->cancel(running), JobState::cancelled);
    EXPECT_TRUE(std::filesystem::is_empty(outputs()));
}

TEST_F(JobRunnerTest, TwoWorkersRunTwoJobsAtOnce) {
    hold();
    RunnerSettings settings;
    settings.workers = 2;
    start(settings);
    const std::string a = add();
    const std::string b = add();
    EXPECT_TRUE(wait_until([&] { return held_ == 2; }));
    released_ = true;
    EXPECT_TRUE(reaches(a, JobState::completed));
    EXPECT_TRUE(reaches(b, JobState::completed));
}

/// Has both engines, which draw alike.
class TwoEnginesDouble final : public Engines {
  public:
    explicit TwoEnginesDouble(EnginesDouble& engines) : engines_(engines) {}
    EngineChoice choose(const EngineRequest& request) override { return engines_.choose(request); }
    std::string decide(const EngineRequest& request) const override {
        return request.wish == EngineWish::ditto ? "ditto" : "mesh";
    }

  private:
    EnginesDouble& engines_;
};

TEST_F(JobRunnerTest, AnEngineAtItsLimitLetsOthersGoFirst) {
    hold();
    TwoEnginesDouble engines(engines_);
    RunnerSettings settings;
    settings.outputs = outputs();
    settings.workers = 3;
    settings.engine_limits = {{"ditto", 1}};
    runner_ = std::make_unique<JobRunner>(*store_, engines, settings);
    const auto add_wish = [&](EngineWish wish) {
        JobRequest request;
        request.photo = folder_ / "photo.png";
        request.audio = folder_ / "voice.wav";
        request.engine = wish;
        return store_->add(request, 100).id;
    };
    const std::string first = add_wish(EngineWish::ditto);
    const std::string second = add_wish(EngineWish::ditto);
    const std::string automatic = add_wish(EngineWish::automatic);
    const std::string mesh = add_wish(EngineWish::mesh);
    runner_->start();
    ASSERT_TRUE(wait_until([&] { return held_ == 3; }));
    EXPECT_EQ(store_->find(first)->state, JobState::running);
    EXPECT_EQ(store_->find(second)->state, JobState::queued);
    EXPECT_EQ(store_->find(automatic)->state, JobState::running);
    EXPECT_EQ(store_->find(mesh)->state, JobState::running);
    released_ = true;
    EXPECT_TRUE(reaches(second, JobState::completed));
    runner_.reset();
}

TEST_F(JobRunnerTest, StoppingPutsTheRunningJobBack) {
    hold();
    start();
    const std::string id = add();
    ASSERT_TRUE(wait_until([&] { return held_ == 1; }));
    std::thread stopper([&] { runner_->stop(0.05); });
    std::this_thread::sleep_for(200ms);
    released_ = true;
    stopper.join();
    EXPECT_EQ(store_->find(id)->state, JobState::queued);
    EXPECT_TRUE(std::filesystem::is_empty(outputs()));
    engines_.engine->before_frame = [](std::int64_t) {};
    start();
    EXPECT_TRUE(reaches(id, JobState::completed));
    EXPECT_EQ(store_->find(id)->attempts, 1);
}

TEST_F(JobRunnerTest, StoppingWaitsForWhatIsNearlyDone) {
    // A job that was taken but not begun goes back to the queue: wait for a frame.
    std::atomic<bool> begun = false;
    engines_.engine->before_frame = [&](std::int64_t) { begun = true; };
    start();
    const std::string id = add();
    ASSERT_TRUE(wait_until([&] { return begun.load(); }));
    runner_->stop(60);
    EXPECT_EQ(store_->find(id)->state, JobState::completed);
}

TEST_F(JobRunnerTest, ANewStartTakesUpWhatWasCutAndRemovesItsRemains) {
    const std::string id = add();
    store_->take();
    std::ofstream(outputs() / (".avatar_" + id + ".mp4.part-abc")) << "half";
    start();
    EXPECT_TRUE(reaches(id, JobState::completed));
    EXPECT_EQ(store_->find(id)->attempts, 2);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(outputs()), {}), 1);
}

TEST_F(JobRunnerTest, WhatWasNotJudgedIsJudgedAfterAnotherStart) {
    start();
    const std::string good = add();
    const std::string odd = add();
    ASSERT_TRUE(reaches(good, JobState::completed));
    ASSERT_TRUE(reaches(odd, JobState::completed));
    EXPECT_EQ(store_->unjudged(), (std::vector<std::string>{good, odd}));
    runner_.reset();
    RunnerSettings settings;
    std::atomic<int> calls = 0;
    settings.judge = [&](const std::filesystem::path& video, const std::filesystem::path&,
                         const std::stop_token&) -> std::string {
        ++calls;
        if (video == runner_->video_of(odd)) throw Error(ErrorCode::face_none);
        return "{}";
    };
    start(settings);
    EXPECT_TRUE(wait_until([&] { return store_->unjudged().empty(); }));
    EXPECT_EQ(store_->find(good)->judgement, "{}");
    EXPECT_EQ(store_->find(odd)->judgement, "none");
    // Nor is it tried at each start.
    runner_.reset();
    start(settings);
    EXPECT_TRUE(reaches(add(), JobState::completed));
    EXPECT_TRUE(wait_until([&] { return calls == 3; }));
}

TEST_F(JobRunnerTest, AStopLeavesAJudgementForTheNextStart) {
    RunnerSettings settings;
    std::atomic<bool> judging = false;
    settings.judge = [&](const auto&, const auto&, const std::stop_token& stop) -> std::string {
        judging = true;
        while (!stop.stop_requested())
            std::this_thread::sleep_for(1ms);
        throw Error(ErrorCode::cancelled);
    };
    start(settings);
    const std::string id = add();
    ASSERT_TRUE(wait_until([&] { return judging.load(); }));
    runner_.reset();
    EXPECT_EQ(store_->unjudged(), std::vector<std::string>{id});
}

TEST_F(JobRunnerTest, RemovesOldJobsWithTheirVideos) {
    RunnerSettings settings;
    settings.keep_finished_s = 1;
    std::atomic<double> uploads_before_s = 0;
    settings.remove_uploads = [&](double before_s) { uploads_before_s = before_s; };
    start(settings);
    const std::string id = add();
    ASSERT_TRUE(reaches(id, JobState::completed));
    std::this_thread::sleep_for(1100ms);
    runner_->wake();
    EXPECT_TRUE(wait_until([&] { return !store_->find(id); }));
    EXPECT_TRUE(wait_until([&] { return std::filesystem::is_empty(outputs()); }));
    EXPECT_NEAR(uploads_before_s, now_s() - 1, 60);
    runner_.reset();
}

}  // namespace
}  // namespace ditto::jobs
