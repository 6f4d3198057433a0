# Writes a text file into a C++ source as one string: cmake -DINPUT=.. -DOUTPUT=.. -DNAME=.. -P embed.cmake
# A source map comment is left out: the page stands alone and a browser's tools would look for the file.
file(READ "${INPUT}" content)
string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" content "${content}")
if(content MATCHES "[)]shakedown\"" OR (NOT INPUT MATCHES "[.]mustache$" AND content MATCHES "</script|</style"))
  message(FATAL_ERROR "${INPUT}: holds text that would end the element or literal that it is embedded in")
endif()
file(WRITE "${OUTPUT}" "#include \"assets.h\"\n\nnamespace shakedown::reports::assets {\n"
  "const std::string_view ${NAME} = R\"shakedown(${content})shakedown\";\n"
  "}  // namespace shakedown::reports::assets\n")
