#include "checkpoints/pickle_machine.h"

#include <bit>
#include <stdexcept>

namespace ditto::checkpoints {
namespace {

// A checkpoint of a thousand tensors has some 30,000 values.
constexpr std::size_t most_values = 400'000;
constexpr std::size_t most_items = 4'000'000;

// Names of the operations: Python's pickletools.
enum Op : unsigned char {
    mark = '(',
    stop = '.',
    pop_op = '0',
    pop_mark = '1',
    dup = '2',
    binint = 'J',
    binint1 = 'K',
    binint2 = 'M',
    none = 'N',
    binpersid = 'Q',
    reduce_op = 'R',
    binstring = 'T',
    short_binstring = 'U',
    binunicode = 'X',
    append_op = 'a',
    build_op = 'b',
    global_op = 'c',
    appends = 'e',
    binget = 'h',
    long_binget = 'j',
    binput = 'q',
    long_binput = 'r',
    setitem = 's',
    tuple = 't',
    setitems = 'u',
    empty_dict = '}',
    empty_list = ']',
    empty_tuple = ')',
    list = 'l',
    dict = 'd',
    binfloat = 'G',
    binbytes = 'B',
    short_binbytes = 'C',
    proto = 0x80,
    newobj = 0x81,
    tuple1 = 0x85,
    tuple2 = 0x86,
    tuple3 = 0x87,
    newtrue = 0x88,
    newfalse = 0x89,
    long1 = 0x8a,
    long4 = 0x8b,
    short_binunicode = 0x8c,
    binunicode8 = 0x8d,
    binbytes8 = 0x8e,
    empty_set = 0x8f,
    additems = 0x90,
    frozenset = 0x91,
    stack_global = 0x93,
    memoize_op = 0x94,
    frame = 0x95,
    bytearray8 = 0x96,
};

[[noreturn]] void fail(const std::string& what) {
    throw std::runtime_error(what);
}

}  // namespace

// ---- reading the program

std::string_view PickleMachine::take(std::uint64_t count) {
    if (count > rest_.size()) fail("the pickle is cut off");
    const auto taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(taken.size());
    return taken;
}

std::uint64_t PickleMachine::number(std::size_t bytes) {
    std::uint64_t value = 0;
    const std::string_view text = take(bytes);
    for (std::size_t i = bytes; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(text[i]);
    return value;
}

std::string_view PickleMachine::line() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) fail("the pickle is cut off");
    const auto text = take(end);
    take(1);
    return text;
}

/// Two's complement, little endian. Numbers of more than 64 bits keep their lowest 64.
std::int64_t PickleMachine::long_integer(std::string_view bytes) {
    std::uint64_t value = 0;
    const bool negative = !bytes.empty() && static_cast<signed char>(bytes.back()) < 0;
    for (std::size_t i = 0; i < 8; ++i) {
        const std::uint64_t byte =
            i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : (negative ? 0xFF : 0);
        value |= byte << (8 * i);
    }
    return static_cast<std::int64_t>(value);
}

// ---- values and the stack

PickleValue* PickleMachine::make(Kind kind) {
    if (pickle_.values_.size() >= most_values) fail("the pickle has too many values");
    pickle_.values_.emplace_back().kind = kind;
    return &pickle_.values_.back();
}

PickleValue* PickleMachine::make_integer(std::int64_t value) {
    PickleValue* made = make(Kind::integer);
    made->integer = value;
    return made;
}

PickleValue* PickleMachine::make_text(Kind kind, std::string_view text) {
    PickleValue* made = make(kind);
    made->text = text;
    return made;
}

PickleValue* PickleMachine::make_sequence(std::vector<const PickleValue*> items) {
    PickleValue* made = make(Kind::sequence);
    made->items = std::move(items);
    return made;
}

PickleValue* PickleMachine::top() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back())) {
        fail("the pickle takes a value that is not there");
    }
    return stack_.back();
}

PickleValue* PickleMachine::pop() {
    PickleValue* value = top();
    stack_.pop_back();
    return value;
}

std::vector<const PickleValue*> PickleMachine::pop_to_mark() {
    if (marks_.empty()) fail("the pickle closes what it did not open");
    const auto start = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<const PickleValue*> items(start, stack_.end());
    stack_.erase(start, stack_.end());
    marks_.pop_back();
    return items;
}

void PickleMachine::recall(std::uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("the pickle recalls what it did not keep");
    push(found->second);
}

void PickleMachine::append(PickleValue* to, const std::vector<const PickleValue*>& items) {
    if (to->kind != Kind::sequence) fail("the pickle appends to what is no list");
    if (to->items.size() + items.size() > most_items) fail("the pickle has too long a list");
    to->items.insert(to->items.end(), items.begin(), items.end());
}

void PickleMachine::fill(PickleValue* to, const std::vector<const PickleValue*>& items) {
    if (to->kind != Kind::dictionary) fail("the pickle sets items of what is no dictionary");
    if (items.size() % 2 != 0) fail("the pickle has a key without a value");
    if (to->items.size() + items.size() > most_items) fail("the pickle has too large a dictionary");
    to->items.insert(to->items.end(), items.begin(), items.end());
}

// ---- operations

