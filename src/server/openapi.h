#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http.h"

namespace ditto::server {

/// OpenAPI 3.0 description of every endpoint: openapi.json of this folder.
std::string_view openapi_json();

/// Our own files of /docs: "index.html" and "start.js". Nothing for other names: those are
/// Swagger UI's.
std::optional<Response> docs_page(std::string_view name);

/// For a program that came without the studio.
Response studio_missing_page(Language language);

}  // namespace ditto::server
