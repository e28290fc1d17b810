#pragma once

#include <vector>

#include "app/photo_examiner.h"
#include "jobs/job_store.h"
#include "server/data_folder.h"
#include "server/replies.h"

namespace ditto::server {

/// Photos: upload-photo, photos, photo/{id}.
class PhotoRoutes {
  public:
    PhotoRoutes(DataFolder& data, jobs::JobStore& store, PhotoExaminer& examiner)
        : data_(data), store_(store), examiner_(examiner) {}

    std::vector<Route> routes();

  private:
    Response upload(const Request& request);
    Response list(const Request& request) const;
    Response remove(const Request& request, const std::string& id);

    DataFolder& data_;
    jobs::JobStore& store_;
    PhotoExaminer& examiner_;
};

}  // namespace ditto::server
