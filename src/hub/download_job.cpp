#include "hub/download_job.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "hub/store.h"

namespace ditto::hub {
namespace {

constexpr int most_restarts = 3;
constexpr std::int64_t small_bytes = 16 << 20;

bool is_hex(const std::string& text, std::size_t length) {
    return text.size() == length && text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

std::string DownloadJob::Lease::range() const {
    if (first == 0 && last < 0) return {};
    return std::to_string(first) + "-" + (last < 0 ? "" : std::to_string(last));
}

DownloadJob::DownloadJob(checkpoints::ModelFile file, const std::filesystem::path& folder,
                         std::string url, std::function<void()> on_hashed)
    : file_(std::move(file)),
      url_(std::move(url)),
      on_hashed_(std::move(on_hashed)),
      part_(folder / file_.name),
      sha256_(file_.sha256),
      bytes_(file_.bytes.value_or(-1)) {}

std::string DownloadJob::host() const {
    return origin_of(url_);
}

void DownloadJob::refuse(const std::string& what) const {
    throw Error(ErrorCode::download_wrong,
                {{"host", host()}, {"path", file_.name}, {"what", what}});
}

void DownloadJob::learn(const HttpHead& head) {
    // The hub names large files by SHA-256 and small ones as git does.
    const std::string linked =
        bare_etag(head.linked_etag.empty() && !head.commit.empty() ? head.etag : head.linked_etag);
    if (is_hex(linked, 64)) {
        if (!sha256_.empty() && sha256_ != linked) {
            refuse("SHA-256 " + linked + " instead of " + sha256_);
        }
        sha256_ = linked;
    } else if (is_hex(linked, 40)) {
        git_name_ = linked;
    }
    if (commit_.empty()) commit_ = head.commit;
    if (head.linked_size) {
        learn_size(*head.linked_size);
    } else if (head.status == 200 && head.content_length && head.content_encoding.empty()) {
        learn_size(*head.content_length);
    }
}

void DownloadJob::learn_size(std::int64_t bytes) {
    if (bytes_ >= 0 && bytes_ != bytes) {
        refuse(std::to_string(bytes) + " bytes instead of " + std::to_string(bytes_));
    }
    bytes_ = bytes;
}

std::int64_t DownloadJob::bytes_on_disk() const {
    const auto facts = facts_of(part_.data_path());
    return facts ? facts->bytes : 0;
}

std::string DownloadJob::identity() const {
    return sha256_.empty() ? "etag" : "sha256:" + sha256_;
}

void DownloadJob::open(std::int64_t part_bytes) {
    part_bytes_ = part_bytes;
    auto earlier = part_.load();
    part_.open();
    const bool same = earlier && earlier->identity == identity() &&
                      (bytes_ < 0 || earlier->bytes == bytes_) &&
                      (!sha256_.empty() || is_strong_etag(earlier->etag));
    if (same) {
        state_ = std::move(*earlier);
        bytes_ = state_.bytes;
        leased_.assign(state_.segments.size(), false);
    } else {
        reset();
        state_.identity = identity();
    }
    most_done = state_.done();
    restart_hasher();
    step_ = Step::moving;
}

void DownloadJob::reset() {
    part_.clear();
    state_.etag.clear();
    split();
}

/// Cuts the file into the stretches that connections fetch: one where the size or the server
/// does not allow more.
void DownloadJob::split() {
    state_.bytes = bytes_;
    state_.segments.clear();
    if (bytes_ <= 0 || !ranges_) {
        state_.segments.push_back({0, 0, bytes_});
    } else {
        for (std::int64_t begin = 0; begin < bytes_; begin += part_bytes_) {
            state_.segments.push_back({begin, begin, std::min(begin + part_bytes_, bytes_)});
        }
    }
    leased_.assign(state_.segments.size(), false);
}

void DownloadJob::restart_hasher() {
    hasher_.reset();
    const bool small = bytes_ < small_bytes;  // the hub names small files as git does
    hasher_ = std::make_unique<FileHasher>(part_.data_path(), bytes_, small, on_hashed_);
    hasher_->advance(state_.contiguous());
}

std::optional<DownloadJob::Lease> DownloadJob::lease(int most) {
    if (step_ != Step::moving || connections >= (can_resume() ? most : 1)) return {};
    for (std::size_t i = 0; i < state_.segments.size(); ++i) {
        const Segment& segment = state_.segments[i];
        if (leased_[i] || segment.finished()) continue;
        leased_[i] = true;
        ++connections;
        const bool whole = segment.position == 0 && segment.end == bytes_;
        return Lease{generation_, i, segment.position, whole ? -1 : segment.end - 1};
    }
    return {};
}

void DownloadJob::give_back(const Lease& lease) {
    --connections;
    if (holds(lease)) leased_[lease.segment] = false;
}

bool DownloadJob::can_resume() const {
    return ranges_ && bytes_ >= 0 && (!sha256_.empty() || is_strong_etag(state_.etag));
}

bool DownloadJob::contradicts(const HttpHead& head) const {
    const std::string linked = bare_etag(head.linked_etag);
    return is_hex(linked, 64) && !sha256_.empty() && linked != sha256_ && file_.sha256.empty();
}

bool DownloadJob::accept(Lease& lease, const HttpHead& head) {
    if (!holds(lease)) return false;
    if (!head.content_encoding.empty() && head.content_encoding != "identity") {
        refuse("compressed with " + head.content_encoding);
    }
    if (contradicts(head)) {
        start_again("the file changed on the server");
        return false;
    }
    if (head.status == 206) return accept_range(lease, head);
    if (head.status == 200) return accept_whole(lease, head);
    return false;
}

bool DownloadJob::accept_range(const Lease& lease, const HttpHead& head) {
    if (!head.content_range || head.content_range->first != lease.first) {
        start_again("the server sent another range than asked");
        return false;
    }
    if (!state_.etag.empty() && head.etag != state_.etag) {
        start_again("the file changed on the server");
        return false;
    }
    learn(head);
    if (head.content_range->total) learn_size(*head.content_range->total);
    state_.etag = head.etag;
    return true;
}

/// Everything instead of the range: the file is another one now, or the server knows no ranges.
/// Either way these are the bytes from the front.
bool DownloadJob::accept_whole(Lease& lease, const HttpHead& head) {
    const bool asked = lease.first == 0 && lease.last < 0;
    if (!asked) {
        const bool changed = !state_.etag.empty() && head.etag != state_.etag;
        if (changed) {
            start_again("the file changed on the server");
        } else {
            ranges_ = false;
            rewind();
        }
        state_.segments.assign(1, Segment{});
        leased_.assign(1, true);
        lease = Lease{generation_, 0, 0, -1};
    }
    learn(head);
    state_.segments[0].end = bytes_;
    state_.bytes = bytes_;
    state_.etag = head.etag;
    return true;
}

bool DownloadJob::take(Lease& lease, std::span<const std::byte> bytes) {
    if (!holds(lease) || step_ != Step::moving) return false;
    Segment& segment = state_.segments[lease.segment];
    if (segment.end >= 0) {
        const auto room = static_cast<std::size_t>(segment.end - segment.position);
        if (bytes.size() > room && segment.end == bytes_ && lease.last < 0) {
            refuse("more than " + std::to_string(bytes_) + " bytes");
        }
        bytes = bytes.first(std::min(bytes.size(), room));
    }
    part_.write_at(segment.position, bytes);
    segment.position += static_cast<std::int64_t>(bytes.size());
    unsaved_ = true;
    hasher_->advance(state_.contiguous());
    return true;
}

bool DownloadJob::satisfied(const Lease& lease) const {
    return holds(lease) && state_.segments[lease.segment].finished();
}

void DownloadJob::ends_here(const Lease& lease) {
    if (!holds(lease)) return;
    Segment& segment = state_.segments[lease.segment];
    if (segment.end >= 0) return;
    segment.end = segment.position;
    bytes_ = state_.bytes = segment.position;
}

bool DownloadJob::all_there() const {
    return step_ == Step::moving && std::all_of(state_.segments.begin(), state_.segments.end(),
                                                [](const Segment& s) { return s.finished(); });
}

void DownloadJob::check() {
    step_ = Step::checking;
    hasher_->complete(bytes_);
}

void DownloadJob::settle() {
    const auto result = hasher_->result();
    if (!result.finished) return;
    if (!result.problem.empty()) {
        throw Error(ErrorCode::download_failed, {{"path", file_.name}, {"what", result.problem}});
    }
    const bool right = (sha256_.empty() || result.sha256 == sha256_) &&
                       (git_name_.empty() || result.git_name == git_name_);
    if (right) {
        hasher_.reset();
        part_.publish(bytes_);
        found_sha256_ = result.sha256;
        step_ = Step::finished;
        return;
    }
    if (++wrong_hashes_ > 1) {
        discard();
        refuse("SHA-256 " + result.sha256 + " instead of " +
               (sha256_.empty() ? "git's " + git_name_ : sha256_));
    }
    start_again("the bytes that came have another hash than expected");
}

CheckedAgainst DownloadJob::checked() const {
    if (!file_.sha256.empty()) return CheckedAgainst::manifest;
    const bool named = !sha256_.empty() || !git_name_.empty();
    return named ? CheckedAgainst::hub : CheckedAgainst::nothing;
}

void DownloadJob::start_again(const std::string& why) {
    last_problem = why;
    if (++restarts_ > most_restarts) {
        discard();
        throw Error(ErrorCode::download_failed, {{"path", file_.name}, {"what", why}});
    }
    resolved_url.clear();
    sha256_ = file_.sha256;
    git_name_.clear();
    bytes_ = file_.bytes.value_or(-1);
    most_done = 0;
    rewind();
}

void DownloadJob::rewind() {
    hasher_.reset();
    ++generation_;
    reset();
    state_.identity = identity();
    restart_hasher();
    step_ = Step::moving;
}

void DownloadJob::discard() {
    hasher_.reset();
    ++generation_;
    state_.segments.assign(1, Segment{});
    leased_.assign(1, false);
    part_.remove();
    step_ = Step::failed;
}

void DownloadJob::save() {
    if (!unsaved_ || step_ != Step::moving) return;
    unsaved_ = false;
    if (can_resume()) part_.save(state_);
}

}  // namespace ditto::hub
