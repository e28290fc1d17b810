#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/messages.h"

namespace ditto::setup {

/// Every line that set-up can say; setup/texts.cpp holds them in both languages, in this order.
enum class Say {
    // titles
    gpu_title,
    processor_title,
    disk_title,
    dependencies_title,
    models_title,
    service_title,
    works_title,
    download_title,
    verify_title,
    test_title,
    // GPU
    gpu,
    vram,
    cuda,
    driver,
    vram_enough,
    vram_tight,
    vram_short,
    cuda_old,
    gpu_none,
    gpu_no_driver,
    gpu_driver_not_loaded,
    gpu_driver_mismatch,
    gpu_no_permission,
    gpu_failed,
    // processor and memory
    processor,
    cores,
    instructions,
    no_avx2,
    memory,
    memory_tight,
    memory_short,
    // disk
    disk_free,
    disk_short,
    disk_speed,
    disk_slow,
    // dependencies
    runtime,
    runtime_missing,
    ffmpeg,
    ffmpeg_missing,
    provider,
    provider_missing,
    provider_not_built,
    encoder,
    encoder_missing,
    encoder_optional,
    fonts,
    fonts_missing,
    pdf_reader,
    pdf_reader_missing,
    pptx_reader,
    pptx_reader_missing,
    speech,
    speech_missing,
    // models
    face_models,
    face_models_missing,
    checkpoints_none,
    file_good,
    file_size_right,
    file_missing,
    file_truncated,
    file_too_long,
    file_wrong_hash,
    file_lfs_pointer,
    file_web_page,
    file_unreadable,
    file_unfinished,
    file_extra,
    file_unused,
    files_good,
    files_bad,
    converted_good,
    converted_bad,
    read_speed,
    // service
    port_free,
    port_busy,
    writable,
    not_writable,
    // what works
    engine_works,
    engine_slow,
    engine_fails,
    gpu_ready,
    gpu_not_in_use,
    gpu_without_card,
    gpu_without_models,
    can_generate,
    cannot_generate,
    // download
    plan_summary,
    plan_file,
    plan_present,
    licence_note,
    waiting_for_other,
    retrying,
    file_done,
    file_unverified,
    file_failed,
    all_there,
    next_step,
    // test
    video_made,
};

enum class Level { good, note, warning, bad };

/// One line of a report; `command` mends what it complains about.
struct Finding {
    Level level = Level::good;
    Say say = Say::gpu;
    MessageValues values = {};
    std::string command = {};
};

struct Section {
    Say title = Say::gpu_title;
    std::vector<Finding> findings = {};
};

/// Stable name for programs, e.g. "gpu_none".
std::string_view name_of(Say say);
std::string_view name_of(Level level);
/// The sentence with its values.
std::string text_of(Say say, const MessageValues& values, Language language);
/// "✅", "❌" and so on.
std::string_view mark_of(Level level);

/// A title between two lines of 50 '=', then one line a finding, as the Python version printed it.
std::string framed(const Section& section, Language language);
std::string title_frame(Say title, Language language);
/// One finding with its mark, and its command below it.
std::string line_of(const Finding& finding, Language language);

/// The report for programs: {"sections": [{"name", "findings": [{"level", "name", "text",
/// "values", "command"}]}], "ok"}.
std::string json_of(const std::vector<Section>& sections, bool ok, Language language);

bool has_bad(const Section& section);

/// "2.31 GB", "180.5 MB"; 1000 to the step, as disks and downloads count.
std::string size_text(std::int64_t bytes);

}  // namespace ditto::setup
