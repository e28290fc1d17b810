#pragma once

#include <vector>

#include "server/data_folder.h"
#include "server/replies.h"

namespace ditto::server {

/// Voices: upload-audio.
class AudioRoutes {
  public:
    explicit AudioRoutes(DataFolder& data) : data_(data) {}

    std::vector<Route> routes();

  private:
    Response upload(const Request& request);

    DataFolder& data_;
};

/// Checks the recording `file`, has `move` bring it to its place in uploads/, under a new id, and
/// describes it as upload-audio does. `name` is what people call it. Throws Error of kind audio.
Json keep_voice(DataFolder& data, const std::filesystem::path& file, const std::string& name,
                const std::function<void(const std::filesystem::path&)>& move);

}  // namespace ditto::server
