#include "jobs/schema.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/error.h"

namespace ditto::jobs {
namespace {

/// Brings a database from each version to the next. A new one starts at 0.
constexpr std::array<const char*, 4> migrations{R"sql(
    CREATE TABLE IF NOT EXISTS jobs (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        photo TEXT NOT NULL, audio TEXT NOT NULL,
        engine_wish TEXT NOT NULL, controls TEXT NOT NULL,
        priority INTEGER NOT NULL DEFAULT 0,
        state TEXT NOT NULL DEFAULT 'queued',
        cancel_requested INTEGER NOT NULL DEFAULT 0,
        attempts INTEGER NOT NULL DEFAULT 0,
        percent INTEGER NOT NULL DEFAULT 0,
        stage INTEGER NOT NULL DEFAULT 0,
        seconds_left REAL,
        error_code TEXT NOT NULL DEFAULT '', error_values TEXT NOT NULL DEFAULT '',
        error_detail TEXT NOT NULL DEFAULT '',
        engine TEXT NOT NULL DEFAULT '',
        created REAL NOT NULL, started REAL NOT NULL DEFAULT 0,
        finished REAL NOT NULL DEFAULT 0,
        key TEXT UNIQUE, key_body TEXT
    ) STRICT;
    CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, priority DESC, number);
    PRAGMA user_version = 1;
)sql",
                                                R"sql(
    ALTER TABLE jobs ADD COLUMN preview REAL NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN max_size INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN title TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN batch TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN video REAL NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN judgement TEXT NOT NULL DEFAULT '';
    -- A row lives until its delivery, or until nobody tries any more; see WebhookStore.
    CREATE TABLE IF NOT EXISTS webhooks (
        job TEXT PRIMARY KEY, url TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0, next REAL NOT NULL DEFAULT 0
    ) STRICT;
    PRAGMA user_version = 2;
)sql",
                                                R"sql(
    ALTER TABLE jobs ADD COLUMN kind TEXT NOT NULL DEFAULT 'avatar';
    ALTER TABLE jobs ADD COLUMN deck TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN placement TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN language TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN subtitles INTEGER NOT NULL DEFAULT 0;
    -- The slides of presentations; see SlideStore. They go with their job.
    CREATE TABLE slides (
        job TEXT NOT NULL, position INTEGER NOT NULL, number INTEGER NOT NULL,
        picture TEXT NOT NULL, title TEXT NOT NULL, script TEXT NOT NULL,
        audio TEXT NOT NULL, voice TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'queued',
        error_code TEXT NOT NULL DEFAULT '', error_values TEXT NOT NULL DEFAULT '',
        error_detail TEXT NOT NULL DEFAULT '',
        duration REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (job, number)
    ) STRICT;
    CREATE TRIGGER slides_of_removed_jobs AFTER DELETE ON jobs BEGIN
        DELETE FROM slides WHERE job = old.id;
    END;
    PRAGMA user_version = 3;
)sql",
                                                R"sql(
    -- When percent and seconds_left were told, and what each stage took.
    ALTER TABLE jobs ADD COLUMN told REAL NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN stage_times TEXT NOT NULL DEFAULT '';
    PRAGMA user_version = 4;
)sql"};

}  // namespace

void migrate(Database& database) {
    database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    Transaction transaction(database);
    std::int64_t version = 0;
    {
        Statement select(database, "PRAGMA user_version");
        if (select.step()) version = select.integer(0);
    }
    if (version > static_cast<std::int64_t>(migrations.size())) {
        throw Error(ErrorCode::internal, {}, "jobs.db was written by a newer version");
    }
    for (auto step = static_cast<std::size_t>(version); step < migrations.size(); ++step)
        database.run(migrations[step]);
    transaction.commit();
}

}  // namespace ditto::jobs
