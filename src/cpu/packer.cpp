#include "cpu/packer.h"

#include "cpu/map.h"

namespace ditto::cpu {

Packed Packer::pack(std::size_t count, const std::function<void(float*)>& make) {
    if (count <= left_) {
        Packed part(kept_, kept_.get() + taken_);
        taken_ += count;
        left_ -= count;
        return part;
    }
    const auto memory = std::make_shared<Floats>(count);
    make(memory->data());
    parts_.push_back({Packed(memory, memory->data()), count});
    return parts_.back().weights;
}

}  // namespace ditto::cpu
