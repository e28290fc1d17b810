// The graphs that tools/reference_numbers.py gives to Ditto's PyTorch modules:
//   build/release/write_parity_graphs FOLDER
#include <exception>
#include <filesystem>
#include <iostream>

#include "parity_networks.h"

int main(int argc, char** argv) {
    using namespace ditto::checkpoints;
    if (argc != 2) {
        std::cerr << "usage: write_parity_graphs FOLDER\n";
        return 2;
    }
    try {
        const std::filesystem::path folder = argv[1];
        std::filesystem::create_directories(folder);
        for (const ParityCase& parity : parity_cases(false))
            parity_graph(parity, Folding::none).save(folder / (parity.name + ".onnx"));
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
