#pragma once

// Inside the room only: FFmpeg's functions, which hide the global ones of the same name, so that
// its more than a hundred libraries are loaded by the first call and not by every start.
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>
}

#include "base/shared_library.h"

namespace ditto::media {

inline constexpr SharedLibrary avutil{"libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR)};
inline constexpr SharedLibrary avcodec{"libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR)};
inline constexpr SharedLibrary avformat{"libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR)};
inline constexpr SharedLibrary swresample{
    "libswresample.so." AV_STRINGIFY(LIBSWRESAMPLE_VERSION_MAJOR)};
inline constexpr SharedLibrary swscale{"libswscale.so." AV_STRINGIFY(LIBSWSCALE_VERSION_MAJOR)};

// Some have the attribute that their result is to be used; templates cannot carry it.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wignored-attributes"
#define DITTO_FUNCTION(library, function)                          \
    inline const LibraryFunction<decltype(&::function)> function { \
        library, #function                                         \
    }
DITTO_FUNCTION(avutil, av_buffer_unref);
DITTO_FUNCTION(avutil, av_channel_layout_copy);
DITTO_FUNCTION(avutil, av_channel_layout_default);
DITTO_FUNCTION(avutil, av_channel_layout_uninit);
DITTO_FUNCTION(avutil, av_d2q);
DITTO_FUNCTION(avutil, av_dict_free);
DITTO_FUNCTION(avutil, av_dict_set);
DITTO_FUNCTION(avutil, av_frame_alloc);
DITTO_FUNCTION(avutil, av_frame_free);
DITTO_FUNCTION(avutil, av_frame_get_buffer);
DITTO_FUNCTION(avutil, av_frame_make_writable);
DITTO_FUNCTION(avutil, av_frame_unref);
DITTO_FUNCTION(avutil, av_log_set_level);
DITTO_FUNCTION(avutil, av_match_list);
DITTO_FUNCTION(avutil, av_mallocz);
DITTO_FUNCTION(avutil, av_max_alloc);
DITTO_FUNCTION(avutil, av_opt_set_double);
DITTO_FUNCTION(avutil, av_realloc_array);
DITTO_FUNCTION(avutil, av_strerror);
DITTO_FUNCTION(avutil, av_version_info);

DITTO_FUNCTION(avcodec, av_packet_alloc);
DITTO_FUNCTION(avcodec, av_packet_free);
DITTO_FUNCTION(avcodec, av_packet_rescale_ts);
DITTO_FUNCTION(avcodec, av_packet_unref);
DITTO_FUNCTION(avcodec, avcodec_alloc_context3);
DITTO_FUNCTION(avcodec, avcodec_find_decoder);
DITTO_FUNCTION(avcodec, avcodec_find_encoder_by_name);
DITTO_FUNCTION(avcodec, avcodec_free_context);
DITTO_FUNCTION(avcodec, avcodec_get_name);
DITTO_FUNCTION(avcodec, avcodec_open2);
DITTO_FUNCTION(avcodec, avcodec_parameters_copy);
DITTO_FUNCTION(avcodec, avcodec_parameters_from_context);
DITTO_FUNCTION(avcodec, avcodec_parameters_to_context);
DITTO_FUNCTION(avcodec, avcodec_receive_frame);
DITTO_FUNCTION(avcodec, avcodec_receive_packet);
DITTO_FUNCTION(avcodec, avcodec_send_frame);
DITTO_FUNCTION(avcodec, avcodec_send_packet);
DITTO_FUNCTION(avcodec, avcodec_version);

DITTO_FUNCTION(avformat, av_find_best_stream);
DITTO_FUNCTION(avformat, av_guess_frame_rate);
DITTO_FUNCTION(avformat, av_interleaved_write_frame);
DITTO_FUNCTION(avformat, av_probe_input_buffer2);
DITTO_FUNCTION(avformat, av_read_frame);
DITTO_FUNCTION(avformat, av_write_trailer);
DITTO_FUNCTION(avformat, avformat_alloc_context);
DITTO_FUNCTION(avformat, avformat_alloc_output_context2);
DITTO_FUNCTION(avformat, avformat_close_input);
DITTO_FUNCTION(avformat, avformat_find_stream_info);
DITTO_FUNCTION(avformat, avformat_free_context);
DITTO_FUNCTION(avformat, avformat_new_stream);
DITTO_FUNCTION(avformat, avformat_open_input);
DITTO_FUNCTION(avformat, avformat_version);
DITTO_FUNCTION(avformat, avformat_write_header);
DITTO_FUNCTION(avformat, avio_closep);
DITTO_FUNCTION(avformat, avio_flush);
DITTO_FUNCTION(avformat, avio_open2);
DITTO_FUNCTION(avformat, avio_size);

DITTO_FUNCTION(swresample, swr_alloc_set_opts2);
DITTO_FUNCTION(swresample, swr_convert);
DITTO_FUNCTION(swresample, swr_free);
DITTO_FUNCTION(swresample, swr_get_out_samples);
DITTO_FUNCTION(swresample, swr_init);
DITTO_FUNCTION(swresample, swr_set_matrix);

DITTO_FUNCTION(swscale, sws_freeContext);
DITTO_FUNCTION(swscale, sws_getCachedContext);
DITTO_FUNCTION(swscale, sws_getCoefficients);
DITTO_FUNCTION(swscale, sws_scale);
DITTO_FUNCTION(swscale, sws_setColorspaceDetails);
#undef DITTO_FUNCTION
#pragma GCC diagnostic pop

}  // namespace ditto::media
