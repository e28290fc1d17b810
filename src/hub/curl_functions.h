#pragma once

// Inside the room only: libcurl's functions, which hide the global ones of the same name; the
// library, and the many that it needs, are loaded by the first call.
#include <memory>

#include <curl/curl.h>

#include "base/shared_library.h"

namespace ditto::hub {

inline constexpr SharedLibrary libcurl{"libcurl.so.4"};

#define DITTO_FUNCTION(function)                                   \
    inline const LibraryFunction<decltype(&::function)> function { \
        libcurl, #function                                         \
    }
DITTO_FUNCTION(curl_easy_cleanup);
DITTO_FUNCTION(curl_easy_getinfo);
DITTO_FUNCTION(curl_easy_init);
DITTO_FUNCTION(curl_easy_perform);
DITTO_FUNCTION(curl_easy_setopt);
DITTO_FUNCTION(curl_easy_strerror);
DITTO_FUNCTION(curl_free);
DITTO_FUNCTION(curl_getdate);
DITTO_FUNCTION(curl_global_init);
DITTO_FUNCTION(curl_multi_add_handle);
DITTO_FUNCTION(curl_multi_cleanup);
DITTO_FUNCTION(curl_multi_info_read);
DITTO_FUNCTION(curl_multi_init);
DITTO_FUNCTION(curl_multi_perform);
DITTO_FUNCTION(curl_multi_poll);
DITTO_FUNCTION(curl_multi_remove_handle);
DITTO_FUNCTION(curl_multi_wakeup);
DITTO_FUNCTION(curl_slist_append);
DITTO_FUNCTION(curl_slist_free_all);
DITTO_FUNCTION(curl_url);
DITTO_FUNCTION(curl_url_cleanup);
DITTO_FUNCTION(curl_url_get);
DITTO_FUNCTION(curl_url_set);
#undef DITTO_FUNCTION

struct EasyDeleter {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using EasyPtr = std::unique_ptr<CURL, EasyDeleter>;
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

}  // namespace ditto::hub
