#include "engine/controls.h"

#include <charconv>
#include <cmath>
#include <type_traits>

#include "base/error.h"

namespace ditto {
namespace {

constexpr std::array specs{
    ControlSpec{"emotion", &Controls::emotion, 0, 7, "",
                "expression: 0-7 or angry, disgust, fear, happy, neutral, sad, surprise, contempt; "
                "a blend, happy+surprise or happy=0.6+neutral=0.4; "
                "or a time line in seconds, 0:neutral,2.5:happy",
                "表情:0-7 或 angry、disgust、fear、happy、neutral、sad、surprise、contempt;"
                "或混合,如 happy+surprise、happy=0.6+neutral=0.4;"
                "或以秒為單位的時間軸,如 0:neutral,2.5:happy"},
    ControlSpec{"crop_scale", &Controls::crop_scale, 1.5, 4, "",
                "how much around the face moves with it, in face sizes",
                "臉部周圍一起運動的範圍(臉部大小的倍數)"},
    ControlSpec{"sampling_steps", &Controls::sampling_steps, 10, 100, "",
                "diffusion steps of the ditto engine; more is finer and slower",
                "ditto 引擎的擴散步數,越多越細緻但越慢"},
    ControlSpec{"fade_in", &Controls::fade_in, 0, 250, "frames",
                "frames in which motion grows out of the photo's own expression",
                "由照片原本表情淡入動作的影格數"},
    ControlSpec{"fade_out", &Controls::fade_out, 0, 250, "frames",
                "frames in which motion returns to the photo's own expression",
                "回到照片原本表情的淡出影格數"},
    ControlSpec{"seed", &Controls::seed, 0, 9007199254740991, "",
                "the same seed and input give the same video", "相同種子與輸入會得到相同影片"},
    ControlSpec{"fps", &Controls::fps, 10, 60, "frames/s", "frames per second", "每秒影格數"},
    ControlSpec{"head_motion", &Controls::head_motion, 0, 2, "",
                "amount of head motion; 0 holds the head still", "頭部動作幅度,0 為靜止"},
    ControlSpec{"mouth_amount", &Controls::mouth_amount, 0.3, 1.5, "", "amount of mouth motion",
                "嘴部動作幅度"},
    ControlSpec{"blink_interval", &Controls::blink_interval, 0, 60, "s",
                "mean time between blinks; 0 never blinks", "平均眨眼間隔,0 為不眨眼"},
    ControlSpec{"gaze", &Controls::gaze, 0, 2, "",
                "how far the eyes stay on the viewer when the head turns",
                "頭部轉動時視線保持看向觀眾的程度"},
    ControlSpec{"pose_pitch", &Controls::pose_pitch, -30, 30, "degrees",
                "turns the head up or down", "頭部上下轉動的角度"},
    ControlSpec{"pose_yaw", &Controls::pose_yaw, -30, 30, "degrees", "turns the head to a side",
                "頭部左右轉動的角度"},
    ControlSpec{"pose_roll", &Controls::pose_roll, -30, 30, "degrees",
                "tilts the head to a shoulder", "頭部側傾的角度"},
    ControlSpec{"silence_gate", &Controls::silence_gate, -100, -20, "dB",
                "sound below this level leaves the mouth shut; -100 is off",
                "低於此音量時嘴巴保持閉合,-100 為關閉"},
    ControlSpec{"streaming", &Controls::streaming, 0, 1, "",
                "1 lets the ditto engine work as for a live stream: less look-ahead, more effort",
                "1 表示 ditto 引擎以即時串流方式運作:預讀較少,運算較多"},
    ControlSpec{"reference_behaviour", &Controls::reference_behaviour, 0, 1, "",
                "1 keeps the known defects of Ditto's Python program, to compare with it",
                "1 表示保留 Ditto Python 程式的已知缺陷,以便比對"},
    ControlSpec{"threads", &Controls::threads, 0, 256, "", "processor threads; 0 uses all cores",
                "使用的執行緒數,0 為全部核心"},
};

[[noreturn]] void refuse(const ControlSpec& spec, std::string_view value) {
    throw Error(ErrorCode::option_value, {{"option", std::string(spec.name)},
                                          {"value", std::string(value)},
                                          {"expected", control_range(spec)}});
}

template <class Number>
Number parse(const ControlSpec& spec, std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);
    const auto wide = static_cast<double>(number);
    if (error != std::errc{} || end != text.end() || !std::isfinite(wide) || wide < spec.minimum ||
        wide > spec.maximum) {
        refuse(spec, text);
    }
    return number;
}

}  // namespace

std::span<const ControlSpec> control_specs() {
    return specs;
}

std::string control_range(const ControlSpec& spec) {
    const auto text = [](double value) {
        std::array<char, 32> buffer{};
        const auto end = std::to_chars(buffer.begin(), buffer.end(), value).ptr;
        return std::string(buffer.begin(), end);
    };
    return text(spec.minimum) + " - " + text(spec.maximum);
}

void set_control(Controls& controls, std::string_view name, std::string_view value) {
    for (const ControlSpec& spec : specs) {
        if (spec.name != name) continue;
        std::visit(
            [&](auto member) {
                auto& field = controls.*member;
                using Field = std::remove_reference_t<decltype(field)>;
                if constexpr (std::is_same_v<Field, EmotionTimeline>) {
                    field = EmotionTimeline::parse(value);
                } else {
                    field = parse<Field>(spec, value);
                }
            },
            spec.member);
        return;
    }
    throw Error(ErrorCode::option_unknown, {{"option", std::string(name)}});
}

std::string control_text(const Controls& controls, const ControlSpec& spec) {
    return std::visit(
        [&](auto member) -> std::string {
            const auto& field = controls.*member;
            using Field = std::remove_cvref_t<decltype(field)>;
            if constexpr (std::is_same_v<Field, EmotionTimeline>) {
                return field.text();
            } else {
                std::array<char, 32> buffer{};
                const auto end = std::to_chars(buffer.begin(), buffer.end(), field).ptr;
                return std::string(buffer.begin(), end);
            }
        },
        spec.member);
}

}  // namespace ditto
