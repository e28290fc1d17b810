# Language, warnings, sanitizers: the same for every target.
option(DITTO_FUZZ "Build the libFuzzer targets (needs clang) instead of the tests" OFF)
set(DITTO_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})

find_program(CCACHE ccache)
if(CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast
                    -Wcast-qual -Wunused -Woverloaded-virtual -Wimplicit-fallthrough -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # "x" + std::to_string(n) at -O3 is reported by mistake (GCC bug 105651).
    add_compile_options(-Wno-restrict)
endif()
if(DITTO_SANITIZE)
    add_compile_options(-fsanitize=${DITTO_SANITIZE} -fno-omit-frame-pointer -g1)
    add_link_options(-fsanitize=${DITTO_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC 12 reports false positives in the standard library under sanitizers.
        add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-restrict
                            -Wno-tsan)
    endif()
endif()
if(DITTO_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
find_package(Threads REQUIRED)
