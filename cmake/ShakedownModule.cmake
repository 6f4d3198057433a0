add_library(shakedown_build_flags INTERFACE)  # private to first-party targets, never exported
target_compile_options(shakedown_build_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor $<$<BOOL:${SHAKEDOWN_WERROR}>:-Werror>)
# GCC 12 sees overlapping copies in `"text" + std::string` that are not there (its bug 105651).
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(shakedown_build_flags INTERFACE -Wno-restrict)
endif()
if(SHAKEDOWN_SANITIZE)
  target_compile_options(shakedown_build_flags INTERFACE
    -fsanitize=${SHAKEDOWN_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(shakedown_build_flags INTERFACE -fsanitize=${SHAKEDOWN_SANITIZE})
endif()

# shakedown_add_module(<name> SOURCES ... HEADERS ... [PUBLIC targets] [PRIVATE targets])
# HEADERS are relative to include/shakedown/<name>/.
function(shakedown_add_module name)
  cmake_parse_arguments(PARSE_ARGV 1 M "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE")
  list(TRANSFORM M_HEADERS PREPEND include/shakedown/${name}/)
  add_library(shakedown_${name} STATIC ${M_SOURCES})
  add_library(shakedown::${name} ALIAS shakedown_${name})
  target_sources(shakedown_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${M_HEADERS})
  target_compile_features(shakedown_${name} PUBLIC cxx_std_20)
  set_target_properties(shakedown_${name} PROPERTIES EXPORT_NAME ${name})
  target_link_libraries(shakedown_${name} PUBLIC ${M_PUBLIC}
    PRIVATE $<BUILD_INTERFACE:shakedown_build_flags> ${M_PRIVATE})
endfunction()

# shakedown_add_opened_library(<name> OWNER module SOURCES ... LINK targets)
# A library that its owner opens by path when it is first needed (core/library.h), yet never builds without.
function(shakedown_add_opened_library name)
  cmake_parse_arguments(PARSE_ARGV 1 L "" "OWNER" "SOURCES;LINK")
  add_library(shakedown_${name} MODULE ${L_SOURCES})
  target_compile_features(shakedown_${name} PRIVATE cxx_std_20)
  target_link_libraries(shakedown_${name} PRIVATE ${L_LINK})
  target_link_options(shakedown_${name} PRIVATE LINKER:--no-undefined)
  string(TOUPPER ${name} upper)
  target_compile_definitions(shakedown_${L_OWNER} PRIVATE
    SHAKEDOWN_${upper}_BUILD_PATH="$<TARGET_FILE_DIR:shakedown_${name}>")
  add_dependencies(shakedown_${L_OWNER} shakedown_${name})
  if(SHAKEDOWN_INSTALL)
    install(TARGETS shakedown_${name} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/shakedown)
  endif()
endfunction()

# shakedown_add_test(<module> SOURCES ... [LINK targets] [LABELS labels] [WHOLE])
# One executable per module. WHOLE registers it as one ctest entry (LibTorch takes 0.5 s to start).
function(shakedown_add_test module)
  cmake_parse_arguments(PARSE_ARGV 1 T "WHOLE" "" "SOURCES;LINK;LABELS")
  if(NOT T_LABELS)
    set(T_LABELS unit)
  endif()
  add_executable(${module}_tests ${T_SOURCES})
  target_link_libraries(${module}_tests PRIVATE shakedown::${module} ${T_LINK} shakedown_build_flags
    GTest::gmock GTest::gtest_main)
  target_include_directories(${module}_tests PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${module}_tests PRIVATE SHAKEDOWN_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  if(T_WHOLE)
    add_test(NAME ${module} COMMAND ${module}_tests)
    set_tests_properties(${module} PROPERTIES LABELS "${T_LABELS}")
  else()
    gtest_discover_tests(${module}_tests TEST_PREFIX ${module}. DISCOVERY_MODE PRE_TEST
      PROPERTIES LABELS "${T_LABELS}")
  endif()
endfunction()
