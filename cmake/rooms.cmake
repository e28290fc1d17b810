# Turns the rooms' paths in a list into the names of their targets: engines/mesh, ditto_engines_mesh.
macro(ditto_room_targets list)
    list(TRANSFORM ${list} REPLACE "/" "_")
    list(TRANSFORM ${list} PREPEND ditto_)
endmacro()

# A room is one folder of src/ and one static library. Its headers are included as
# "room/file.h", and only by rooms that name it: every room has an include folder of its own that
# holds nothing but a link to it.
#
#   ditto_room(media DEPENDS core LIBS PkgConfig::AV)
#
# DEPENDS: rooms whose headers this room's headers use. LIBS: third-party libraries, private.
function(ditto_room path)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;LIBS" ${ARGN})
    if(NOT ARG_SOURCES)
        file(GLOB ARG_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    endif()
    string(REPLACE "/" "_" name ${path})
    set(links ${CMAKE_BINARY_DIR}/rooms/${name})
    get_filename_component(parent ${links}/${path} DIRECTORY)
    file(MAKE_DIRECTORY ${parent})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${links}/${path} SYMBOLIC)

    add_library(ditto_${name} STATIC ${ARG_SOURCES})
    target_include_directories(ditto_${name} PUBLIC ${links})
    ditto_room_targets(ARG_DEPENDS)
    target_link_libraries(ditto_${name} PUBLIC ${ARG_DEPENDS} PRIVATE ${ARG_LIBS})
endfunction()

# A GoogleTest program. Every .cpp of the folder unless SOURCES says otherwise.
#
#   ditto_test(core_test ROOMS core LABELS unit)
function(ditto_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;ROOMS;LIBS;LABELS" ${ARGN})
    if(NOT ARG_SOURCES)
        file(GLOB ARG_SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
    endif()
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    ditto_room_targets(ARG_ROOMS)
    target_link_libraries(${name} PRIVATE ${ARG_ROOMS} ${ARG_LIBS} GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name} PRIVATE
        DITTO_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data" DITTO_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
        DITTO_BINARY_DIR="${CMAKE_BINARY_DIR}")
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    # Two labels must reach ctest as a list, hence the escaped semicolon.
    string(REPLACE ";" "\\;" labels "${ARG_LABELS}")
    gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST
        PROPERTIES LABELS "${labels}" TIMEOUT ${ARG_TIMEOUT}
                   ENVIRONMENT "DITTO_CACHE=${CMAKE_BINARY_DIR}/tests/cache")
endfunction()

# A libFuzzer program from one file that defines LLVMFuzzerTestOneInput; built by preset fuzz.
function(ditto_fuzz name)
    cmake_parse_arguments(ARG "" "" "SOURCES;ROOMS;LIBS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    ditto_room_targets(ARG_ROOMS)
    target_link_libraries(${name} PRIVATE ${ARG_ROOMS} ${ARG_LIBS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
endfunction()
