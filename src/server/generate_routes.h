#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "app/photo_examiner.h"
#include "jobs/job_runner.h"
#include "jobs/job_store.h"
#include "server/data_folder.h"
#include "server/generate_body.h"
#include "server/replies.h"

namespace ditto::server {

/// New work: generate, generate-batch, validate.
class GenerateRoutes {
  public:
    /// `max_queued`: jobs that may wait; more are refused with 429.
    GenerateRoutes(DataFolder& data, jobs::JobStore& store, jobs::JobRunner& runner,
                   PhotoExaminer& examiner, const Engines& engines,
                   std::filesystem::path checkpoints, int max_queued)
        : data_(data),
          store_(store),
          runner_(runner),
          examiner_(examiner),
          engines_(engines),
          checkpoints_(std::move(checkpoints)),
          max_queued_(max_queued) {}

    std::vector<Route> routes();

  private:
    Response generate(const Request& request);
    Response generate_batch(const Request& request);
    Response validate(const Request& request);
    /// `added` is not empty.
    Response accepted_batch(const std::vector<jobs::Job>& added) const;
    /// What registering this photo would say; remembered, for uploads never change. Throws Error.
    std::vector<Notice> notices_of(const std::filesystem::path& photo, int max_size);
    /// One job for each voice. Throws Refusal: 400, 404, 422.
    std::vector<jobs::JobRequest> wanted_jobs(const Request& request, bool batch) const;

    DataFolder& data_;
    jobs::JobStore& store_;
    jobs::JobRunner& runner_;
    PhotoExaminer& examiner_;
    const Engines& engines_;
    const std::filesystem::path checkpoints_;
    const int max_queued_;
    std::mutex mutex_;
    std::map<std::pair<std::filesystem::path, int>, std::vector<Notice>> notices_;
};

/// What requests for any kind of job have in common.

/// `kind` keeps the keys of different addresses apart. Throws Refusal 422.
std::optional<jobs::IdempotencyKey> key_of(const Request& request, const std::string& kind = "");
/// What an earlier request with this key was told, also where its photo or voice is gone by now.
std::optional<jobs::JobStore::Additions> repeated(jobs::JobStore& store,
                                                  const std::optional<jobs::IdempotencyKey>& key);
/// 429 or 409 where the job was not added.
std::optional<Response> refusal_of(jobs::JobStore::Added outcome, const Request& request);
Response accepted_job(const std::string& job);
/// The file of an audio_path. Throws Refusal: 400, 404.
std::filesystem::path voice_at(const DataFolder& data, const std::string& audio_path,
                               const Request& request);

/// With the photo, the engine, the controls, the webhook and the priority of a body. Throws
/// Refusal 404.
jobs::JobRequest job_of(const DataFolder& data, const GenerateBody& body, const Request& request);

}  // namespace ditto::server
