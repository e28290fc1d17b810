#pragma once

#include <memory>
#include <stop_token>

#include <nlohmann/json.hpp>

#include "bench/bench.h"
#include "nn/runtime.h"

// The parts of a benchmark; each returns its object of the report.
namespace ditto::bench {

using Json = nlohmann::ordered_json;

/// Threads that a request stands for.
int thread_count(const BenchRequest& request);

/// A clip of motion: the network in parts against its graph run step by step.
Json bench_diffusion(const BenchRequest& request,
                     const std::shared_ptr<const nn::Runtime>& runtime);

/// A frame's warp and decoding: the product's own kernels against ONNX Runtime.
Json bench_warp_decode(const BenchRequest& request,
                       const std::shared_ptr<const nn::Runtime>& runtime);

/// On a GPU: a frame's warp and decoding in 16 bits, in a batch and alone, in 32 bits, and with
/// every result copied; a step of the diffusion, recorded and not. On the processor the same calls
/// run.
Json bench_gpu(const BenchRequest& request, const std::shared_ptr<const nn::Runtime>& runtime,
               nn::Device device);

/// Each of Ditto's networks in ONNX Runtime, on random input.
Json bench_networks(const BenchRequest& request, const std::shared_ptr<const nn::Runtime>& runtime,
                    const std::stop_token& stop);

/// A video by one engine, from photo and voice to the finished file. `seconds`: its length.
/// `full_hd`: the photo stands in the middle of a picture of 1920x1080.
Json bench_engine(const BenchRequest& request, const std::string& engine, double seconds,
                  bool full_hd, const std::stop_token& stop);

}  // namespace ditto::bench
