#include <iostream>

#include "base/error.h"
#include "checkpoints/synthesize.h"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        ditto::checkpoints::synthesize(ditto::checkpoints::SyntheticSize::tiny, 1, argv[1]);
    } catch (const ditto::Error& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
    return 0;
}
