#include "pictures.h"

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include <png.h>
#include <turbojpeg.h>
#include <webp/encode.h>
#include <webp/mux.h>

namespace ditto::media {
namespace {

FileContent bytes_of(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const std::byte*>(data);
    return {bytes, bytes + size};
}

void append(FileContent& to, const FileContent& more) {
    to.insert(to.end(), more.begin(), more.end());
}

FileContent big_endian(std::uint32_t value, int size) {
    FileContent bytes;
    for (int i = size - 1; i >= 0; --i)
        bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
    return bytes;
}

std::uint32_t crc(const FileContent& bytes) {
    std::uint32_t value = ~0U;
    for (const std::byte byte : bytes) {
        value ^= std::to_integer<std::uint32_t>(byte);
        for (int bit = 0; bit < 8; ++bit)
            value = value >> 1 ^ (0xEDB88320U & (0U - (value & 1U)));
    }
    return ~value;
}

FileContent png_from(const void* pixels, int width, int height, unsigned format) {
    png_image state;
    std::memset(&state, 0, sizeof state);
    state.version = PNG_IMAGE_VERSION;
    state.width = static_cast<png_uint_32>(width);
    state.height = static_cast<png_uint_32>(height);
    state.format = format;
    FileContent content(PNG_IMAGE_PNG_SIZE_MAX(state));
    png_alloc_size_t size = content.size();
    if (png_image_write_to_memory(&state, content.data(), &size, 0, pixels, 0, nullptr) == 0) {
        throw std::runtime_error(state.message);
    }
    content.resize(size);
    return content;
}

std::vector<std::uint8_t> with_alpha(const Image& image) {
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            rgba.insert(rgba.end(), image.pixel(x, y), image.pixel(x, y) + 3);
            rgba.push_back(static_cast<std::uint8_t>(255 * x / (image.width() - 1)));
        }
    }
    return rgba;
}

}  // namespace

Image colours(int width, int height) {
    Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            std::uint8_t* pixel = image.pixel(x, y);
            pixel[0] = static_cast<std::uint8_t>(30 + 200 * x / width);
            pixel[1] = static_cast<std::uint8_t>(30 + 200 * y / height);
            pixel[2] = static_cast<std::uint8_t>(40 + 100 * (width - x + y) / (width + height));
        }
    }
    return image;
}

double difference(const Image& a, const Image& b) {
    if (a.width() != b.width() || a.height() != b.height() || a.empty()) return 1e9;
    double sum = 0;
    for (int y = 0; y < a.height(); ++y) {
        for (int i = 0; i < a.width() * 3; ++i)
            sum += std::abs(a.row(y)[i] - b.row(y)[i]);
    }
    return sum / (3.0 * a.width() * a.height());
}

FileContent tiff_orientation(int orientation) {
    FileContent tiff = bytes_of("MM\0*\0\0\0\10", 8);
    append(tiff, big_endian(1, 2));
    append(tiff, big_endian(274, 2));
    append(tiff, big_endian(3, 2));
    append(tiff, big_endian(1, 4));
    append(tiff, big_endian(static_cast<std::uint32_t>(orientation), 2));
    append(tiff, big_endian(0, 6));
    return tiff;
}

FileContent jpeg_of(const Image& image, const JpegOptions& options) {
    tjhandle turbo = tjInitCompress();
    unsigned char* memory = nullptr;
    unsigned long size = 0;
    const int flags = TJFLAG_ACCURATEDCT | (options.progressive ? TJFLAG_PROGRESSIVE : 0);
    std::vector<std::uint8_t> ink;
    if (options.cmyk) {  // inverted, as Adobe writes it
        for (const std::uint8_t value : with_alpha(image))
            ink.push_back(value);
        for (std::size_t i = 3; i < ink.size(); i += 4)
            ink[i] = 255;
    }
    const std::uint8_t* pixels = options.cmyk ? ink.data() : image.row(0);
    if (tjCompress2(turbo, pixels, image.width(), options.cmyk ? 0 : image.stride(), image.height(),
                    options.cmyk ? TJPF_CMYK : TJPF_RGB, &memory, &size,
                    options.grey ? TJSAMP_GRAY : TJSAMP_444, 95, flags) != 0) {
        throw std::runtime_error(tjGetErrorStr2(turbo));
    }
    FileContent content = bytes_of(memory, size);
    tjFree(memory);
    tjDestroy(turbo);
    if (options.orientation != 0) {
        FileContent exif = bytes_of("Exif\0\0", 6);
        append(exif, tiff_orientation(options.orientation));
        FileContent segment = bytes_of("\xFF\xE1", 2);
        append(segment, big_endian(static_cast<std::uint32_t>(exif.size() + 2), 2));
        append(segment, exif);
        content.insert(content.begin() + 2, segment.begin(), segment.end());
    }
    return content;
}