void PickleMachine::run() {
    while (true) {
        const auto code = static_cast<unsigned char>(take(1)[0]);
        if (code == stop) break;
        if (!step(code)) fail("the pickle has an unknown operation");
        if (stack_.size() > most_items) fail("the pickle stacks too much");
    }
    pickle_.root_ = pop();
    pickle_.size_ = pickle_.text_.size() - rest_.size();
}

bool PickleMachine::step(unsigned char code) {
    return step_literal(code) || step_container(code) || step_memo(code) || step_object(code);
}

bool PickleMachine::step_literal(unsigned char code) {
    const auto text = [&](Kind kind, std::size_t length_bytes) {
        push(make_text(kind, take(number(length_bytes))));
    };
    switch (code) {
        case none:
            push(make(Kind::none));
            return true;
        case newtrue:
        case newfalse:
            push(make(Kind::boolean));
            stack_.back()->integer = code == newtrue;
            return true;
        case binint:
            push(make_integer(static_cast<std::int32_t>(number(4))));
            return true;
        case binint1:
            push(make_integer(static_cast<std::int64_t>(number(1))));
            return true;
        case binint2:
            push(make_integer(static_cast<std::int64_t>(number(2))));
            return true;
        case long1:
            push(make_integer(long_integer(take(number(1)))));
            return true;
        case long4:
            push(make_integer(long_integer(take(number(4)))));
            return true;
        case binfloat: {
            // The only number in big endian.
            std::uint64_t bits = 0;
            for (const char byte : take(8))
                bits = bits << 8 | static_cast<unsigned char>(byte);
            push(make(Kind::real));
            stack_.back()->real = std::bit_cast<double>(bits);
            return true;
        }
        case short_binunicode:
            text(Kind::text, 1);
            return true;
        case binunicode:
            text(Kind::text, 4);
            return true;
        case binunicode8:
            text(Kind::text, 8);
            return true;
        case short_binbytes:
        case short_binstring:
            text(Kind::bytes, 1);
            return true;
        case binbytes:
        case binstring:
            text(Kind::bytes, 4);
            return true;
        case binbytes8:
        case bytearray8:
            text(Kind::bytes, 8);
            return true;
        default:
            return false;
    }
}

bool PickleMachine::step_container(unsigned char code) {
    switch (code) {
        case mark:
            marks_.push_back(stack_.size());
            if (marks_.size() > most_values) fail("the pickle opens too much");
            return true;
        case pop_op:
            if (!marks_.empty() && stack_.size() == marks_.back()) {
                marks_.pop_back();
            } else {
                pop();
            }
            return true;
        case pop_mark:
            pop_to_mark();
            return true;
        case dup:
            push(top());
            return true;
        case empty_tuple:
        case empty_list:
        case empty_set:
            push(make_sequence({}));
            return true;
        case tuple:
        case list:
        case frozenset:
            push(make_sequence(pop_to_mark()));
            return true;
        case tuple1:
        case tuple2:
        case tuple3: {
            std::vector<const PickleValue*> items(code - tuple1 + 1U);
            for (std::size_t i = items.size(); i-- > 0;)
                items[i] = pop();
            push(make_sequence(std::move(items)));
            return true;
        }
        case append_op: {
            const PickleValue* item = pop();
            append(top(), {item});
            return true;
        }
        case appends:
        case additems: {
            const auto items = pop_to_mark();
            append(top(), items);
            return true;
        }
        case empty_dict:
            push(make(Kind::dictionary));
            return true;
        case dict: {
            const auto items = pop_to_mark();
            push(make(Kind::dictionary));
            fill(top(), items);
            return true;
        }
        case setitem: {
            const PickleValue* value = pop();
            const PickleValue* key = pop();
            fill(top(), {key, value});
            return true;
        }
        case setitems: {
            const auto items = pop_to_mark();
            fill(top(), items);
            return true;
        }
        default:
            return false;
    }
}

bool PickleMachine::step_memo(unsigned char code) {
    switch (code) {
        case binput:
            memoize(number(1));
            return true;
        case long_binput:
            memoize(number(4));
            return true;
        case memoize_op:
            memoize(memo_.size());
            return true;
        case binget:
            recall(number(1));
            return true;
        case long_binget:
            recall(number(4));
            return true;
        default:
            return false;
    }
}

bool PickleMachine::step_object(unsigned char code) {
    switch (code) {
        case proto:
            if (const auto version = number(1); version < 2 || version > 5) {
                fail("the pickle has protocol " + std::to_string(version));
            }
            return true;
        case frame:
            // Only says how much to read ahead.
            if (number(8) > rest_.size()) fail("the pickle is cut off");
            return true;
        case global_op: {
            const std::string_view module = line();
            global(module, line());
            return true;
        }
        case stack_global: {
            const PickleValue* name = pop();
            const PickleValue* module = pop();
            if (name->kind != Kind::text || module->kind != Kind::text) {
                fail("the pickle names a type with no name");
            }
            global(module->text, name->text);
            return true;
        }
        case reduce_op:
        case newobj:
            reduce();
            return true;
        case build_op:
            build();
            return true;
        case binpersid:
            persistent_id();
            return true;
        default:
            return false;
    }
}

}  // namespace ditto::checkpoints
