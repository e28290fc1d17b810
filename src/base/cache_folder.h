#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

namespace ditto {

/// Where files lie that are made again when they are gone: DITTO_CACHE, or ditto-avatar in
/// XDG_CACHE_HOME, or in ~/.cache. May not exist yet. Empty where the environment names none of
/// these, as a service's may: then nothing is kept.
std::filesystem::path cache_folder();

/// Removes what was kept earlier, beside `kept` and as it is: files or folders whose names begin
/// with `stem` and are as long as its name and end in its extension. Of all these and `kept`,
/// `most` stay: itself, and those that were changed last. A name of theirs with ".part" behind it
/// belongs to whoever is writing it, until it has not been changed for a day. No errors: the next
/// may do it.
void remove_older_kept(const std::filesystem::path& kept, std::string_view stem,
                       std::size_t most = 1);

}  // namespace ditto
