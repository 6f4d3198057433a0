#include "column_maps.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>

namespace shakedown::datasets {
namespace {

struct Run {
  const char* name;
  std::size_t size;
};

/// Blocks one behind the other.
ColumnMap in_order(std::string name, Form form, std::string source, std::initializer_list<Run> runs) {
  ColumnMap map{std::move(name), form, 0, std::move(source), {}};
  for (const Run& run : runs) {
    map.blocks.push_back({form, run.name, map.dims, map.dims + run.size});
    map.dims += run.size;
  }
  return map;
}

constexpr Form kAudio = Form::kAudioFeatures, kVision = Form::kVisionFeatures;

std::vector<ColumnMap> make_maps() {
  const std::string hand_selected =
      "hand-selected by the makers of MOSI's processed files, who never said which columns they are";
  std::vector<ColumnMap> maps;
  maps.push_back({"covarep-5", kAudio, 5, hand_selected, {}});
  maps.push_back({"facet-20", kVision, 20, hand_selected, {}});
  maps.push_back(in_order("covarep-74", kAudio, "'dimension names' of CMU_MOSEI_COVAREP.csd",
                          {{"pitch", 1},
                           {"voicing", 1},
                           {"glottal", 8},
                           {"creak", 1},
                           {"mcep", 25},
                           {"phase_mean", 25},
                           {"phase_deviation", 13}}));
  maps.push_back(in_order(
      "egemaps-25", kAudio, "low-level descriptors of openSMILE's eGeMAPSv02 in the order of opensmile-python",
      {{"energy", 1}, {"spectral", 5}, {"mfcc", 4}, {"pitch_semitones", 1}, {"voice_quality", 5}, {"formants", 9}}));
  maps.push_back(in_order("facet-35", kVision, "'dimension names' of CMU_MOSEI_VisualFacet42.csd",
                          {{"emotions", 10},
                           {"aus", 20},
                           {"glasses", 1},
                           {"gender", 1},
                           {"pitch_degrees", 1},
                           {"yaw_degrees", 1},
                           {"roll_degrees", 1}}));
  maps.push_back(in_order("openface-171", kVision,
                          "MMSA-FET's landmark_2D and action_units: columns of OpenFace 2.0 in its order",
                          {{"landmarks_x", 68}, {"landmarks_y", 68}, {"aus", 17}, {"aus_present", 18}}));
  maps.push_back(in_order("openface-709", kVision,
                          "all columns of OpenFace 2.0 in its order, behind the five of the frame",
                          {{"gaze", 6},
                           {"gaze_angles", 2},
                           {"eye_landmarks_x", 56},
                           {"eye_landmarks_y", 56},
                           {"eye_landmarks3d_x", 56},
                           {"eye_landmarks3d_y", 56},
                           {"eye_landmarks3d_z", 56},
                           {"head_position", 3},
                           {"head_rotation", 3},
                           {"landmarks_x", 68},
                           {"landmarks_y", 68},
                           {"landmarks3d_x", 68},
                           {"landmarks3d_y", 68},
                           {"landmarks3d_z", 68},
                           {"shape_scale", 1},
                           {"shape_rotation", 3},
                           {"shape_position", 2},
                           {"shape", 34},
                           {"aus", 17},
                           {"aus_present", 18}}));
  return maps;
}

}  // namespace

const std::vector<ColumnMap>& column_maps() {
  static const std::vector<ColumnMap> kMaps = make_maps();
  return kMaps;
}

const ColumnMap* column_map_of(Form form, std::size_t dims) {
  const auto& maps = column_maps();
  const auto found = std::ranges::find_if(maps, [&](const ColumnMap& m) { return m.form == form && m.dims == dims; });
  return found == maps.end() ? nullptr : &*found;
}

std::string describe_layout(Form form, std::size_t dims) {
  const ColumnMap* const map = column_map_of(form, dims);
  if (map == nullptr) return fmt::format("{} columns: no known layout", dims);
  if (map->blocks.empty()) return fmt::format("{} columns: {}, {}", dims, map->name, map->source);
  return fmt::format("{} columns: taken for {} ({})", dims, map->name, map->source);
}

}  // namespace shakedown::datasets
