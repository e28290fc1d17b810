#include "cpu/warp_decode.h"

#include "base/error.h"
#include "cpu/packed_file.h"

namespace ditto::cpu {
namespace {

constexpr std::uint64_t largest_file = 1ULL << 31U;

/// From the weights that an earlier start has packed, or else packs and keeps them.
template <class Network>
std::unique_ptr<Network> open(Pool& pool, const PackedFile& file, std::string_view model,
                              int& packed) {
    if (const auto kept = file.open(pool)) {
        Packer packer(pool, kept->weights, kept->count);
        auto network = std::make_unique<Network>(packer, model);
        if (packer.took_all()) return network;
    }
    Packer packer(pool);
    auto network = std::make_unique<Network>(packer, model);
    ++packed;
    file.save(packer);
    return network;
}

void require(const TensorView& view, const Shape& shape) {
    if (view.shape != shape) throw Error(ErrorCode::internal, {}, "a tensor of another shape");
}

}  // namespace

WarpDecode::WarpDecode(const std::filesystem::path& warp_network,
                       const std::filesystem::path& decoder, int threads, bool fast,
                       const std::filesystem::path& cache, std::shared_ptr<ThreadBudget> budget)
    : budget_(budget ? std::move(budget) : std::make_shared<ThreadBudget>(threads)) {
    const Kernels* kernels = kernels_of_this_processor();
    if (kernels == nullptr) {
        warp_obstacle_ = decode_obstacle_ = {"processor_old", "no AVX2 and FMA"};
        return;
    }
    shop_ = std::make_unique<Workshop>(*kernels, threads, fast, budget_.get());
    const auto take = [&]<class Network>(std::unique_ptr<Network>& to, const char* name,
                                         const std::filesystem::path& file, Obstacle& obstacle) {
        const MappedFile model(file, largest_file);
        try {
            to = open<Network>(shop_->pool, {cache, name, file, model}, model.bytes(), packed_);
        } catch (const Unknown& unknown) {
            obstacle = {"network_unknown", unknown.what()};
        }
    };
    take(warp_, "warp_network", warp_network, warp_obstacle_);
    take(decoder_, "decoder", decoder, decode_obstacle_);
}

bool WarpDecode::has_fast() {
    const Kernels* kernels = kernels_of_this_processor();
    return kernels != nullptr && kernels->multiply_pairs != nullptr;
}

Tensor WarpDecode::warp(const TensorView& volume, const TensorView& source,
                        const TensorView& driving) const {
    require(volume, {1, 32, 16, 64, 64});
    require(source, {1, 21, 3});
    require(driving, {1, 21, 3});
    Tensor feature(DataType::f32, {1, 256, 64, 64});
    const std::lock_guard lock(mutex_);
    const auto share = budget_->use_rest();
    warp_->run(*shop_, volume.values<float>().data(), source.values<float>().data(),
               driving.values<float>().data(), feature.values<float>().data());
    return feature;
}

Tensor WarpDecode::decode(const TensorView& feature) const {
    require(feature, {1, 256, 64, 64});
    Tensor picture(DataType::f32, {1, 3, 512, 512});
    const std::lock_guard lock(mutex_);
    const auto share = budget_->use_rest();
    decoder_->run(*shop_, feature.values<float>().data(), picture.values<float>().data());
    return picture;
}

}  // namespace ditto::cpu
