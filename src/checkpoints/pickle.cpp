#include "checkpoints/pickle.h"

#include <algorithm>
#include <stdexcept>

#include "base/error.h"
#include "checkpoints/pickle_machine.h"

namespace ditto::checkpoints {

const PickleValue* PickleValue::find(std::string_view key) const {
    if (kind != Kind::dictionary) return nullptr;
    // A later entry of the same key replaces an earlier one.
    for (std::size_t i = items.size(); i >= 2; i -= 2) {
        if (items[i - 2]->kind == Kind::text && items[i - 2]->text == key) return items[i - 1];
    }
    return nullptr;
}

Pickle::Pickle(std::string text, const std::string& path) : text_(std::move(text)) {
    try {
        PickleMachine(*this).run();
    } catch (const PickleMachine::ForbiddenGlobal& forbidden) {
        throw Error(ErrorCode::model_unsafe, {{"path", path}, {"what", forbidden.name}});
    } catch (const std::runtime_error& error) {
        throw Error(ErrorCode::model_corrupt, {{"path", path}}, error.what());
    }
}

Tensor array_of(const PickleValue& value) {
    if (value.kind != PickleValue::Kind::array) throw std::runtime_error("not an array");
    return to_tensor(value.text, value.element, value.shape, value.column_major);
}

}  // namespace ditto::checkpoints
