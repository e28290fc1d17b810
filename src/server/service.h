#pragma once

#include <string>
#include <vector>

#include "app/photo_examiner.h"
#include "app/shared_engines.h"
#include "jobs/job_runner.h"
#include "server/data_folder.h"
#include "server/http.h"
#include "server/metrics.h"

namespace ditto::server {

struct ServiceSettings {
    std::string version;
    /// Jobs that may wait; more are refused with 429.
    int max_queued = 32;
    /// The folder of Ditto's official checkpoints.
    std::filesystem::path checkpoints = "checkpoints";
};

/// Every endpoint, from request to response. Thread-safe; calls may block.
class Service {
  public:
    Service(ServiceSettings settings, DataFolder& data, jobs::JobStore& store,
            jobs::JobRunner& runner, PhotoExaminer& examiner, const SharedEngines& engines);

    /// What to do with the body, told by the head alone. Throws Refusal.
    BodyPlan plan(const Request& request) const;
    /// Never throws: what goes wrong becomes a response.
    Response handle(const Request& request);
    /// The response to a request that is refused before it is understood.
    static Response refuse(int status, Language language);
    /// The response to what a handler threw.
    static Response failed(const std::exception& error, const Request& request);

    /// Sets the gauges of jobs and queue.
    void measure(Metrics& metrics);
    /// True where the store answers.
    bool works();
    const std::filesystem::path& data_root() const { return data_.root(); }

  private:
    using Handler = Response (Service::*)(const Request&, const std::string& id);
    struct Route {
        std::string_view method;
        /// "{id}" stands for a job's id.
        std::string_view path;
        Handler handler;
        std::int64_t max_body_bytes;
        bool multipart;
    };
    struct Match {
        const Route* route = nullptr;
        std::string id;
    };

    static const std::vector<Route>& routes();
    /// Throws Refusal: 404, 405.
    static Match match(const Request& request);

    Response system_info(const Request& request, const std::string&);
    Response upload_photo(const Request& request, const std::string&);
    Response generate(const Request& request, const std::string&);
    Response job_status(const Request& request, const std::string& id);
    Response file(const Request& request, const std::string&);
    // service_generate.cpp
    Response validate(const Request& request, const std::string&);
    Response generate_batch(const Request& request, const std::string&);
    // service_jobs.cpp
    Response job_list(const Request& request, const std::string&);
    Response job(const Request& request, const std::string& id);
    Response job_events(const Request& request, const std::string& id);
    Response end_job(const Request& request, const std::string& id);
    // service_files.cpp
    Response options(const Request& request, const std::string&);
    Response photos(const Request& request, const std::string&);
    Response delete_photo(const Request& request, const std::string& id);
    Response upload_audio(const Request& request, const std::string&);

    /// A job as a client sees it, as JSON.
    std::string described(const jobs::Job& job, Language language);
    /// What a body asks for, with its files found. Throws Refusal: 400, 404, 422.
    jobs::JobRequest wanted_job(const struct GenerateBody& body, const Request& request) const;
    Response queue_full(const Request& request) const;

    const ServiceSettings settings_;
    DataFolder& data_;
    jobs::JobStore& store_;
    jobs::JobRunner& runner_;
    PhotoExaminer& examiner_;
    const SharedEngines& engines_;
};

}  // namespace ditto::server
