#include "server/openapi.h"
#include "server/static_files.h"

namespace ditto::server {
namespace {

constexpr std::string_view docs_html = R"html(<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Ditto Avatar API</title>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="icon" href="favicon-32x32.png">
  <link rel="stylesheet" href="swagger-ui.css">
</head>
<body>
  <div id="api"><p>Loading. Without scripts, read <a href="/openapi.json">openapi.json</a>.</p></div>
  <script src="swagger-ui-bundle.js"></script>
  <script src="start.js"></script>
</body>
</html>
)html";

constexpr std::string_view docs_script = R"js('use strict';
if (typeof SwaggerUIBundle === 'undefined') {
  document.getElementById('api').textContent =
    'Swagger UI is not installed with this program. The description itself is at /openapi.json.';
} else {
  SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#api',
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
  });
}
)js";

Response text_page(std::string_view type, std::string_view text) {
    return {200,
            {{"Content-Type", std::string(type)},
             {"Cache-Control", "no-cache"},
             {"Content-Security-Policy", std::string(page_policy)}},
            std::string(text)};
}

}  // namespace

std::optional<Response> docs_page(std::string_view name) {
    if (name == "index.html") return text_page("text/html; charset=utf-8", docs_html);
    if (name == "start.js") return text_page("text/javascript; charset=utf-8", docs_script);
    return std::nullopt;
}

Response studio_missing_page(Language language) {
    const bool english = language == Language::english;
    const std::string_view text = english ? R"html(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Ditto Avatar</title></head>
<body><h1>Ditto Avatar</h1>
<p>The service runs; its studio page was not built with it. In the source folder:</p>
<pre>scripts/install.sh
cmake --build build/release --target studio</pre>
<p>Then load this page again. The HTTP API works without it: <a href="/docs/">/docs</a>.</p>
</body></html>
)html"
                                          : R"html(<!DOCTYPE html>
<html lang="zh-TW"><head><meta charset="utf-8"><title>Ditto Avatar</title></head>
<body><h1>Ditto Avatar</h1>
<p>服務已啟動,但尚未建置網頁介面。請在原始碼資料夾執行:</p>
<pre>scripts/install.sh
cmake --build build/release --target studio</pre>
<p>完成後重新載入本頁。HTTP API 不需要它也能使用:<a href="/docs/">/docs</a>。</p>
</body></html>
)html";
    return text_page("text/html; charset=utf-8", text);
}

}  // namespace ditto::server
