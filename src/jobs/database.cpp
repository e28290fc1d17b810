#include "jobs/database.h"

#include <sqlite3.h>

#include "base/error.h"

namespace ditto::jobs {
namespace {

/// Another program, such as a backup, may hold the file for a moment.
constexpr int busy_wait_ms = 5000;

[[noreturn]] void fail(sqlite3* handle, int result) {
    const std::string detail =
        std::string("SQLite: ") + (handle != nullptr ? sqlite3_errmsg(handle) : "no memory");
    const bool full = (result & 0xff) == SQLITE_FULL;
    throw Error(full ? ErrorCode::disk_full : ErrorCode::internal, {}, detail);
}

}  // namespace

Database::Database(const std::filesystem::path& path) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int result = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
    if (result != SQLITE_OK) {
        const std::string detail = handle_ != nullptr ? sqlite3_errmsg(handle_) : "no memory";
        sqlite3_close(handle_);
        throw Error(ErrorCode::folder_unwritable, {{"path", path.parent_path().string()}}, detail);
    }
    sqlite3_busy_timeout(handle_, busy_wait_ms);
}

Database::~Database() {
    sqlite3_close(handle_);
}

void Database::run(const std::string& sql) {
    const int result = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) fail(handle_, result);
}

int Database::changes() const {
    return sqlite3_changes(handle_);
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
    check(sqlite3_prepare_v2(database.handle(), sql.data(), static_cast<int>(sql.size()),
                             &statement_, nullptr));
}

Statement::~Statement() {
    sqlite3_finalize(statement_);
}

void Statement::check(int result) const {
    if (result != SQLITE_OK) fail(database_.handle(), result);
}

Statement& Statement::bind(std::string_view text) {
    check(sqlite3_bind_text64(statement_, ++bound_, text.data(), text.size(), SQLITE_TRANSIENT,
                              SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind(std::int64_t number) {
    check(sqlite3_bind_int64(statement_, ++bound_, number));
    return *this;
}

Statement& Statement::bind(double number) {
    check(sqlite3_bind_double(statement_, ++bound_, number));
    return *this;
}

Statement& Statement::bind(std::optional<double> number) {
    return number ? bind(*number) : bind_null();
}

Statement& Statement::bind_null() {
    check(sqlite3_bind_null(statement_, ++bound_));
    return *this;
}

bool Statement::step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail(database_.handle(), result);
    return result == SQLITE_ROW;
}

std::string Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes != nullptr ? std::string(static_cast<const char*>(bytes), size) : std::string();
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(statement_, column);
}

bool Statement::null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Transaction::Transaction(Database& database) : database_(database) {
    // IMMEDIATE: a transaction that reads first cannot fail half-way for want of the write lock.
    database_.run("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!open_) return;
    try {
        database_.run("ROLLBACK");
    } catch (const Error&) {
        // SQLite has rolled back by itself (full disk): nothing is open any more.
        open_ = false;
    }
}

void Transaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

}  // namespace ditto::jobs
