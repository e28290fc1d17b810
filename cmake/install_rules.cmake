# `cmake --install build/release --prefix DIR` lays out what the program needs to run elsewhere:
#   bin/ditto-avatar
#   lib/ditto-avatar/libonnxruntime.so.1
#   share/ditto-avatar/models/
#   share/ditto-avatar/web/      the studio page
#   share/ditto-avatar/api_docs/ Swagger UI, for /docs
#   share/ditto-avatar/sample/   the voice and portrait of `setup --test`
#   share/doc/ditto-avatar/
install(TARGETS ditto-avatar RUNTIME DESTINATION bin)
install(FILES ${ort}/Linux/x64/libonnxruntime.so DESTINATION lib/ditto-avatar
        RENAME libonnxruntime.so.1)
install(DIRECTORY ${CMAKE_BINARY_DIR}/models DESTINATION share/ditto-avatar)
install(FILES assets/portrait.png assets/demo_voice.wav DESTINATION share/ditto-avatar/sample)
if(TARGET studio)
    install(DIRECTORY ${CMAKE_BINARY_DIR}/web DESTINATION share/ditto-avatar)
endif()
install(FILES LICENSE NOTICE README.md DESTINATION share/doc/ditto-avatar)
foreach(name swagger-ui.css swagger-ui-bundle.js favicon-32x32.png LICENSE NOTICE)
    install(FILES ${DITTO_NPM}/swagger-ui-dist/${name} DESTINATION share/ditto-avatar/api_docs)
endforeach()
