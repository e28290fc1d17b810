#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "app/installed_files.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/text_output.h"
#include "judge/judge.h"
#include "media/image_file.h"
#include "nn/runtime.h"

namespace ditto::cli {
namespace {

/// The options as they were written.
struct Written {
    std::string video;
    std::string phones;
    std::string photo;
    std::string sheet;
    std::string signals;
    bool json = false;
};

void add_options(CLI::App& command, Written& written, Language language) {
    const std::string group = Text{"Files", "檔案"}.in(language);
    command.add_option("VIDEO", written.video, Text{"a finished video", "完成的影片"}.in(language))
        ->group(group);
    add_option(command, "--phones", written.phones, "FILE",
               Text{"when each sound is spoken: start_s, end_s, phone, separated by tabs",
                    "每個音的起訖時間:start_s、end_s、phone,以 Tab 分隔"}
                   .in(language),
               group);
    add_option(command, "--photo", written.photo, "FILE",
               Text{"the photo that the video was made from", "影片所用的照片"}.in(language),
               group);
    add_option(command, "--sheet", written.sheet, "FILE",
               Text{"write a contact sheet (PNG)", "輸出總覽圖(PNG)"}.in(language), group);
    add_option(
        command, "--signals", written.signals, "FILE",
        Text{"write what was measured in each frame (TSV)", "輸出每一格的測量值(TSV)"}.in(language),
        group);
    command
        .add_flag("--json", written.json,
                  Text{"the report as JSON", "以 JSON 輸出報告"}.in(language))
        ->group(Text{"Messages", "訊息"}.in(language));
}

judge::JudgeRequest request_from(const Written& written) {
    if (written.video.empty()) throw Error(ErrorCode::option_missing, {{"option", "VIDEO"}});
    judge::JudgeRequest request;
    request.video = written.video;
    if (!written.phones.empty()) request.phones = written.phones;
    if (!written.photo.empty()) request.photo = written.photo;
    request.sheet = !written.sheet.empty();
    request.signals = !written.signals.empty();
    return request;
}

}  // namespace

Action declare_judge(CLI::App& program, Language language) {
    CLI::App& command = *program.add_subcommand(
        "judge", Text{"measure a finished video: lip-sync, lips, head, picture",
                      "評測完成的影片:對嘴、嘴唇、頭部與畫面"}
                     .in(language));
    const auto written = std::make_shared<Written>();
    add_options(command, *written, language);
    const auto console_options = std::make_shared<ConsoleOptions>(command, language, false);
    return [written, console_options](const Surroundings& around) {
        console_options->check();
        const judge::JudgeRequest request = request_from(*written);
        const auto models = judge::JudgeModels::load(nn::Runtime::open(), find_models_folder());
        const judge::Judgement judgement = judge::judge_video(request, models, around.stop);
        std::cout << (written->json ? to_json(judgement.report) : to_text(judgement.report))
                  << std::flush;
        if (request.sheet && !judgement.sheet.empty()) {
            media::save_png(judgement.sheet, written->sheet);
        }
        if (request.signals) write_whole(written->signals, judgement.signals);
        return 0;
    };
}

}  // namespace ditto::cli
