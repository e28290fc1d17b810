#include "jobs/job_store.h"

#include <array>
#include <csignal>
#include <memory>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "jobs/database.h"

namespace ditto::jobs {
namespace {

using testing::ElementsAre;

class JobStoreTest : public testing::Test {
  protected:
    JobStoreTest() { open(); }

    void open() { store_ = std::make_unique<JobStore>(folder_ / "jobs.db"); }
    void reopen() {
        store_.reset();
        open();
    }
    std::string add(int priority = 0) {
        JobRequest request;
        request.priority = priority;
        return store_->add(request, 100).id;
    }
    JobState state(const std::string& id) { return store_->find(id).value().state; }
    void recover() {
        store_->recover([](const std::string&) { return false; }, 3);
    }

    media::TempFolder folder_;
    std::unique_ptr<JobStore> store_;
};

TEST_F(JobStoreTest, KeepsEverythingOverAReopening) {
    JobRequest request{"a/photo.jpg", "b/voice.wav", EngineWish::mesh, {}, 7};
    request.controls.emotion = EmotionTimeline::parse("0:sad,2.5:happy=0.6+fear=0.4");
    request.controls.crop_scale = 1.75;
    request.controls.seed = 9007199254740991;
    const std::string id = store_->add(request, 10).id;
    store_->take();
    store_->record(id, {40, Stage::render, 12.5});
    EXPECT_NEAR(store_->find(id)->progress.told_s, now_s(), 60);
    store_->record_stage_times(id, {{Stage::prepare, 0.5}, {Stage::render, 1234.25}});
    store_->fail(id, {"photo_missing", {{"path", "x y"}, {"empty", ""}}, "why"});
    reopen();
    const Job job = store_->find(id).value();
    EXPECT_EQ(job.request.photo, "a/photo.jpg");
    EXPECT_EQ(job.request.audio, "b/voice.wav");
    EXPECT_EQ(job.request.engine, EngineWish::mesh);
    EXPECT_EQ(job.request.priority, 7);
    EXPECT_EQ(job.request.controls.emotion, request.controls.emotion);
    EXPECT_EQ(job.request.controls.crop_scale, 1.75);
    EXPECT_EQ(job.stage_times_s,
              (std::map<Stage, double>{{Stage::prepare, 0.5}, {Stage::render, 1234.25}}));
    EXPECT_EQ(job.request.controls.seed, 9007199254740991);
    EXPECT_EQ(job.state, JobState::failed);
    EXPECT_EQ(job.attempts, 1);
    EXPECT_EQ(job.progress.percent, 40);
    EXPECT_EQ(job.progress.stage, Stage::render);
    EXPECT_EQ(job.failure.code, "photo_missing");
    EXPECT_THAT(job.failure.values, ElementsAre(std::pair("path", "x y"), std::pair("empty", "")));
    EXPECT_EQ(job.failure.detail, "why");
    EXPECT_GE(job.finished_s, job.started_s);
    EXPECT_GE(job.started_s, job.created_s);
}

TEST_F(JobStoreTest, TakesByPriorityThenByAge) {
    const std::string first = add();
    const std::string second = add();
    const std::string urgent = add(1);
    EXPECT_EQ(store_->queued_before(second), 2);
    EXPECT_EQ(store_->take()->id, urgent);
    EXPECT_EQ(store_->take()->id, first);
    EXPECT_EQ(store_->take()->id, second);
    EXPECT_FALSE(store_->take());
}

TEST_F(JobStoreTest, GivesAJobToOneOfManyTakers) {
    constexpr std::size_t jobs = 60;
    for (std::size_t i = 0; i < jobs; ++i)
        add();
    std::array<std::vector<std::string>, 3> taken;
    std::vector<std::thread> takers;
    for (auto& mine : taken) {
        takers.emplace_back([&] {
            while (const auto job = store_->take())
                mine.push_back(job->id);
        });
    }
    for (auto& taker : takers)
        taker.join();
    std::set<std::string> distinct;
    std::size_t total = 0;
    for (const auto& mine : taken) {
        distinct.insert(mine.begin(), mine.end());
        total += mine.size();
    }
    EXPECT_EQ(total, jobs);
    EXPECT_EQ(distinct.size(), jobs);
}

TEST_F(JobStoreTest, ProgressNeverGoesBackAndEndsAt100) {
    const std::string id = add();
    store_->take();
    store_->record(id, {60, Stage::render, 4.0});
    recover();
    store_->take();
    store_->record(id, {10, Stage::prepare, {}});
    EXPECT_EQ(store_->find(id)->progress.percent, 60);
    EXPECT_FALSE(store_->find(id)->progress.seconds_left);
    store_->complete(id, "mesh");
    EXPECT_EQ(store_->find(id)->progress.percent, 100);
    EXPECT_EQ(store_->find(id)->engine, "mesh");
    store_->record(id, {70, Stage::render, {}});
    EXPECT_EQ(store_->find(id)->progress.percent, 100);
}

TEST_F(JobStoreTest, RefusesMoreThanTheQueueHolds) {
    EXPECT_EQ(store_->add({}, 2).outcome, JobStore::Added::queued);
    EXPECT_EQ(store_->add({}, 2).outcome, JobStore::Added::queued);
    EXPECT_EQ(store_->add({}, 2).outcome, JobStore::Added::full);
    store_->take();
    EXPECT_EQ(store_->add({}, 2).outcome, JobStore::Added::queued);
}

TEST_F(JobStoreTest, TheSameKeyGivesTheSameJob) {
    const auto first = store_->add({}, 1, IdempotencyKey{"k", "body"});
    const auto again = store_->add({}, 1, IdempotencyKey{"k", "body"});
    EXPECT_EQ(again.outcome, JobStore::Added::repeated);
    EXPECT_EQ(again.id, first.id);
    EXPECT_EQ(store_->add({}, 1, IdempotencyKey{"k", "other"}).outcome, JobStore::Added::key_taken);
    EXPECT_EQ(store_->count()[JobState::queued], 1);
}

TEST_F(JobStoreTest, AKeyHoldsForADay) {
    const IdempotencyKey key{"k", "body"};
    const std::string first = store_->add({}, 9, key).id;
    const auto grow_older = [&](double by_s) {
        store_.reset();
        Database(folder_ / "jobs.db")
            .run("UPDATE jobs SET created = created - " + std::to_string(by_s));
        open();
    };
    grow_older(24 * 3600 - 60);
    EXPECT_EQ(store_->earlier(key)->jobs.at(0).id, first);
    grow_older(120);
    EXPECT_FALSE(store_->earlier(key));
    const auto next = store_->add({}, 9, IdempotencyKey{"k", "another body"});
    EXPECT_EQ(next.outcome, JobStore::Added::queued);
    EXPECT_TRUE(store_->find(first));
}

TEST_F(JobStoreTest, CancelsQueuedJobsAtOnceAndMarksRunningOnes) {
    const std::string running = add();
    const std::string queued = add();
    store_->take();
    EXPECT_EQ(store_->request_cancel(queued), JobState::cancelled);
    EXPECT_EQ(store_->request_cancel(running), JobState::running);
    EXPECT_FALSE(store_->take());
    EXPECT_TRUE(store_->find(running)->cancel_requested);
    store_->end_cancelled(running);
    EXPECT_EQ(state(running), JobState::cancelled);
    EXPECT_EQ(store_->request_cancel("unknown"), std::nullopt);
}

TEST_F(JobStoreTest, RecoversWhatWasRunning) {
    const std::string done = add();
    const std::string unwanted = add();
    const std::string tired = add();
    const std::string other = add();
    for (int i = 0; i < 4; ++i)
        store_->take();
    store_->request_cancel(unwanted);
    const auto has_video = [&](const std::string& id) { return id == done; };
    store_->recover(has_video, 2);
    EXPECT_EQ(state(done), JobState::completed);
    EXPECT_EQ(state(unwanted), JobState::cancelled);
    EXPECT_EQ(state(tired), JobState::queued);
    store_->request_cancel(other);
    EXPECT_EQ(store_->take()->id, tired);
    store_->recover(has_video, 2);
    EXPECT_EQ(state(tired), JobState::failed);
    EXPECT_EQ(store_->find(tired)->failure.code, "interrupted");
}

TEST_F(JobStoreTest, PuttingBackIsNoAttempt) {
    const std::string id = add();
    store_->take();
    store_->put_back(id);
    EXPECT_EQ(state(id), JobState::queued);
    EXPECT_EQ(store_->take()->attempts, 1);
}

TEST_F(JobStoreTest, ListsNewestFirstByPage) {
    const std::string a = add();
    const std::string b = add();
    const std::string c = add();
    store_->take();
    const auto ids = [&](std::optional<JobState> wanted, int limit, int offset) {
        JobQuery query;
        if (wanted) query.states = {*wanted};
        query.limit = limit;
        query.offset = offset;
        const JobPage page = store_->list(query);
        EXPECT_EQ(page.total, wanted ? 2 : 3);
        std::vector<std::string> result;
        for (const Job& job : page.jobs)
            result.push_back(job.id);
        return result;
    };
    EXPECT_THAT(ids({}, 10, 0), ElementsAre(c, b, a));
    EXPECT_THAT(ids({}, 1, 1), ElementsAre(b));
    EXPECT_THAT(ids(JobState::queued, 10, 0), ElementsAre(c, b));
}

TEST_F(JobStoreTest, FindsJobsByTitleStateAndBatch) {
    JobRequest request;
    request.photo = "/data/uploads/avatar_1.png";
    request.title = "Opening Slide.wav";
    request.batch = "b";
    const auto added = store_->add_all({request, request}, 2);
    ASSERT_EQ(added.jobs.size(), 2);
    const std::array both{added.jobs[0].id, added.jobs[1].id};
    EXPECT_EQ(store_->add_all({request}, 2).outcome, JobStore::Added::full);
    EXPECT_EQ(store_->list({.text = "opening"}).total, 2);
    EXPECT_EQ(store_->list({.batch = "b", .text = both[1]}).jobs.at(0).id, both[1]);
    EXPECT_EQ(store_->list({.text = "%"}).total, 0);
    EXPECT_EQ(store_->list({.states = {JobState::completed, JobState::failed}}).total, 0);
    EXPECT_EQ(store_->list({.states = {JobState::completed, JobState::queued}}).total, 2);
    EXPECT_TRUE(store_->waits_for("/data/uploads/avatar_1.png"));
    EXPECT_FALSE(store_->waits_for("/data/uploads/avatar_2.png"));
    store_->take();
    store_->complete(both[0], "mesh", 12.5);
    store_->record_judgement(both[0], "{}");
    EXPECT_EQ(store_->find(both[0])->video_s, 12.5);
    EXPECT_EQ(store_->find(both[0])->judgement, "{}");
    EXPECT_TRUE(store_->seconds_per_video_second("mesh"));
    EXPECT_FALSE(store_->seconds_per_video_second("ditto"));
}

TEST_F(JobStoreTest, AKeyStandsForAWholeBatch) {
    JobRequest first;
    first.title = "one";
    first.batch = "b";
    JobRequest second = first;
    second.title = "two";
    const auto titles = [](const JobStore::Additions& added) {
        std::vector<std::string> found;
        for (const Job& job : added.jobs)
            found.push_back(job.request.title);
        return found;
    };
    const IdempotencyKey key{"k", "body"};
    const auto added = store_->add_all({first, second}, 3, key);
    EXPECT_EQ(added.outcome, JobStore::Added::queued);
    EXPECT_THAT(titles(added), ElementsAre("one", "two"));
    reopen();
    first.batch = second.batch = "c";
    const auto again = store_->add_all({first, second}, 3, key);
    EXPECT_EQ(again.outcome, JobStore::Added::repeated);
    EXPECT_THAT(titles(again), ElementsAre("one", "two"));
    EXPECT_EQ(again.jobs[0].id, added.jobs[0].id);
    EXPECT_EQ(store_->list({}).total, 2);
    EXPECT_EQ(store_->add_all({first}, 3, IdempotencyKey{"k", "other"}).outcome,
              JobStore::Added::key_taken);
    EXPECT_EQ(store_->add(first, 3, key).outcome, JobStore::Added::repeated);
}

TEST_F(JobStoreTest, RemovesOnlyWhatIsFinished) {
    const std::string done = add();
    store_->take();
    EXPECT_FALSE(store_->remove(done));
    store_->complete(done, "mesh");
    const std::string waiting = add();
    EXPECT_THAT(store_->remove_finished_before(now_s() - 100), testing::IsEmpty());
    EXPECT_THAT(store_->remove_finished_before(now_s() + 1), ElementsAre(done));
    EXPECT_FALSE(store_->find(done));
    EXPECT_TRUE(store_->find(waiting));
    EXPECT_FALSE(store_->remove(waiting));
}

TEST_F(JobStoreTest, OneProgramAtATime) {
    try {
        const JobStore second(folder_ / "jobs.db");
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::folder_unwritable);
        EXPECT_THAT(user_message(error, Language::english),
                    testing::EndsWith(" cannot be written. Another ditto-avatar serve uses it; end "
                                      "that one, or name another folder."));
    }
    EXPECT_EQ(media::code_of([&] { JobStore(folder_ / "none" / "jobs.db"); }),
              ErrorCode::folder_unwritable);
}

TEST_F(JobStoreTest, WhatWasSaidOutlivesAKill) {
    store_.reset();
    std::array<int, 2> told{};
    ASSERT_EQ(pipe(told.data()), 0);
    const pid_t child = fork();
    if (child == 0) {
        JobStore store(folder_ / "jobs.db");
        for (;;) {
            const std::string id = store.add({}, 1 << 30).id;
            if (write(told[1], id.data(), id.size()) < 0) _exit(1);
            store.take();
        }
    }
    close(told[1]);
    std::string said;
    std::array<char, 4096> buffer{};
    while (said.size() < 36 * 20) {
        const ssize_t count = read(told[0], buffer.data(), buffer.size());
        ASSERT_GT(count, 0);
        said.append(buffer.data(), static_cast<std::size_t>(count));
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(told[0]);
    open();
    for (std::size_t i = 0; i + 36 <= said.size(); i += 36)
        EXPECT_TRUE(store_->find(said.substr(i, 36)));
    recover();
    EXPECT_EQ(store_->count()[JobState::running], 0);
}

TEST(NewId, IsARandomUuid) {
    const std::string id = new_id();
    EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                          "[0-9a-f]{12}"));
    EXPECT_NE(id, new_id());
}

}  // namespace
}  // namespace ditto::jobs
