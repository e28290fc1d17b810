#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

// SQLite's C interface, as thin as it goes; inside the room only.
namespace ditto::jobs {

/// One connection, for one thread at a time.
class Database {
  public:
    /// Creates the file where it is missing. Throws Error{folder_unwritable | internal}.
    explicit Database(const std::filesystem::path& path);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Statements without values or rows. Throws Error{disk_full | internal}, as everything here.
    void run(const std::string& sql);
    /// Rows that the last statement changed.
    int changes() const;
    sqlite3* handle() const { return handle_; }

  private:
    sqlite3* handle_ = nullptr;
};

/// One statement: values go to ?1, ?2 ... in the order of bind(); columns are read by number.
class Statement {
  public:
    Statement(Database& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(std::string_view text);
    Statement& bind(std::int64_t number);
    Statement& bind(int number) { return bind(std::int64_t{number}); }
    Statement& bind(double number);
    Statement& bind(std::optional<double> number);
    Statement& bind_null();

    /// True while there is a row.
    bool step();

    std::string text(int column) const;
    std::int64_t integer(int column) const;
    double real(int column) const;
    bool null(int column) const;

  private:
    void check(int result) const;

    Database& database_;
    sqlite3_stmt* statement_ = nullptr;
    int bound_ = 0;
};

/// All or nothing: rolls back unless commit() was reached.
class Transaction {
  public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Database& database_;
    bool open_ = true;
};

}  // namespace ditto::jobs
