#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nn/session.h"
#include "parity_networks.h"

// Numbers from Ditto's PyTorch modules, holding the same weights: tools/reference_numbers.py.
namespace ditto::checkpoints {
namespace {

/// Of the output's root mean square. Single-precision sums in another order differ by up to 2e-5.
constexpr double tolerance = 1e-4;

std::vector<Tensor> run(const ParityCase& parity, Folding folding) {
    const std::string bytes = parity_graph(parity, folding).bytes();
    const nn::Session session(nn::Runtime::open(), std::as_bytes(std::span(bytes)), parity.name,
                              {.threads = 2});
    std::vector<Tensor> values;
    for (const ParityInput& input : parity.inputs)
        values.push_back(input.values());
    Tensor time(DataType::i64, {1});
    time.values<std::int64_t>()[0] = parity_time;
    nn::Inputs inputs;
    for (std::size_t i = 0; i < values.size(); ++i)
        inputs.emplace_back(parity.inputs[i].name, values[i].view());
    if (parity.name == "lmdm") inputs.emplace_back("time_cond", time.view());
    const std::vector<std::string_view> outputs(parity.outputs.begin(), parity.outputs.end());
    return session.run(inputs, outputs);
}

class NetworkParity : public testing::TestWithParam<ParityCase> {
  protected:
    void compare(Folding folding) {
        const ParityCase& parity = GetParam();
        std::ifstream in(DITTO_TEST_DATA "/checkpoints/network_parity.json");
        const auto reference = nlohmann::json::parse(in).at(parity.name);
        const auto results = run(parity, folding);
        for (std::size_t k = 0; k < results.size(); ++k) {
            const auto& expected = reference.at(parity.outputs[k]);
            const auto step = expected.at("step").get<std::size_t>();
            const auto rms = expected.at("rms").get<double>();
            const auto values = results[k].values<float>();
            std::size_t at = 0;
            for (const double wanted : expected.at("values")) {
                ASSERT_LT(at, values.size());
                ASSERT_NEAR(values[at], wanted, tolerance * rms)
                    << parity.outputs[k] << " at " << at;
                at += step;
            }
            EXPECT_GT(at, values.size() - step) << "the reference has fewer numbers";
        }
    }
};

TEST_P(NetworkParity, GraphWithTheStateDictEqualsPyTorch) {
    compare(Folding::none);
}

TEST_P(NetworkParity, GraphWithFoldedNormsEqualsPyTorch) {
    compare(Folding::exact);
}

INSTANTIATE_TEST_SUITE_P(EveryNetwork, NetworkParity, testing::ValuesIn(parity_cases(false)),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace ditto::checkpoints
