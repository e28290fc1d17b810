#include "engines/ditto/wav2feat.h"

#include <optional>
#include <utility>

#include "base/error.h"
#include "engines/ditto/condition_handler.h"
#include "engines/ditto/speech_windows.h"

namespace ditto::reenact {

std::vector<float> present_features(std::span<const float> rows) {
    constexpr std::size_t from_end = 14;
    const std::size_t count = rows.size() / feature_size;
    if (count < from_end) throw Error(ErrorCode::internal, {}, "speech features of a window");
    const auto present = rows.subspan((count - from_end) * feature_size);
    std::vector<float> features(features_per_window * feature_size);
    for (std::size_t i = 0; i < features.size(); ++i) {
        const std::size_t first = i / feature_size * 2 * feature_size + i % feature_size;
        features[i] = (present[first] + present[first + feature_size]) / 2;
    }
    return features;
}

Wav2Feat::Wav2Feat(nn::Session network, std::shared_ptr<ThreadBudget> budget, int threads)
    : network_(std::move(network)), budget_(std::move(budget)), threads_(threads) {
    network_.require_input({"input_values", DataType::f32, {1, window_samples}});
    network_.require_output({"encoding_out", DataType::f32, {-1, feature_size}});
}

std::vector<float> Wav2Feat::operator()(std::span<const float> window) const {
    std::optional<ThreadBudget::Share> share;
    if (budget_) share.emplace(budget_->take(threads_, threads_));
    const auto outputs =
        network_.run({{"input_values", TensorView(window, {1, window_samples})}}, {"encoding_out"});
    return present_features(outputs.front().values<float>());
}

}  // namespace ditto::reenact
