#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checkpoints/pickle.h"

namespace ditto::checkpoints {

/// The stack machine that a pickle is a program of. Throws std::runtime_error where the program
/// makes no sense, ForbiddenGlobal where it names a type that is not allowed.
class PickleMachine {
  public:
    struct ForbiddenGlobal {
        std::string name;
    };

    explicit PickleMachine(Pickle& pickle) : pickle_(pickle), rest_(pickle.text_) {}
    void run();

  private:
    using Kind = PickleValue::Kind;

    // Reading the program.
    std::string_view take(std::uint64_t count);
    std::uint64_t number(std::size_t bytes);
    std::string_view line();
    std::int64_t long_integer(std::string_view bytes);

    // Making values.
    PickleValue* make(Kind kind);
    PickleValue* make_integer(std::int64_t value);
    PickleValue* make_text(Kind kind, std::string_view text);
    PickleValue* make_sequence(std::vector<const PickleValue*> items);

    // The stack.
    void push(PickleValue* value) { stack_.push_back(value); }
    PickleValue* pop();
    PickleValue* top();
    std::vector<const PickleValue*> pop_to_mark();
    void memoize(std::uint64_t index) { memo_[index] = top(); }
    void recall(std::uint64_t index);

    // Operations.
    bool step(unsigned char code);
    bool step_literal(unsigned char code);
    bool step_container(unsigned char code);
    bool step_memo(unsigned char code);
    bool step_object(unsigned char code);
    void append(PickleValue* to, const std::vector<const PickleValue*>& items);
    void fill(PickleValue* to, const std::vector<const PickleValue*>& items);
    void global(std::string_view module, std::string_view name);
    void reduce();
    void build();
    void persistent_id();
    PickleValue* call(std::string_view name, const PickleValue& arguments);
    PickleValue* ordered_dictionary(const PickleValue& arguments);
    PickleValue* rebuild_tensor(const PickleValue& arguments);
    PickleValue* array_from_buffer(const PickleValue& arguments);
    PickleValue* scalar(const PickleValue& arguments);
    PickleValue* encode(const PickleValue& arguments);

    Pickle& pickle_;
    std::string_view rest_;
    std::vector<PickleValue*> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, PickleValue*> memo_;
};

}  // namespace ditto::checkpoints
