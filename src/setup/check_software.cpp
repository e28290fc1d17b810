// The parts of the diagnosis that look at libraries and model files.
#include <array>
#include <string>
#include <vector>

#include "app/installed_files.h"
#include "checkpoints/manifest.h"
#include "hub/verifier.h"
#include "machine/computer.h"
#include "media/encoders.h"
#include "media/version.h"
#include "nn/providers.h"
#include "programs/program.h"
#include "setup/diagnosis.h"
#include "setup/verdicts.h"

namespace ditto::setup {
namespace {

/// A loader's message is long and names a file twice; the end says what is missing.
std::string short_reason(const std::string& reason) {
    const auto colon = reason.find(": ");
    const bool path = colon != reason.npos && reason.starts_with('/');
    return path ? reason.substr(colon + 2) : reason;
}

/// What the loader said.
std::string reason_of(const Error& error) {
    for (const auto& [name, value] : error.values()) {
        if (name == "what") return value;
    }
    return error.what();
}

void add_runtime(const machine::GpuReport& gpus, Section& section) {
    try {
        const auto runtime = nn::Runtime::open();
        section.findings.push_back(
            {Level::good, Say::runtime, {{"version", runtime->version()}}, {}});
        for (const nn::Provider& provider : nn::find_providers(*runtime)) {
            const MessageValues values{{"name", provider.name},
                                       {"reason", short_reason(provider.reason)}};
            if (provider.usable) {
                section.findings.push_back({Level::good, Say::provider, values, {}});
                continue;
            }
            const Say say = provider.built_in ? Say::provider_missing : Say::provider_not_built;
            // Without a GPU there is nothing to mend; TensorRT is only a faster way.
            const bool matters = !gpus.gpus.empty() && provider.name == "CUDA";
            section.findings.push_back({matters ? Level::warning : Level::note, say, values,
                                        matters
                                            ? "DITTO_ONNXRUNTIME=/path/to/gpu/build/"
                                              "libonnxruntime.so ditto-avatar setup --check-deps"
                                            : ""});
        }
    } catch (const Error& error) {
        section.findings.push_back({Level::bad,
                                    Say::runtime_missing,
                                    {{"reason", reason_of(error)}},
                                    "scripts/install.sh"});
    }
}

void add_encoders(Section& section) {
    std::vector<media::Encoder> encoders;
    try {
        section.findings.push_back(
            {Level::good, Say::ffmpeg, {{"version", media::ffmpeg_version()}}, {}});
        encoders = media::find_encoders();
    } catch (const Error& error) {
        section.findings.push_back({Level::bad,
                                    Say::ffmpeg_missing,
                                    {{"reason", reason_of(error)}},
                                    "scripts/install.sh"});
    }
    for (const media::Encoder& encoder : encoders) {
        const MessageValues values{{"name", encoder.name}};
        if (encoder.present) {
            section.findings.push_back({Level::good, Say::encoder, values, {}});
        } else if (encoder.needed) {
            section.findings.push_back({Level::bad, Say::encoder_missing, values,
                                        "sudo apt-get install libavcodec-extra"});
        } else {
            section.findings.push_back({Level::note, Say::encoder_optional, values, {}});
        }
    }
}

/// What presentations need.
void add_programs(Section& section) {
    struct Use {
        std::vector<std::string> programs;
        Say there;
        Say missing;
        /// What scripts/install.sh installs should be there; LibreOffice is too large for that.
        Level level;
    };
    const std::array<Use, 3> uses{
        {{{"pdfinfo", "pdftocairo", "pdftotext"},
          Say::pdf_reader,
          Say::pdf_reader_missing,
          Level::warning},
         {{"soffice"}, Say::pptx_reader, Say::pptx_reader_missing, Level::note},
         {{"espeak-ng"}, Say::speech, Say::speech_missing, Level::warning}}};
    for (const Use& use : uses) {
        std::string where;
        std::string lacking;
        for (const std::string& name : use.programs) {
            const auto path = programs::find_program(name);
            if (where.empty() && path) where = path->string();
            if (lacking.empty() && !path) lacking = name;
        }
        if (lacking.empty()) {
            section.findings.push_back({Level::good, use.there, {{"name", where}}, {}});
        } else {
            section.findings.push_back(
                {use.level, use.missing, {{"name", lacking}}, programs::install_command(lacking)});
        }
    }
}

}  // namespace

Section check_dependencies(const machine::GpuReport& gpus) {
    Section section{Say::dependencies_title, {}};
    add_runtime(gpus, section);
    add_encoders(section);
    const auto fonts = machine::chinese_fonts();
    if (fonts.empty()) {
        section.findings.push_back(
            {Level::warning, Say::fonts_missing, {}, "sudo apt-get install fonts-noto-cjk"});
    } else {
        section.findings.push_back(
            {Level::good, Say::fonts, {{"name", fonts.front().filename().string()}}, {}});
    }
    add_programs(section);
    return section;
}

Section check_models(const DiagnosisOptions& options) {
    Section section{Say::models_title, {}};
    try {
        section.findings.push_back(
            {Level::good, Say::face_models, {{"path", find_models_folder().string()}}, {}});
    } catch (const Error& error) {
        section.findings.push_back({Level::bad,
                                    Say::face_models_missing,
                                    {{"path", error.values().front().second}},
                                    "make build"});
    }
    const auto manifest = checkpoints::Manifest::built_in();
    const auto wanted = manifest.in_set("minimal");
    const auto report = hub::verify(wanted, manifest.in_set("all"),
                                    {.folder = options.checkpoints, .sizes_only = true}, {});
    const std::string folder = options.checkpoints.string();
    bool any = false;
    std::int64_t bytes = 0;
    for (const auto& file : wanted)
        bytes += file.expected_bytes();
    for (const auto& file : report.files)
        any |= file.state != hub::FileState::missing;
    if (!any) {
        section.findings.push_back(
            {Level::warning,
             Say::checkpoints_none,
             {{"path", folder}, {"size", size_text(bytes)}},
             "ditto-avatar setup --download-models --checkpoints " + shell_word(folder)});
        return section;
    }
    for (const auto& file : report.files) {
        section.findings.push_back(finding_of(file, folder));
    }
    return section;
}

}  // namespace ditto::setup
