#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace shakedown::reports {

inline constexpr const char* kAssetsFolder = "assets";
inline constexpr const char* kGalleryFile = "gallery.json";
inline constexpr const char* kGallerySchema = "shakedown.gallery/1";
inline constexpr const char* kHiddenSample = "SAMPLE";  ///< instead of an id
inline constexpr std::size_t kNameDigits = 16;          ///< of the content's SHA-256, in a file's name

/// "audio/flac", "image/png" or "image/jpeg" for a name that AssetsWriter gives a file; nothing for any other name, so
/// that none leads out of the folder.
[[nodiscard]] std::optional<std::string_view> media_type(std::string_view file_name);

}  // namespace shakedown::reports
