#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace ditto::server {

/// What /openapi.json says, to hold answers against.
class ApiDescription {
  public:
    explicit ApiDescription(const std::string& text);

    struct Operation {
        /// "GET", "POST" ...
        std::string method;
        std::string path;
        nlohmann::json details;

        std::string name() const { return method + " " + path; }
        /// Its parameters filled in: ids of nothing.
        std::string target() const;
        bool documents(int status) const;
    };
    std::vector<Operation> operations() const;
    /// Throws std::out_of_range where there is none.
    Operation operation(const std::string& method, const std::string& path) const;

    /// What is wrong with an answer of this operation; "" where all is as described.
    std::string fault(const Operation& operation, int status, const std::string& content_type,
                      const std::string& body) const;
    /// What of `value` is not as `schema` says, or said by nothing in it; "" where all is.
    std::string fault(const nlohmann::json& value, const nlohmann::json& schema,
                      const std::string& place) const;
    /// A schema by its name in components.
    nlohmann::json schema(const std::string& name) const;

  private:
    /// Behind any $ref.
    const nlohmann::json& resolved(const nlohmann::json& place) const;
    /// The parts of an allOf as one.
    nlohmann::json flattened(const nlohmann::json& schema) const;
    std::string fault_in_items(const nlohmann::json& value, const nlohmann::json& schema,
                               const std::string& place) const;
    std::string fault_in_fields(const nlohmann::json& value, const nlohmann::json& schema,
                                const std::string& place) const;

    nlohmann::json document_;
};

/// "/a/{job_id}/b" as "/a/{}/b".
std::string without_names(const std::string& path);

}  // namespace ditto::server
