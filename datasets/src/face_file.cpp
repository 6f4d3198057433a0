#include "face_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "shakedown/core/csv.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/core/yaml.h"

namespace shakedown::datasets {
namespace {

using Box = FaceTrack::Box;

constexpr double kMostPixels = 1 << 20;  // beyond any picture

struct Record {
  double seconds = 0;
  std::optional<Box> box;  ///< pixels of the stored video
};

/// A table whose columns are found by name, as OpenFace pads them with spaces.
class Table {
 public:
  explicit Table(const std::filesystem::path& file) : table_(CsvTable::read(file)) {
    for (std::size_t column = 0; column < table_.header().size(); ++column)
      columns_.try_emplace(std::string(trim(table_.header()[column])), column);
  }

  [[nodiscard]] const std::vector<CsvTable::Row>& rows() const { return table_.rows(); }
  [[nodiscard]] bool has(const std::string& column) const { return columns_.contains(column); }
  [[nodiscard]] std::size_t require(const std::string& column) const {
    const auto found = columns_.find(column);
    return found != columns_.end() ? found->second : table_.require(column);
  }

  [[nodiscard]] std::optional<double> number(const CsvTable::Row& row, std::size_t column) const {
    const std::string_view text = trim(row.fields[column]);
    if (text.empty()) return std::nullopt;
    const auto value = parse_number(text);
    if (!value || !(std::abs(*value) <= kMostPixels))
      table_.fail(row, fmt::format("{}: '{}': a number is accepted", trim(table_.header()[column]), text));
    return value;
  }
  [[noreturn]] void fail(const CsvTable::Row& row, const std::string& why) const { table_.fail(row, why); }

