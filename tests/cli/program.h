#pragma once

#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

// The built program as users start it.
namespace ditto::cli {

struct Outcome {
    /// Exit status; 128 + n where signal n ended it.
    int status = -1;
    std::string out;
    std::string err;
    double elapsed_s = 0;
    /// Largest resident set.
    double peak_mb = 0;
};

/// A started ditto-avatar. Its standard streams are pipes, or a terminal of 100 columns for all
/// three, whose text is then `out`. The locale is English unless `environment` says otherwise.
class Program {
  public:
    enum class Streams { pipes, terminal };

    explicit Program(const std::vector<std::string>& arguments, Streams streams = Streams::pipes,
                     const std::map<std::string, std::string>& environment = {});
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    /// Reads until stdout or stderr holds `text`. False when the program ended first.
    bool wait_for(const std::string& text);
    void signal(int number) const;
    /// Closes the reader's end of stderr, as a pipe's reader does that goes away.
    void close_err();
    /// Reads to the end and waits.
    Outcome finish();

  private:
    bool read_more();

    pid_t pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    double began_s_ = 0;
    Outcome outcome_;
};

/// Starts it and waits for its end.
Outcome run(const std::vector<std::string>& arguments,
            const std::map<std::string, std::string>& environment = {});

}  // namespace ditto::cli