FileContent png_of(const Image& image) {
    return png_from(image.row(0), image.width(), image.height(), PNG_FORMAT_RGB);
}

FileContent png_with_alpha(const Image& image) {
    return png_from(with_alpha(image).data(), image.width(), image.height(), PNG_FORMAT_RGBA);
}

FileContent png_grey16(const Image& image) {
    // Written with the full interface: the short one only writes 16 bit as linear light.
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
    png_infop info = png_create_info_struct(png);
    FileContent content;
    png_set_write_fn(
        png, &content,
        [](png_structp state, png_bytep data, png_size_t size) {
            append(*static_cast<FileContent*>(png_get_io_ptr(state)), bytes_of(data, size));
        },
        nullptr);
    png_set_IHDR(png, info, static_cast<png_uint_32>(image.width()),
                 static_cast<png_uint_32>(image.height()), 16, PNG_COLOR_TYPE_GRAY,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (int y = 0; y < image.height(); ++y) {
        std::vector<std::uint8_t> row;
        for (int x = 0; x < image.width(); ++x)
            row.insert(row.end(), 2, image.pixel(x, y)[0]);
        png_write_row(png, row.data());
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return content;
}

FileContent with_chunk(const FileContent& png, const char* type, const FileContent& body) {
    FileContent typed = bytes_of(type, 4);
    append(typed, body);
    FileContent chunk = big_endian(static_cast<std::uint32_t>(body.size()), 4);
    append(chunk, typed);
    append(chunk, big_endian(crc(typed), 4));
    FileContent result = png;
    result.insert(result.begin() + 33, chunk.begin(), chunk.end());
    return result;
}

FileContent webp_of(const Image& image) {
    std::uint8_t* memory = nullptr;
    const std::size_t size =
        WebPEncodeLosslessRGB(image.row(0), image.width(), image.height(), image.stride(), &memory);
    FileContent content = bytes_of(memory, size);
    WebPFree(memory);
    return content;
}

FileContent webp_with_alpha(const Image& image) {
    std::uint8_t* memory = nullptr;
    const std::size_t size = WebPEncodeRGBA(with_alpha(image).data(), image.width(), image.height(),
                                            image.width() * 4, 95, &memory);
    FileContent content = bytes_of(memory, size);
    WebPFree(memory);
    return content;
}

FileContent webp_animated(const Image& image) {
    WebPAnimEncoder* encoder = WebPAnimEncoderNew(image.width(), image.height(), nullptr);
    WebPConfig config;
    WebPConfigInit(&config);
    for (int frame = 0; frame < 2; ++frame) {
        Image shown = image;
        shown.pixel(0, 0)[0] = static_cast<std::uint8_t>(200 * frame);
        WebPPicture picture;
        WebPPictureInit(&picture);
        picture.use_argb = 1;
        picture.width = image.width();
        picture.height = image.height();
        WebPPictureImportRGB(&picture, shown.row(0), shown.stride());
        WebPAnimEncoderAdd(encoder, &picture, frame * 40, &config);
        WebPPictureFree(&picture);
    }
    WebPAnimEncoderAdd(encoder, nullptr, 80, nullptr);
    WebPData data;
    WebPDataInit(&data);
    WebPAnimEncoderAssemble(encoder, &data);
    FileContent content = bytes_of(data.bytes, data.size);
    WebPDataClear(&data);
    WebPAnimEncoderDelete(encoder);
    return content;
}

}  // namespace ditto::media
