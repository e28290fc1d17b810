#pragma once

#include <vector>

#include "server/data_folder.h"
#include "server/replies.h"
#include "speech/speaker.h"

namespace ditto::server {

/// Spoken text: the voices of the speaking program, and recordings made by it.
class SpeechRoutes {
  public:
    /// `speaker` must outlive it.
    SpeechRoutes(DataFolder& data, const speech::Speaker& speaker)
        : data_(data), speaker_(speaker) {}

    std::vector<Route> routes();

  private:
    Response voices(const Request& request) const;
    Response speak(const Request& request);

    DataFolder& data_;
    const speech::Speaker& speaker_;
};

}  // namespace ditto::server
