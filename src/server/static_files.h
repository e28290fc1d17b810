#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "server/http.h"

namespace ditto::server {

/// What pages that this server serves may do: load from here only, no inline script.
inline constexpr std::string_view page_policy =
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

/// The files of a web page, from a folder that the program came with.
class StaticFiles {
  public:
    /// The folder may be missing: then there are no files.
    explicit StaticFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// The file `name` ("assets/index-4f2a9c1b.js") with its type, its ETag and how long it may be
    /// kept; NAME.br or NAME.gz instead where they lie beside it and the client takes them.
    /// Nothing where there is no such file, or it is hidden or of no type that pages have.
    std::optional<Response> serve(const Request& request, std::string_view name) const;

    const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

/// True where an Accept-Encoding allows `coding`: it is named with a weight other than 0.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

/// True for the names that bundlers give: "name-HASH.ending" with eight or more letters, digits,
/// '-' or '_' of which one at least is a digit or a capital.
bool is_hashed_name(std::string_view name);

}  // namespace ditto::server
