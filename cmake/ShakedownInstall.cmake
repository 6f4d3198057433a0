# `cmake --install <build>` installs the program; `--component development` what plugins are built with: the headers and
# static libraries of core and plugin, and no more (the built-in perturbations and their libraries are not needed).
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/shakedown)

install(TARGETS shakedown RUNTIME)

install(TARGETS shakedown_core shakedown_plugin EXPORT shakedown-targets
  ARCHIVE COMPONENT development
  FILE_SET HEADERS COMPONENT development)
install(EXPORT shakedown-targets NAMESPACE shakedown:: DESTINATION ${package_dir} COMPONENT development)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/shakedown-config.cmake.in
  ${PROJECT_BINARY_DIR}/shakedown-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/shakedown-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/shakedown-config.cmake ${PROJECT_BINARY_DIR}/shakedown-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/ShakedownPlugin.cmake
  DESTINATION ${package_dir} COMPONENT development)
