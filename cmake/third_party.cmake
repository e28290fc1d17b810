# Third-party code. Debian packages: scripts/packages.debian. npm packages, pinned by integrity
# hash: third_party/package-lock.json, laid under third_party/node_modules by scripts/install.sh.
find_package(PkgConfig REQUIRED)
set(DITTO_NPM ${CMAKE_SOURCE_DIR}/third_party/node_modules)

# ONNX Runtime. Only headers are needed to build: the library is opened at run time.
set(ort ${DITTO_NPM}/com.github.asus4.onnxruntime/Plugins)
file(GLOB ort_headers
     "${ort}/iOS~/onnxruntime.xcframework/ios-arm64/onnxruntime.framework/Headers")
if(NOT ort_headers OR NOT EXISTS ${ort}/Linux/x64/libonnxruntime.so)
    message(FATAL_ERROR "ONNX Runtime is missing: run scripts/install.sh first (make build does).")
endif()
add_library(onnxruntime_headers INTERFACE)
target_include_directories(onnxruntime_headers SYSTEM INTERFACE ${ort_headers})
file(CREATE_LINK ${ort}/Linux/x64/libonnxruntime.so
     ${CMAKE_BINARY_DIR}/libonnxruntime.so.1 SYMBOLIC)

find_package(GTest REQUIRED)
include(GoogleTest)

find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(nlohmann_json 3.11 REQUIRED)
pkg_check_modules(FFMPEG REQUIRED IMPORTED_TARGET
                  libavformat libavcodec libavutil libswresample libswscale)
find_package(SQLite3 3.38 REQUIRED)
pkg_check_modules(PICTURES REQUIRED IMPORTED_TARGET libturbojpeg libpng libwebp)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)
find_package(pugixml REQUIRED)
