#include "hub/part_file.h"

#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "hub/store.h"

namespace ditto::hub {
namespace {

using Json = nlohmann::json;

/// Segments must follow each other without gaps and end where the file does.
bool well_formed(const PartState& state, std::int64_t written) {
    std::int64_t expected = 0;
    for (const Segment& segment : state.segments) {
        const bool in_order = segment.begin == expected && segment.begin <= segment.position &&
                              segment.position <= segment.end;
        if (!in_order || (segment.position > segment.begin && segment.position > written)) {
            return false;
        }
        expected = segment.end;
    }
    return state.bytes > 0 && expected == state.bytes && !state.identity.empty();
}

}  // namespace

std::int64_t PartState::done() const {
    std::int64_t sum = 0;
    for (const Segment& segment : segments)
        sum += segment.position - segment.begin;
    return sum;
}

std::int64_t PartState::contiguous() const {
    std::int64_t reached = 0;
    for (const Segment& segment : segments) {
        reached = segment.position;
        if (!segment.finished()) break;
    }
    return reached;
}

PartFile::PartFile(std::filesystem::path final_path)
    : final_path_(std::move(final_path)), data_path_(final_path_), state_path_(final_path_) {
    data_path_ += part_suffix;
    state_path_ += part_state_suffix;
}

std::optional<PartState> PartFile::load() const {
    const auto written = facts_of(data_path_);
    const Json json = Json::parse(read_small_file(state_path_), nullptr, false);
    if (!written || !json.is_object()) return {};
    try {
        PartState state{json.at("identity").get<std::string>(),
                        json.at("etag").get<std::string>(),
                        json.at("bytes").get<std::int64_t>(),
                        {}};
        for (const Json& segment : json.at("segments")) {
            state.segments.push_back({segment.at(0).get<std::int64_t>(),
                                      segment.at(1).get<std::int64_t>(),
                                      segment.at(2).get<std::int64_t>()});
        }
        if (well_formed(state, written->bytes)) return state;
    } catch (const Json::exception&) {
        return {};
    }
    return {};
}

void PartFile::open() {
    make_folder(final_path_.parent_path());
    data_ = FileHandle(data_path_, O_RDWR | O_CREAT);
}

void PartFile::save(const PartState& state) const {
    Json segments = Json::array();
    for (const Segment& segment : state.segments) {
        segments.push_back({segment.begin, segment.position, segment.end});
    }
    const Json json = {{"format", 1},
                       {"identity", state.identity},
                       {"etag", state.etag},
                       {"bytes", state.bytes},
                       {"segments", std::move(segments)}};
    write_atomically(state_path_, json.dump() + "\n");
}

void PartFile::clear() const {
    std::error_code ignored;
    std::filesystem::remove(state_path_, ignored);
    data_.resize(0);
}

void PartFile::publish(std::int64_t bytes) {
    data_.resize(bytes);
    rename_durably(data_path_, final_path_);
    std::error_code ignored;
    std::filesystem::remove(state_path_, ignored);
    data_ = FileHandle();
}

void PartFile::remove() {
    std::error_code ignored;
    std::filesystem::remove(state_path_, ignored);
    std::filesystem::remove(data_path_, ignored);
    data_ = FileHandle();
}

}  // namespace ditto::hub
