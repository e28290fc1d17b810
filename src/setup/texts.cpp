#include <array>
#include <string_view>

#include "setup/finding.h"

namespace ditto::setup {
namespace {

struct Entry {
    Say say;
    std::string_view name;
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array entries{
    Entry{Say::gpu_title, "gpu", "GPU environment", "GPU 環境檢查"},
    Entry{Say::processor_title, "processor", "Processor and memory", "處理器與記憶體檢查"},
    Entry{Say::disk_title, "disk", "Disk", "磁碟檢查"},
    Entry{Say::dependencies_title, "dependencies", "Dependencies", "相依套件檢查"},
    Entry{Say::models_title, "models", "Model files", "模型檔案檢查"},
    Entry{Say::service_title, "service", "Port and folders", "網路埠與寫入權限檢查"},
    Entry{Say::works_title, "works", "What works now", "目前可用的功能"},
    Entry{Say::download_title, "download", "Downloading models", "下載模型"},
    Entry{Say::verify_title, "verify", "Verifying models", "驗證模型"},
    Entry{Say::test_title, "test", "Test", "測試"},

    Entry{Say::gpu, "gpu", "GPU: {name}", "GPU: {name}"},
    Entry{Say::vram, "vram", "VRAM: {gb} GB", "VRAM: {gb} GB"},
    Entry{Say::cuda, "cuda", "CUDA: {version}", "CUDA: {version}"},
    Entry{Say::driver, "driver", "Driver: {version}", "驅動程式: {version}"},
    Entry{Say::vram_enough, "vram_enough", "Enough VRAM", "VRAM 充足"},
    Entry{Say::vram_tight, "vram_tight",
          "VRAM is tight (Ditto likes {need} GB): close other programs that use the GPU",
          "VRAM 偏低(Ditto 建議 {need} GB):請關閉其他使用 GPU 的程式"},
    Entry{Say::vram_short, "vram_short", "Too little VRAM for Ditto (at least {need} GB)",
          "VRAM 不足,Ditto 至少需要 {need} GB"},
    Entry{Say::cuda_old, "cuda_old",
          "CUDA: {version}; ONNX Runtime's GPU build needs {need}: the driver is too old",
          "CUDA: {version},GPU 版 ONNX Runtime 需要 {need}:驅動程式過舊"},
    Entry{Say::gpu_none, "gpu_none", "No NVIDIA GPU was found (the mesh engine needs none)",
          "未偵測到 NVIDIA GPU(mesh 引擎不需要 GPU)"},
    Entry{Say::gpu_no_driver, "gpu_no_driver", "There is an NVIDIA GPU, but no driver for it",
          "偵測到 NVIDIA GPU,但尚未安裝驅動程式"},
    Entry{Say::gpu_driver_not_loaded, "gpu_driver_not_loaded",
          "The NVIDIA driver is installed, but not loaded", "NVIDIA 驅動程式已安裝但未載入"},
    Entry{Say::gpu_driver_mismatch, "gpu_driver_mismatch",
          "The NVIDIA driver was updated: restart the computer",
          "NVIDIA 驅動程式已更新,請重新開機"},
    Entry{Say::gpu_no_permission, "gpu_no_permission", "This user may not use the GPU",
          "目前的使用者沒有使用 GPU 的權限"},
    Entry{Say::gpu_failed, "gpu_failed", "The NVIDIA driver answers with an error ({detail})",
          "NVIDIA 驅動程式回報錯誤({detail})"},

    Entry{Say::processor, "processor", "Processor: {name}", "處理器: {name}"},
    Entry{Say::cores, "cores", "Cores: {count}", "可用核心: {count}"},
    Entry{Say::instructions, "instructions", "Instructions: {names}", "指令集: {names}"},
    Entry{Say::no_avx2, "no_avx2", "No AVX2: everything takes several times longer",
          "處理器沒有 AVX2,速度會慢數倍"},
    Entry{Say::memory, "memory", "Memory: {total} GB, {free} GB available",
          "記憶體: {total} GB,可用 {free} GB"},
    Entry{Say::memory_tight, "memory_tight",
          "Memory: {free} GB available; Ditto on the processor needs about {need} GB",
          "記憶體: 可用 {free} GB,以處理器執行 Ditto 約需 {need} GB"},
    Entry{Say::memory_short, "memory_short", "Memory: only {free} GB available",
          "記憶體不足: 可用僅 {free} GB"},

    Entry{Say::disk_free, "disk_free", "Free: {gb} GB ({path})", "可用空間: {gb} GB({path})"},
    Entry{Say::disk_short, "disk_short",
          "Free: {gb} GB ({path}); the missing model files need {need}",
          "可用空間: {gb} GB({path}),尚缺的模型檔案需要 {need}"},
    Entry{Say::disk_speed, "disk_speed", "Disk speed: writing {write} MB/s, reading {read} MB/s",
          "磁碟速度: 寫入 {write} MB/s,讀取 {read} MB/s"},
    Entry{Say::disk_slow, "disk_slow",
          "Slow disk: writing {write} MB/s, reading {read} MB/s; loading models takes long",
          "磁碟速度偏低: 寫入 {write} MB/s,讀取 {read} MB/s,載入模型會較久"},

    Entry{Say::runtime, "runtime", "ONNX Runtime: {version}", "ONNX Runtime: {version}"},
    Entry{Say::runtime_missing, "runtime_missing", "ONNX Runtime cannot be loaded: {reason}",
          "無法載入 ONNX Runtime: {reason}"},
    Entry{Say::ffmpeg, "ffmpeg", "FFmpeg: {version}", "FFmpeg: {version}"},
    Entry{Say::ffmpeg_missing, "ffmpeg_missing", "FFmpeg cannot be loaded: {reason}",
          "無法載入 FFmpeg: {reason}"},
    Entry{Say::provider, "provider", "ONNX Runtime can use {name}", "ONNX Runtime 可使用 {name}"},
    Entry{Say::provider_missing, "provider_missing", "ONNX Runtime cannot use {name}: {reason}",
          "ONNX Runtime 無法使用 {name}: {reason}"},
    Entry{Say::provider_not_built, "provider_not_built", "This build of ONNX Runtime has no {name}",
          "此版 ONNX Runtime 不含 {name}"},
    Entry{Say::encoder, "encoder", "FFmpeg encoder: {name}", "FFmpeg 編碼器: {name}"},
    Entry{Say::encoder_missing, "encoder_missing", "FFmpeg lacks the encoder {name}",
          "FFmpeg 缺少編碼器 {name}"},
    Entry{Say::encoder_optional, "encoder_optional",
          "FFmpeg has no {name}; the processor encodes the video",
          "FFmpeg 沒有 {name},影片將由處理器編碼"},
    Entry{Say::fonts, "fonts", "Chinese fonts: {name}", "中文字型: {name}"},
    Entry{Say::fonts_missing, "fonts_missing", "No font with Chinese characters was found",
          "找不到中文字型"},
    Entry{Say::pdf_reader, "pdf_reader", "Slides from PDF: {name}", "PDF 簡報: {name}"},
    Entry{Say::pdf_reader_missing, "pdf_reader_missing",
          "Slides cannot be read: poppler ({name}) is not installed",
          "無法讀取簡報: 尚未安裝 poppler({name})"},
    Entry{Say::pptx_reader, "pptx_reader", "Slides from PPTX: LibreOffice ({name})",
          "PPTX 簡報: LibreOffice({name})"},
    Entry{Say::pptx_reader_missing, "pptx_reader_missing",
          "PPTX cannot be read, only PDF: LibreOffice ({name}) is not installed",
          "無法讀取 PPTX,僅支援 PDF: 尚未安裝 LibreOffice({name})"},
    Entry{Say::speech, "speech", "Speech: {name}", "朗讀: {name}"},
    Entry{Say::speech_missing, "speech_missing",
          "Scripts can be spoken only by a program of yours (--speech): {name} is not installed",
          "僅能以自備程式(--speech)朗讀講稿: 尚未安裝 {name}"},

    Entry{Say::face_models, "face_models", "Face models: {path}", "人臉模型: {path}"},
    Entry{Say::face_models_missing, "face_models_missing", "The face models are missing: {path}",
          "缺少人臉模型: {path}"},
    Entry{Say::checkpoints_none, "checkpoints_none",
          "Ditto's models are not in {path} yet ({size})", "尚未下載 Ditto 模型到 {path}({size})"},
    Entry{Say::file_good, "file_good", "{name} ({size})", "{name}({size})"},
    Entry{Say::file_size_right, "file_size_right",
          "{name} ({size}): the size is right, nobody publishes its hash",
          "{name}({size}):大小正確,官方未公布雜湊值"},
    Entry{Say::file_missing, "file_missing", "{name}: missing", "{name}:缺少檔案"},
    Entry{Say::file_truncated, "file_truncated", "{name}: incomplete ({size} of {expected})",
          "{name}:檔案不完整({size} / {expected})"},
    Entry{Say::file_too_long, "file_too_long", "{name}: too long ({size} instead of {expected})",
          "{name}:檔案過大({size},應為 {expected})"},
    Entry{Say::file_wrong_hash, "file_wrong_hash", "{name}: damaged (SHA-256 differs)",
          "{name}:內容錯誤(SHA-256 不符)"},
    Entry{Say::file_lfs_pointer, "file_lfs_pointer",
          "{name}: only git-lfs's placeholder, not the file itself",
          "{name}:只是 git-lfs 指標檔,不是實際檔案"},
    Entry{Say::file_web_page, "file_web_page", "{name}: a saved web page, not the file",
          "{name}:是網頁內容,不是模型檔案"},
    Entry{Say::file_unreadable, "file_unreadable", "{name}: cannot be read", "{name}:無法讀取"},
    Entry{Say::file_unfinished, "file_unfinished", "{name}: an unfinished download ({size})",
          "{name}:尚未完成的下載({size})"},
    Entry{Say::file_extra, "file_extra", "{name}: does not belong here ({size})",
          "{name}:不屬於官方檔案({size})"},
    Entry{Say::file_unused, "file_unused", "{name}: official, but not used here ({size})",
          "{name}:官方檔案,但本程式用不到({size})"},
    Entry{Say::files_good, "files_good", "All {count} files are whole", "{count} 個檔案全部正確"},
    Entry{Say::files_bad, "files_bad", "{count} files need attention", "{count} 個檔案需要處理"},
    Entry{Say::converted_good, "converted_good", "The networks that were converted are whole",
          "轉換後的網路檔案全部正確"},
    Entry{Say::converted_bad, "converted_bad",
          "The networks that were converted were damaged; the next start converts them again",
          "轉換後的網路檔案已損壞,下次啟動時會重新轉換"},
    Entry{Say::read_speed, "read_speed", "{size} read in {seconds} s ({speed} MB/s)",
          "讀取 {size},耗時 {seconds} 秒({speed} MB/s)"},

    Entry{Say::port_free, "port_free", "Port {port} is free", "網路埠 {port} 可用"},
    Entry{Say::port_busy, "port_busy", "Port {port} is in use by {owner}",
          "網路埠 {port} 已被 {owner} 使用"},
    Entry{Say::writable, "writable", "Can write to {path}", "可寫入 {path}"},
    Entry{Say::not_writable, "not_writable", "Cannot write to {path}", "無法寫入 {path}"},

    Entry{Say::engine_works, "engine_works",
          "{engine}: works, {fps} frames/s ({times} times real time)",
          "{engine}:可用,每秒 {fps} 張(即時的 {times} 倍)"},
    Entry{Say::engine_slow, "engine_slow",
          "{engine}: works, but made no frame in {seconds} s; --test measures it",
          "{engine}:可用,但 {seconds} 秒內尚未算出畫面,可用 --test 實測"},
    Entry{Say::engine_fails, "engine_fails", "{engine}: {why}", "{engine}:{why}"},
    Entry{Say::gpu_ready, "gpu_ready",
          "Ditto on the GPU: card, driver and ONNX Runtime are ready; --device auto takes them "
          "(experimental)",
          "Ditto(GPU):顯示卡、驅動程式與 ONNX Runtime 皆已就緒,--device auto 會使用(實驗性)"},
    Entry{Say::gpu_not_in_use, "gpu_not_in_use", "Ditto on the GPU: not possible here: {why}",
          "Ditto(GPU):不可用:{why}"},
    Entry{Say::gpu_without_card, "gpu_without_card", "Ditto on the GPU: no NVIDIA GPU here",
          "Ditto(GPU):沒有可用的 NVIDIA GPU"},
    Entry{Say::gpu_without_models, "gpu_without_models", "Ditto on the GPU: its models are missing",
          "Ditto(GPU):缺少模型檔案"},
    Entry{Say::can_generate, "can_generate", "Ready: make a video with", "可以開始生成影片:"},
    Entry{Say::cannot_generate, "cannot_generate", "Nothing can generate yet",
          "目前沒有可用的引擎"},

    Entry{Say::plan_summary, "plan_summary",
          "{count} files, {total}; {missing} to fetch, {free} free on the disk",
          "共 {count} 個檔案,{total};需下載 {missing},磁碟可用 {free}"},
    Entry{Say::plan_file, "plan_file", "{size}  {name}  [{licence}]",
          "{size}  {name}  [{licence}]"},
    Entry{Say::plan_present, "plan_present", "{size}  {name}: is there already",
          "{size}  {name}:已存在"},
    Entry{Say::licence_note, "licence_note",
          "{name}: for non-commercial research only (InsightFace)",
          "{name}:僅限非商業研究用途(InsightFace)"},
    Entry{Say::waiting_for_other, "waiting_for_other",
          "Another download is at work in {path}; waiting for it",
          "另一個下載正在使用 {path},等待中"},
    Entry{Say::retrying, "retrying", "{name}: {problem}; again in {seconds} s",
          "{name}:{problem},{seconds} 秒後重試"},
    Entry{Say::file_done, "file_done", "{name}: whole", "{name}:完成並通過驗證"},
    Entry{Say::file_unverified, "file_unverified",
          "{name}: there, but nobody says what its hash should be",
          "{name}:已下載,但沒有可比對的雜湊值"},
    Entry{Say::file_failed, "file_failed", "{name}: {why}", "{name}:{why}"},
    Entry{Say::all_there, "all_there", "All files are there", "所有檔案皆已就緒"},
    Entry{Say::next_step, "next_step", "Next", "下一步"},

    Entry{Say::video_made, "video_made",
          "{engine}: {seconds} s of video in {elapsed} s ({times} times real time): {path}",
          "{engine}:{seconds} 秒影片耗時 {elapsed} 秒(即時的 {times} 倍):{path}"},
};

constexpr bool in_order() {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (static_cast<std::size_t>(entries[i].say) != i) return false;
    }
    return true;
}
std::string fill(std::string_view text, const MessageValues& values) {
    std::string result;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = text.find('}', open);
        if (open == text.npos || close == text.npos) break;
        result += text.substr(0, open);
        const auto name = text.substr(open + 1, close - open - 1);
        for (const auto& [key, value] : values) {
            if (key == name) result += value;
        }
        text.remove_prefix(close + 1);
    }
    return result += text;
}

static_assert(in_order());
static_assert(entries.size() == static_cast<std::size_t>(Say::video_made) + 1);

}  // namespace

std::string_view name_of(Say say) {
    return entries[static_cast<std::size_t>(say)].name;
}

std::string text_of(Say say, const MessageValues& values, Language language) {
    const Entry& entry = entries[static_cast<std::size_t>(say)];
    return fill(language == Language::english ? entry.english : entry.chinese, values);
}

}  // namespace ditto::setup
