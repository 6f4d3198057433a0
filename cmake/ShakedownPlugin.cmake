# How perturbations are registered: CMake writes a source that calls shakedown_register_<name>() of every name it is
# given. A name without a function is a link error; nothing runs before main(). Installed with the package.

# shakedown_write_registration(<file> <function> <linkage> <name>...)
function(shakedown_write_registration path function linkage)
  set(declarations "")
  set(calls "")
  foreach(name IN LISTS ARGN)
    string(APPEND declarations "void shakedown_register_${name}(shakedown::perturb::Registry& registry);\n")
    string(APPEND calls "  shakedown_register_${name}(registry);\n")
  endforeach()
  file(CONFIGURE OUTPUT ${path} @ONLY CONTENT [[
// Generated from the list in CMake.
#include "shakedown/perturb/registry.h"
@declarations@
@linkage@ void @function@(shakedown::perturb::Registry& registry);
@linkage@ void @function@(shakedown::perturb::Registry& registry) {
@calls@}
]])
endfunction()

# shakedown_add_plugin(<target> SOURCES <file>... PERTURBATIONS <name>...)
# Builds <target>.so for `shakedown --plugin`. <name> is the first argument of SHAKEDOWN_PERTURBATION.
function(shakedown_add_plugin target)
  cmake_parse_arguments(PARSE_ARGV 1 P "" "" "SOURCES;PERTURBATIONS")
  set(registration ${CMAKE_CURRENT_BINARY_DIR}/${target}_registration.cpp)
  shakedown_write_registration(${registration} shakedown_plugin_register
    [[extern "C" __attribute__((visibility("default")))]] ${P_PERTURBATIONS})
  file(APPEND ${registration} [[
extern "C" __attribute__((visibility("default"))) unsigned shakedown_plugin_abi();
extern "C" __attribute__((visibility("default"))) unsigned shakedown_plugin_abi() {
  return shakedown::perturb::kPluginAbi;
}
]])
  add_library(${target} MODULE ${P_SOURCES} ${registration})
  target_link_libraries(${target} PRIVATE shakedown::plugin)
  target_link_options(${target} PRIVATE LINKER:--no-undefined)
  set_target_properties(${target} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
endfunction()
