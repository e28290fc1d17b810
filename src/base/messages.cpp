#include "base/messages.h"

#include <array>

namespace ditto {
namespace {

struct ErrorEntry {
    ErrorCode code;
    std::string_view name;
    ErrorKind kind;
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array error_entries{
    ErrorEntry{ErrorCode::option_unknown, "option_unknown", ErrorKind::usage,
               "Unknown option or command {option}.{hint} See --help.",
               "不認得選項或指令 {option}。{hint}請參考 --help。"},
    ErrorEntry{ErrorCode::option_value, "option_value", ErrorKind::usage,
               "{option} does not take \"{value}\"; use {expected}.",
               "{option} 不接受「{value}」,請使用 {expected}。"},
    ErrorEntry{ErrorCode::option_value_missing, "option_value_missing", ErrorKind::usage,
               "{option} needs a value. See --help.", "{option} 需要一個值,請參考 --help。"},
    ErrorEntry{ErrorCode::option_missing, "option_missing", ErrorKind::usage,
               "{option} is missing. See --help.", "缺少 {option},請參考 --help。"},
    ErrorEntry{ErrorCode::phones_missing, "phones_missing", ErrorKind::usage,
               "There is no table of phones at {path}.", "找不到音素時間表:{path}。"},
    ErrorEntry{ErrorCode::phones_format, "phones_format", ErrorKind::usage,
               "Line {line} of {path} is no \"start_s, end_s, phone\" in the order of time.",
               "{path} 第 {line} 行不是依時間排列的「start_s、end_s、phone」。"},
    ErrorEntry{
        ErrorCode::voice_unknown, "voice_unknown", ErrorKind::usage,
        "There is no speaking voice \"{voice}\"; choose one that \"ditto-avatar speak "
        "--list-voices\" shows.",
        "沒有「{voice}」這個語音,請從「ditto-avatar speak --list-voices」列出的語音中選擇。"},
    ErrorEntry{ErrorCode::speech_empty, "speech_empty", ErrorKind::usage,
               "The text holds nothing that can be spoken.", "文字內容沒有可以朗讀的字。"},
    ErrorEntry{ErrorCode::speech_too_long, "speech_too_long", ErrorKind::usage,
               "The text has {count} characters; at most {limit} are spoken at once. Split it.",
               "文字共 {count} 字,一次最多朗讀 {limit} 字,請分段。"},

    ErrorEntry{ErrorCode::photo_missing, "photo_missing", ErrorKind::photo,
               "There is no photo at {path}.", "找不到照片:{path}。"},
    ErrorEntry{ErrorCode::photo_unreadable, "photo_unreadable", ErrorKind::photo,
               "The photo {path} cannot be read.", "無法讀取照片:{path}。"},
    ErrorEntry{ErrorCode::photo_format, "photo_format", ErrorKind::photo,
               "The photo is not a JPEG, PNG or WebP picture.",
               "照片格式不支援,請使用 JPEG、PNG 或 WebP。"},
    ErrorEntry{ErrorCode::photo_corrupt, "photo_corrupt", ErrorKind::photo,
               "The photo is damaged or incomplete.", "照片檔案已損壞或不完整。"},
    ErrorEntry{ErrorCode::photo_animated, "photo_animated", ErrorKind::photo,
               "The picture is animated; use a still photo.", "這是動態圖片,請使用靜態照片。"},
    ErrorEntry{ErrorCode::photo_too_large, "photo_too_large", ErrorKind::photo,
               "The photo is too large ({actual}); at most {limit} are accepted.",
               "照片過大({actual}),上限為 {limit}。"},
    ErrorEntry{ErrorCode::photo_too_small, "photo_too_small", ErrorKind::photo,
               "The photo is only {width}x{height}; use one of at least 512x512 pixels.",
               "照片只有 {width}x{height},請使用至少 512x512 像素的照片。"},
    ErrorEntry{ErrorCode::face_none, "face_none", ErrorKind::photo,
               "No face was found; use a clear photo of a face from the front.",
               "未檢測到人臉,請使用清晰的正面人臉照片"},
    ErrorEntry{ErrorCode::face_too_small, "face_too_small", ErrorKind::photo,
               "The face is too small ({percent} % of the width); crop the photo closer so that it "
               "fills at least 12 %.",
               "人臉太小(佔寬度 {percent}%),請裁切照片使人臉至少佔 12%。"},
    ErrorEntry{ErrorCode::face_turned, "face_turned", ErrorKind::photo,
               "The face is turned too far to the side ({degrees} degrees); use a photo from the "
               "front.",
               "臉部側轉過多({degrees} 度),請使用正面照片。"},
    ErrorEntry{ErrorCode::face_cut_off, "face_cut_off", ErrorKind::photo,
               "The face is cut off by the edge of the photo; use one that shows the whole face.",
               "臉部被照片邊緣切到,請使用完整露出臉部的照片。"},
    ErrorEntry{ErrorCode::face_blurred, "face_blurred", ErrorKind::photo,
               "The face is too blurred; use a sharper photo.", "臉部太模糊,請使用更清晰的照片。"},
    ErrorEntry{ErrorCode::face_dark, "face_dark", ErrorKind::photo,
               "The face is too dark; use a photo with more light.",
               "臉部太暗,請使用光線充足的照片。"},
    ErrorEntry{ErrorCode::face_lost, "face_lost", ErrorKind::photo,
               "The video shows no face at {second} s (picture {picture}); use a part of it in "
               "which the face is seen all the time.",
               "影片第 {second} 秒(第 {picture} 張畫面)找不到臉部,"
               "請使用全程都看得到臉部的片段。"},

    ErrorEntry{ErrorCode::audio_missing, "audio_missing", ErrorKind::audio,
               "There is no voice recording at {path}.", "找不到語音檔:{path}。"},
    ErrorEntry{ErrorCode::audio_unreadable, "audio_unreadable", ErrorKind::audio,
               "The voice recording {path} cannot be read.", "無法讀取語音檔:{path}。"},
    ErrorEntry{ErrorCode::audio_format, "audio_format", ErrorKind::audio,
               "The voice recording is in no format that can be read, or holds no sound.",
               "語音檔格式無法辨識,或不含聲音。"},
    ErrorEntry{ErrorCode::audio_corrupt, "audio_corrupt", ErrorKind::audio,
               "The voice recording is damaged or incomplete.", "語音檔已損壞或不完整。"},
    ErrorEntry{ErrorCode::audio_empty, "audio_empty", ErrorKind::audio,
               "The voice recording holds no sound (at least {seconds} s are needed).",
               "語音檔沒有內容(至少需要 {seconds} 秒)。"},
    ErrorEntry{ErrorCode::audio_silent, "audio_silent", ErrorKind::audio,
               "The voice recording is silent.", "語音檔完全無聲。"},
    ErrorEntry{ErrorCode::audio_too_long, "audio_too_long", ErrorKind::audio,
               "The voice recording is longer than {limit}.", "語音檔超過 {limit} 的上限。"},

    ErrorEntry{ErrorCode::deck_missing, "deck_missing", ErrorKind::deck,
               "There is no presentation at {path}.", "找不到簡報檔:{path}。"},
    ErrorEntry{ErrorCode::deck_unreadable, "deck_unreadable", ErrorKind::deck,
               "The presentation {path} cannot be read.", "無法讀取簡報檔:{path}。"},
    ErrorEntry{ErrorCode::deck_format, "deck_format", ErrorKind::deck,
               "The file is neither a PDF nor a PowerPoint presentation (.pptx); save it as one of "
               "these.",
               "這不是 PDF 或 PowerPoint 簡報(.pptx),請另存為其中一種格式。"},
    ErrorEntry{ErrorCode::deck_corrupt, "deck_corrupt", ErrorKind::deck,
               "The presentation is damaged or incomplete.", "簡報檔已損壞或不完整。"},
    ErrorEntry{ErrorCode::deck_encrypted, "deck_encrypted", ErrorKind::deck,
               "The presentation is protected by a password; save a copy without one.",
               "簡報檔有密碼保護,請另存一份不含密碼的檔案。"},
    ErrorEntry{ErrorCode::deck_empty, "deck_empty", ErrorKind::deck,
               "The presentation has no slide that is shown.", "簡報中沒有可顯示的投影片。"},
    ErrorEntry{ErrorCode::deck_too_large, "deck_too_large", ErrorKind::deck,
               "The presentation is too large ({actual}); at most {limit} are accepted.",
               "簡報檔過大({actual}),上限為 {limit}。"},
    ErrorEntry{ErrorCode::deck_too_many, "deck_too_many", ErrorKind::deck,
               "The presentation has {count} slides; at most {limit} are accepted. Split it.",
               "簡報共有 {count} 張投影片,上限為 {limit} 張,請分成數份。"},
    ErrorEntry{ErrorCode::scripts_missing, "scripts_missing", ErrorKind::deck,
               "There is no script at {path}.", "找不到講稿:{path}。"},
    ErrorEntry{ErrorCode::scripts_format, "scripts_format", ErrorKind::deck,
               "The script {path} is no UTF-8 text of at most {limit}.",
               "講稿 {path} 不是 {limit} 以內的 UTF-8 文字檔。"},
    ErrorEntry{ErrorCode::scripts_slide, "scripts_slide", ErrorKind::deck,
               "Line {line} of the script is for slide {number}, which the presentation does not "
               "show.",
               "講稿第 {line} 行屬於第 {number} 張投影片,但簡報沒有顯示這一張。"},
    ErrorEntry{ErrorCode::scripts_twice, "scripts_twice", ErrorKind::deck,
               "Line {line} of the script is for slide {number}, which has a script above it "
               "already; join the two.",
               "講稿第 {line} 行屬於第 {number} 張投影片,但前面已有這一張的講稿,請合併。"},
    ErrorEntry{ErrorCode::scripts_too_many, "scripts_too_many", ErrorKind::deck,
               "The script has {count} sections, but the presentation shows {slides} slides.",
               "講稿有 {count} 段,但簡報只顯示 {slides} 張投影片。"},
    ErrorEntry{ErrorCode::voices_missing, "voices_missing", ErrorKind::deck,
               "There is no folder of recordings at {path}.", "找不到語音資料夾:{path}。"},
    ErrorEntry{ErrorCode::voices_twice, "voices_twice", ErrorKind::deck,
               "Slide {number} has two recordings, {first} and {second}; remove or rename one.",
               "第 {number} 張投影片有兩個語音檔:{first} 與 {second},請移除或改名其中一個。"},
    ErrorEntry{ErrorCode::voices_unplaced, "voices_unplaced", ErrorKind::deck,
               "The recording {name} fits no slide; name it after its slide, such as slide_3.wav.",
               "語音檔 {name} 找不到對應的投影片,請以投影片編號命名,例如 slide_3.wav。"},
    ErrorEntry{ErrorCode::slides_failed, "slides_failed", ErrorKind::deck,
               "Not every slide could be made ({slides}). The others are kept; make these again.",
               "部分投影片製作失敗(第 {slides} 張),其餘已保留,請重新製作失敗的投影片。"},
    ErrorEntry{ErrorCode::slide_picture, "slide_picture", ErrorKind::deck,
               "The picture {path} of a slide cannot be read; use a PNG, JPEG or WebP picture.",
               "無法讀取投影片圖片 {path},請使用 PNG、JPEG 或 WebP。"},
    ErrorEntry{
        ErrorCode::slides_unspoken, "slides_unspoken", ErrorKind::deck,
        "Slides with a script but no recording: {slides}. Add recordings to --voices, or have "
        "the scripts spoken with --speech-voice auto.",
        "有講稿但沒有語音檔的投影片:{slides}。請在 --voices 補上語音檔,或以 "
        "--speech-voice auto 朗讀講稿。"},
    ErrorEntry{ErrorCode::slides_voiceless, "slides_voiceless", ErrorKind::deck,
               "No slide has a voice. Give a folder of recordings with --voices (slide_1.wav, "
               "slide_2.wav ...), or scripts with --speech-voice auto.",
               "所有投影片都沒有語音。請以 --voices 指定語音檔資料夾(slide_1.wav、slide_2.wav "
               "...),或提供講稿並使用 --speech-voice auto。"},

    ErrorEntry{ErrorCode::output_folder, "output_folder", ErrorKind::output,
               "The folder {path} for the video does not exist or cannot be written.",
               "影片輸出資料夾不存在或無法寫入:{path}。"},
    ErrorEntry{ErrorCode::output_write, "output_write", ErrorKind::output,
               "The video {path} cannot be written.", "無法寫入影片:{path}。"},
    ErrorEntry{ErrorCode::output_name, "output_name", ErrorKind::usage,
               "The name of the video must end in .mp4, not as in {path}.",
               "影片檔名必須以 .mp4 結尾,而非 {path}。"},
    ErrorEntry{ErrorCode::output_is_input, "output_is_input", ErrorKind::output,
               "The video would overwrite {path}, which is one of the inputs; choose another name.",
               "影片會覆蓋輸入檔 {path},請改用其他檔名。"},
    ErrorEntry{ErrorCode::output_full, "output_full", ErrorKind::output,
               "The disk is full; the video {path} was not written.",
               "磁碟空間不足,未能寫入影片:{path}。"},
    ErrorEntry{ErrorCode::output_encoder, "output_encoder", ErrorKind::output,
               "This FFmpeg cannot encode {what}; install one with that encoder.",
               "此 FFmpeg 無法編碼 {what},請安裝含該編碼器的版本。"},
    ErrorEntry{ErrorCode::video_unreadable, "video_unreadable", ErrorKind::output,
               "The video {path} cannot be read.", "無法讀取影片:{path}。"},

    ErrorEntry{ErrorCode::model_missing, "model_missing", ErrorKind::model,
               "The model file {path} is missing; check the path, or run ditto-avatar setup.",
               "缺少模型檔案:{path}。請檢查路徑,或執行 ditto-avatar setup。"},
    ErrorEntry{ErrorCode::model_corrupt, "model_corrupt", ErrorKind::model,
               "The model file {path} is damaged; get it again.",
               "模型檔案已損壞,請重新取得:{path}。"},
    ErrorEntry{
        ErrorCode::model_mismatch, "model_mismatch", ErrorKind::model,
        "The model file {path} is not the one expected ({what}); get the one that its publisher "
        "offers, or run ditto-avatar setup.",
        "模型檔案與預期不符:{path}({what})。請向發布者重新取得,"
        "或執行 ditto-avatar setup。"},
    ErrorEntry{ErrorCode::model_write, "model_write", ErrorKind::output,
               "The model file {path} cannot be written; check the folder and the free space.",
               "無法寫入模型檔案,請檢查資料夾與剩餘空間:{path}。"},
    ErrorEntry{
        ErrorCode::model_unsafe, "model_unsafe", ErrorKind::model,
        "The model file {path} asks for {what}, which no model needs; it was not opened. Get "
        "it from its publisher.",
        "模型檔案 {path} 要求執行 {what},模型並不需要這個,因此未開啟;請向發布者重新取得。"},
    ErrorEntry{ErrorCode::runtime_missing, "runtime_missing", ErrorKind::model,
               "ONNX Runtime could not be loaded ({what}); run scripts/install.sh.",
               "無法載入 ONNX Runtime({what}),請執行 scripts/install.sh。"},
    ErrorEntry{ErrorCode::library_missing, "library_missing", ErrorKind::model,
               "A library of the system could not be loaded ({what}); run scripts/install.sh.",
               "無法載入系統函式庫({what}),請執行 scripts/install.sh。"},
    ErrorEntry{ErrorCode::engine_unavailable, "engine_unavailable", ErrorKind::model,
               "The engine {engine} cannot run here: {why}.",
               "此電腦無法使用引擎 {engine}:{why}。"},
    ErrorEntry{ErrorCode::device_unavailable, "device_unavailable", ErrorKind::model,
               "The networks cannot run on {device} here: {why}. Use --device cpu or auto.",
               "無法在 {device} 上執行模型:{why}。請改用 --device cpu 或 auto。"},
    ErrorEntry{ErrorCode::face_finder_unavailable, "face_finder_unavailable", ErrorKind::model,
               "--face-finder insightface cannot be used here: {why}. Without it, MediaPipe finds "
               "the face.",
               "此處無法使用 --face-finder insightface:{why}。不指定時由 MediaPipe 偵測人臉。"},
    ErrorEntry{ErrorCode::download_failed, "download_failed", ErrorKind::model,
               "{path} could not be downloaded: {what}. Run the same command again; it goes on "
               "where it stopped.",
               "下載 {path} 失敗:{what}。請再執行一次相同指令,會從中斷處繼續。"},
    ErrorEntry{ErrorCode::download_refused, "download_refused", ErrorKind::model,
               "{host} refuses {path} ({what}). Set HF_TOKEN to a token that may read it.",
               "{host} 拒絕存取 {path}({what})。請將 HF_TOKEN 設為有讀取權限的權杖。"},
    ErrorEntry{ErrorCode::download_absent, "download_absent", ErrorKind::model,
               "{host} has no {path} at revision {revision}.",
               "{host} 的版本 {revision} 沒有 {path}。"},
    ErrorEntry{ErrorCode::download_wrong, "download_wrong", ErrorKind::model,
               "What {host} sends as {path} is not the expected file ({what}); nothing was kept.",
               "{host} 送出的 {path} 與預期檔案不符({what}),未保留任何內容。"},

    ErrorEntry{ErrorCode::memory, "memory", ErrorKind::resource,
               "There is not enough memory for this; end other programs, or use a smaller photo.",
               "記憶體不足,請結束其他程式,或使用較小的照片。"},
    ErrorEntry{ErrorCode::network_memory, "network_memory", ErrorKind::resource,
               "The networks in {path} take about {required} of memory and {free} are free; end "
               "other programs, or use --engine mesh.",
               "{path} 的模型約需 {required} 記憶體,目前可用 {free};"
               "請結束其他程式,或改用 --engine mesh。"},
    ErrorEntry{ErrorCode::gpu_memory, "gpu_memory", ErrorKind::resource,
               "The networks take about {required} of the GPU's memory and {free} are free; end "
               "other programs that use the GPU, or use --device cpu.",
               "模型約需 {required} 的 GPU 記憶體,目前可用 {free};"
               "請結束其他使用 GPU 的程式,或改用 --device cpu。"},
    ErrorEntry{ErrorCode::disk_full, "disk_full", ErrorKind::resource,
               "There is not enough space on the disk for {path}.", "磁碟空間不足:{path}。"},
    ErrorEntry{ErrorCode::folder_unwritable, "folder_unwritable", ErrorKind::output,
               "{path} cannot be written.{hint}", "無法寫入:{path}。{hint}"},
    ErrorEntry{ErrorCode::program_missing, "program_missing", ErrorKind::resource,
               "{program} is not installed; install it with: {command}",
               "尚未安裝 {program},請執行:{command}"},
    ErrorEntry{ErrorCode::program_failed, "program_failed", ErrorKind::resource,
               "{program} failed (status {status}).", "{program} 執行失敗(狀態 {status})。"},
    ErrorEntry{ErrorCode::program_slow, "program_slow", ErrorKind::resource,
               "{program} took longer than {limit} and was stopped.",
               "{program} 執行超過 {limit},已停止。"},

    ErrorEntry{ErrorCode::cancelled, "cancelled", ErrorKind::cancelled, "Cancelled.", "已取消。"},
    ErrorEntry{ErrorCode::internal, "internal", ErrorKind::internal,
               "Something went wrong inside the program; please report it.",
               "程式內部發生錯誤,請回報此問題。"},
};

struct NoticeEntry {
    NoticeCode code;
    std::string_view name;
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array notice_entries{
    NoticeEntry{NoticeCode::background_kept, "background_kept",
                "The person could not be told from the background of the photo, which is kept.",
                "無法分辨照片中的人物與背景,因此保留背景。"},
    NoticeEntry{NoticeCode::checkpoints_converting, "checkpoints_converting",
                "Converting the PyTorch checkpoints in {folder}, once; kept in {path}.",
                "正在轉換 {folder} 中的 PyTorch 權重(僅此一次),結果保存於 {path}。"},
    NoticeEntry{NoticeCode::engine_chosen, "engine_chosen", "Engine: {engine} ({why}).",
                "使用引擎:{engine}({why})。"},
    NoticeEntry{NoticeCode::faces_several, "faces_several",
                "There are {count} faces; the largest is used.",
                "照片中有 {count} 張人臉,使用最大的一張。"},
    NoticeEntry{NoticeCode::motion_slow, "motion_slow",
                "The motion network runs node by node, at about half the speed: {why}.",
                "動作網路將逐節點執行,速度約為一半:{why}。"},
    NoticeEntry{NoticeCode::mouth_open, "mouth_open",
                "The mouth is open in the photo; a closed mouth gives the best result.",
                "照片中嘴巴張開,嘴巴閉合的照片效果最佳。"},
    NoticeEntry{NoticeCode::photo_small, "photo_small",
                "The photo is small ({width}x{height}); 512x512 or more looks sharper.",
                "照片較小({width}x{height}),512x512 以上會更清晰。"},
    NoticeEntry{NoticeCode::photo_scaled, "photo_scaled",
                "The photo is scaled to {width}x{height}.", "照片已縮放為 {width}x{height}。"},
    NoticeEntry{NoticeCode::runtime_fallback, "runtime_fallback",
                "Running on the processor: {why}.", "改用處理器執行:{why}。"},
    NoticeEntry{NoticeCode::network_by_runtime, "network_by_runtime",
                "ONNX Runtime runs {path}, several times slower: {why}.",
                "{path} 改由 ONNX Runtime 執行,速度慢數倍:{why}。"},
    NoticeEntry{NoticeCode::network_in_32_bits, "network_in_32_bits",
                "The GPU runs {path} in 32 bits, at about half the speed: {why}.",
                "GPU 以 32 位元執行 {path},速度約為一半:{why}。"},
    NoticeEntry{NoticeCode::slide_concerned, "slide_concerned",
                "The following is about slide {slide} ({path}).",
                "以下問題出在第 {slide} 張投影片({path})。"},
    NoticeEntry{NoticeCode::slides_silent, "slides_silent",
                "Slides without a voice: {slides}. Each is shown in silence for {seconds} s.",
                "沒有語音的投影片:{slides},各靜音顯示 {seconds} 秒。"},
    NoticeEntry{
        NoticeCode::precision_fast, "precision_fast",
        "Pictures are computed in reduced precision (bf16); \"ditto-avatar bench\" says how "
        "far from exact.",
        "畫面以較低精度(bf16)計算;與 exact 的差異可用「ditto-avatar bench」測量。"},
    NoticeEntry{NoticeCode::precision_gpu, "precision_gpu",
                "The GPU computes the pictures in 16 bits; --precision exact keeps 32.",
                "GPU 以 16 位元計算畫面;--precision exact 則維持 32 位元。"},
    NoticeEntry{NoticeCode::precision_same, "precision_same",
                "--precision fast is the same as exact here: {why}.",
                "此處 --precision fast 與 exact 相同:{why}。"},
    NoticeEntry{NoticeCode::insightface_licence, "insightface_licence",
                "InsightFace finds the face; its models are licensed for non-commercial research "
                "only.",
                "由 InsightFace 偵測人臉;其模型的授權僅限非商業研究用途。"},
};

/// Parts of sentences: a value under the name "why", "hint" or "expected" that is one of these
/// names is said in the user's language. Programs read the name.
struct PhraseEntry {
    std::string_view name;
    std::string_view english;
    std::string_view chinese;
};

constexpr std::array phrase_entries{
    PhraseEntry{"network_unknown", "it is not the network that this program computes itself",
                "這不是本程式能自行計算的網路"},
    PhraseEntry{"no_bf16", "this processor has no instructions for bf16", "此處理器沒有 bf16 指令"},
    PhraseEntry{"engine_mesh", "the mesh engine has one precision", "mesh 引擎只有一種精度"},
    PhraseEntry{"by_runtime", "ONNX Runtime computes the pictures", "畫面由 ONNX Runtime 計算"},
    PhraseEntry{"provider_missing",
                "this ONNX Runtime was built without GPUs; set DITTO_ONNXRUNTIME to the "
                "libonnxruntime.so of its GPU release",
                "目前的 ONNX Runtime 不支援 GPU;請將 DITTO_ONNXRUNTIME 設為其 GPU 版的 "
                "libonnxruntime.so"},
    PhraseEntry{"gpu_full", "too little of the GPU's memory is free", "GPU 可用記憶體不足"},
    PhraseEntry{"mesh_on_processor", "the mesh engine runs on the processor",
                "mesh 引擎使用處理器執行"},
    PhraseEntry{"mesh_by_mediapipe", "only the ditto engine has it", "只有 ditto 引擎支援"},
    PhraseEntry{"file_missing",
                "{path} is missing, which ditto-avatar setup --download-models --set onnx fetches",
                "缺少 {path},可用 ditto-avatar setup --download-models --set onnx 下載"},
    PhraseEntry{"processor_old", "this processor lacks AVX2", "此處理器不支援 AVX2"},
    PhraseEntry{"no_gpu", "there is no GPU that can be used", "沒有可用的 GPU"},
    PhraseEntry{"not_converted",
                "{folder} holds PyTorch files only, and without DITTO_CACHE, XDG_CACHE_HOME or "
                "HOME there is no place to keep them converted; run ditto-avatar models convert",
                "{folder} 只有 PyTorch 檔案,而 DITTO_CACHE、XDG_CACHE_HOME、HOME "
                "皆未設定,無處保存轉換結果,請執行 ditto-avatar models convert"},
    PhraseEntry{"photos_only", "it animates photos, and only ditto animates videos",
                "此引擎只接受照片,僅 ditto 可使用影片"},
    PhraseEntry{"gpu_usable", "a GPU is there", "有可用的 GPU"},
    PhraseEntry{"as_asked", "as asked for", "依您的指定"},
    PhraseEntry{"checkpoints_missing", "Ditto's checkpoints are not in {folder}",
                "{folder} 中沒有 Ditto 的模型檔"},
    PhraseEntry{"step_not_recorded", "the GPU cannot record and play its steps",
                "GPU 無法錄製並重播其步驟"},
    PhraseEntry{"graph_unknown", "the layout of its file is unknown", "無法辨識其檔案的結構"},
    PhraseEntry{"no_vector_instructions", "this processor has no AVX2", "此處理器不支援 AVX2"},
    PhraseEntry{"not_in_this_version", "this version of the program does not contain it",
                "此版本的程式不含該引擎"},
    PhraseEntry{"used_by_a_service",
                " Another ditto-avatar serve uses it; end that one, or name another folder.",
                "另一個 ditto-avatar serve 正在使用它,請先結束該服務,或指定其他資料夾。"},
    PhraseEntry{"emotion_text",
                "0 - 7 or a name (angry, disgust, fear, happy, neutral, sad, surprise, contempt), "
                "a blend (happy+surprise, happy=0.6+neutral=0.4; weights 0.01 - 100) or a time "
                "line (0:neutral,2.5:happy; rising seconds, at most 1000 sections)",
                "0 - 7 或名稱(angry、disgust、fear、happy、neutral、sad、surprise、contempt)、"
                "混合(happy+surprise、happy=0.6+neutral=0.4,權重 0.01 - 100)或時間軸"
                "(0:neutral,2.5:happy,秒數須遞增,最多 1000 段)"},
    PhraseEntry{"did_you_mean", " Did you mean {nearest}?", "您是指 {nearest} 嗎?"},
};

template <class Table>
constexpr bool in_order(const Table& table) {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (static_cast<std::size_t>(table[i].code) != i) return false;
    }
    return true;
}
static_assert(in_order(error_entries));
static_assert(error_entries.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);
static_assert(in_order(notice_entries));

const ErrorEntry& entry(ErrorCode code) {
    return error_entries[static_cast<std::size_t>(code)];
}

const NoticeEntry& entry(NoticeCode code) {
    return notice_entries[static_cast<std::size_t>(code)];
}

std::string fill(std::string_view text, const MessageValues& values, Language language);

std::string said(std::string_view key, const std::string& value, const MessageValues& values,
                 Language language) {
    if (key != "why" && key != "hint" && key != "expected") return value;
    for (const PhraseEntry& phrase : phrase_entries) {
        if (phrase.name != value) continue;
        return fill(language == Language::english ? phrase.english : phrase.chinese, values,
                    language);
    }
    return value;
}

std::string fill(std::string_view text, const MessageValues& values, Language language) {
    std::string result;
    while (!text.empty()) {
        const auto open = text.find('{');
        const auto close = text.find('}', open);
        if (open == std::string_view::npos || close == std::string_view::npos) break;
        result += text.substr(0, open);
        const auto name = text.substr(open + 1, close - open - 1);
        for (const auto& [key, value] : values) {
            if (key == name) result += said(key, value, values, language);
        }
        text.remove_prefix(close + 1);
    }
    return result += text;
}

}  // namespace

Language language_from_tag(std::string_view tag) {
    const bool chinese =
        tag.size() >= 2 && (tag[0] == 'z' || tag[0] == 'Z') && (tag[1] == 'h' || tag[1] == 'H');
    return chinese ? Language::traditional_chinese : Language::english;
}

std::string_view code_name(ErrorCode code) {
    return entry(code).name;
}

std::string_view code_name(NoticeCode code) {
    return entry(code).name;
}

ErrorKind kind_of(ErrorCode code) {
    return entry(code).kind;
}

std::string user_message(ErrorCode code, const MessageValues& values, Language language) {
    const ErrorEntry& found = entry(code);
    return fill(language == Language::english ? found.english : found.chinese, values, language);
}

std::string user_message(const Error& error, Language language) {
    return user_message(error.code(), error.values(), language);
}

std::string user_message(const Notice& notice, Language language) {
    const NoticeEntry& found = entry(notice.code);
    return fill(language == Language::english ? found.english : found.chinese, notice.values,
                language);
}

}  // namespace ditto