 private:
  CsvTable table_;
  std::map<std::string, std::size_t> columns_;
};

std::optional<Box> box_of(const std::array<double, 4>& sides) {
  if (sides[2] <= 0 || sides[3] <= 0) return std::nullopt;
  return Box{static_cast<float>(sides[0]), static_cast<float>(sides[1]), static_cast<float>(sides[2]),
             static_cast<float>(sides[3]), false};
}

/// Seconds of a row: `time`, or a frame counted from `first` at the video's rate.
std::function<double(const CsvTable::Row&)> clock_of(const Table& table, const char* time, double first, double fps) {
  if (table.has(time)) {
    return [&table, column = table.require(time)](const CsvTable::Row& row) {
      const auto seconds = table.number(row, column);
      if (!seconds) table.fail(row, "no time");
      return *seconds;
    };
  }
  return [&table, column = table.require("frame"), first, fps](const CsvTable::Row& row) {
    const auto frame = table.number(row, column);
    if (!frame) table.fail(row, "no frame");
    return (*frame - first) / fps;
  };
}

std::vector<Record> read_boxes(const Table& table, double fps) {
  const std::array columns = {table.require("x"), table.require("y"), table.require("width"), table.require("height")};
  const auto seconds_of = clock_of(table, "time", 0, fps);
  std::vector<Record> records;
  for (const CsvTable::Row& row : table.rows()) {
    std::array<double, 4> sides{};
    std::size_t given = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (const auto value = table.number(row, columns[i])) sides[i] = *value, ++given;
    }
    if (given != 0 && given != columns.size()) table.fail(row, "x, y, width and height: all or none are accepted");
    records.push_back({seconds_of(row), given == 0 ? std::nullopt : box_of(sides)});
  }
  return records;
}

// The standard head is .88 box units broad (video/head_proxy.h); over the jaw, where the outermost landmarks lie, a
// head is a tenth narrower (bizygomatic and head breadth, ISO/TR 7250-2). From brow to chin it is three quarters of the
// box.
constexpr double kBoxPerJaw = 1.25, kBoxPerBrowToChin = 1.3;
constexpr std::size_t kLandmarks = 68;

std::optional<Box> box_around(const std::vector<double>& x, const std::vector<double>& y) {
  const auto [left, right] = std::minmax_element(x.begin(), x.end());
  const auto [top, bottom] = std::minmax_element(y.begin(), y.end());
  const double side = std::max(kBoxPerJaw * (*right - *left), kBoxPerBrowToChin * (*bottom - *top));
  // The chin stands on the lower edge.
  return box_of({(*left + *right - side) / 2, *bottom - side, side, side});
}

std::vector<Record> read_open_face(const Table& table, double fps) {
  std::vector<std::size_t> x, y;
  for (std::size_t i = 0; i < kLandmarks; ++i) {
    x.push_back(table.require(fmt::format("x_{}", i)));
    y.push_back(table.require(fmt::format("y_{}", i)));
  }
  const std::size_t success = table.require("success");
  const auto seconds_of = clock_of(table, "timestamp", 1, fps);
  std::map<double, std::vector<Record>> faces;  // by face_id; one where there is no such column
  for (const CsvTable::Row& row : table.rows()) {
    const double face = table.has("face_id") ? table.number(row, table.require("face_id")).value_or(0) : 0;
    Record record{seconds_of(row), std::nullopt};
    if (table.number(row, success).value_or(0) != 0) {
      std::vector<double> across, down;
      for (std::size_t i = 0; i < kLandmarks; ++i) {
        const auto px = table.number(row, x[i]), py = table.number(row, y[i]);
        if (!px || !py) table.fail(row, fmt::format("landmark {} is missing", i));
        across.push_back(*px);
        down.push_back(*py);
      }
      record.box = box_around(across, down);
    }
    faces[face].push_back(record);
  }
  const auto area = [](const std::vector<Record>& records) {
    double sum = 0;
    for (const Record& record : records)
      if (record.box) sum += double{record.box->width} * record.box->height;
    return sum;
  };
  const auto largest = std::max_element(faces.begin(), faces.end(),
                                        [&](const auto& a, const auto& b) { return area(a.second) < area(b.second); });
  return largest == faces.end() ? std::vector<Record>{} : std::move(largest->second);
}

std::vector<Record> read_json(const std::filesystem::path& file, double fps) {
  const Yaml list = Yaml::load(file);  // JSON is YAML
  if (list.kind() != Yaml::Kind::kList) list.fail("a list of [x, y, width, height] or null is accepted");
  std::vector<Record> records;
  for (const Yaml& entry : list.items()) {
    Record record{static_cast<double>(records.size()) / fps, std::nullopt};
    if (entry) {
      std::array<double, 4> sides{};
      if (entry.kind() != Yaml::Kind::kList || entry.size() != sides.size())
        entry.fail("[x, y, width, height] or null is accepted");
      for (std::size_t i = 0; i < sides.size(); ++i) {
        sides[i] = entry.at(i).number();
        if (!(std::abs(sides[i]) <= kMostPixels)) entry.fail("pixels are accepted");
      }
      record.box = box_of(sides);
    }
    records.push_back(record);
  }
  return records;
}

/// How far in seconds a record holds: half of the spacing of the records (of the video's frames where there is one
/// alone), and a little, since time stamps are rounded.
double reach_of(const std::vector<Record>& records, double period) {
  std::vector<double> spacings;
  for (std::size_t i = 1; i < records.size(); ++i) spacings.push_back(records[i].seconds - records[i - 1].seconds);
  if (spacings.empty()) return 0.6 * period;
  const auto middle = spacings.begin() + static_cast<std::ptrdiff_t>(spacings.size() / 2);
  std::nth_element(spacings.begin(), middle, spacings.end());
  return 0.6 * std::max(period, *middle);
}

}  // namespace

Shared<FaceTrack> read_face_track(const std::filesystem::path& file, const Clip& clip,
                                  const media::VideoProperties& stored) {
  std::vector<Record> records;
  if (file.extension() == ".json") {
    records = read_json(file, stored.fps);
  } else {
    const Table table(file);
    records = table.has("x_0") ? read_open_face(table, stored.fps) : read_boxes(table, stored.fps);
  }
  std::stable_sort(records.begin(), records.end(),
                   [](const Record& a, const Record& b) { return a.seconds < b.seconds; });
  auto track = std::make_shared<FaceTrack>();
  const double reach = reach_of(records, 1 / stored.fps);
  for (std::size_t frame = 0; frame < clip.frames.size(); ++frame) {
    const double time = static_cast<double>(frame) / clip.fps;
    const auto after = std::lower_bound(records.begin(), records.end(), time,
                                        [](const Record& record, double t) { return record.seconds < t; });
    auto nearest = after;
    if (after != records.begin() &&
        (after == records.end() || time - std::prev(after)->seconds <= after->seconds - time))
      nearest = std::prev(after);
    track->boxes.emplace_back();
    if (nearest == records.end() || std::abs(nearest->seconds - time) > reach || !nearest->box) continue;
    Box box = *nearest->box;
    const Image& picture = *clip.frames[frame];
    const auto across = static_cast<float>(picture.width) / static_cast<float>(stored.width);
    const auto down = static_cast<float>(picture.height) / static_cast<float>(stored.height);
    track->boxes.back() = Box{box.x * across, box.y * down, box.width * across, box.height * down, false};
  }
  return track;
}

}  // namespace shakedown::datasets
