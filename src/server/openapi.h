#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http.h"

namespace ditto::server {

/// openapi.json of this folder as it stands there.
std::string_view openapi_source();

/// OpenAPI 3.0 description of every endpoint: openapi.json of this folder, with the controls of a
/// video from their table.
const std::string& openapi_json();

/// Our own files of /docs: "index.html" and "start.js". Nothing for other names: those are
/// Swagger UI's.
std::optional<Response> docs_page(std::string_view name);

/// For a program that came without the studio.
Response studio_missing_page(Language language);

}  // namespace ditto::server
