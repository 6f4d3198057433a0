#include "csd.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <hdf5.h>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "pickle_writer.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"

namespace shakedown::datasets {
namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorKind::kData, message);
}

/// An identifier of the library and how to give it back.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what) : id_(id), close_(close) {
    if (id_ < 0) fail(what);
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  Handle& operator=(Handle&&) = delete;
  operator hid_t() const { return id_; }  // NOLINT(google-explicit-constructor): the C interface takes it

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

std::vector<std::string> members(hid_t group) {
  std::vector<std::string> names;
  const auto add = [](hid_t, const char* name, const auto*, void* list) -> herr_t {
    static_cast<std::vector<std::string>*>(list)->emplace_back(name);
    return 0;
  };
  if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add, &names) < 0) fail("a group cannot be listed");
  std::ranges::sort(names);
  return names;
}

using Extent = std::pair<std::size_t, std::size_t>;

/// One computational sequence, read a video at a time.
class Sequence {
 public:
  explicit Sequence(const std::filesystem::path& path)
      : path_(path),
        file_(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "is no HDF5 file, or cannot be read"),
        data_(open_data()) {}

  [[nodiscard]] std::vector<std::string> videos() const { return members(data_); }
  [[nodiscard]] bool has(const std::string& video) const { return H5Lexists(data_, video.c_str(), H5P_DEFAULT) > 0; }

  struct Video {
    std::size_t rows = 0, columns = 0;
    std::vector<float> features;     ///< rows x columns; empty where words are
    std::vector<std::string> words;  ///< of a sequence of strings, one a row
    std::vector<double> intervals;   ///< rows x 2, s
  };
  [[nodiscard]] Video read(const std::string& video) const {
    return in_context(fmt::format("{}: {}", path_.filename().string(), video), [&] { return read_video(video); });
  }

 private:
  [[nodiscard]] Handle open_data() const {
    const std::vector<std::string> roots = members(file_);
    if (roots.size() != 1) fail(fmt::format("{} root groups; a computational sequence has one", roots.size()));
    const std::string name = roots.front() + "/data";
    return {H5Gopen2(file_, name.c_str(), H5P_DEFAULT), H5Gclose, "has no group '" + name + "'"};
  }

  [[nodiscard]] static Extent extent_of(hid_t dataset) {
    const Handle space(H5Dget_space(dataset), H5Sclose, "a data set has no extent");
    hsize_t axes[2] = {0, 1};
    const int count = H5Sget_simple_extent_ndims(space);
    if (count < 1 || count > 2) fail(fmt::format("an array of {} axes where [rows, columns] is expected", count));
    H5Sget_simple_extent_dims(space, axes, nullptr);
    // What the file claims; what it holds is checked by reading. The bound keeps products within 64 bits.
    constexpr hsize_t kMost = hsize_t{1} << 31U;
    if (axes[0] > kMost || axes[1] > kMost) fail("an array of impossible size");
    return {static_cast<std::size_t>(axes[0]), static_cast<std::size_t>(axes[1])};
  }

  [[nodiscard]] Video read_video(const std::string& name) const {
    const Handle group(H5Gopen2(data_, name.c_str(), H5P_DEFAULT), H5Gclose, "is no group");
    const Handle features(H5Dopen2(group, "features", H5P_DEFAULT), H5Dclose, "has no features");
    const Handle intervals(H5Dopen2(group, "intervals", H5P_DEFAULT), H5Dclose, "has no intervals");
    Video video;
    std::tie(video.rows, video.columns) = extent_of(features);
    const Extent times = extent_of(intervals);
    if (times != Extent{video.rows, 2}) {
      fail(fmt::format("intervals [{}, {}] for {} rows of features", times.first, times.second, video.rows));
    }
    video.intervals.resize(video.rows * 2);
    if (H5Dread(intervals, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, video.intervals.data()) < 0) {
      fail("its intervals cannot be read");
    }
    const Handle type(H5Dget_type(features), H5Tclose, "its features have no type");
    const H5T_class_t kind = H5Tget_class(type);
    if (kind == H5T_STRING) {
      read_words(features, type, video);
    } else if (kind == H5T_FLOAT || kind == H5T_INTEGER) {
      video.features.resize(video.rows * video.columns);
      if (H5Dread(features, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, video.features.data()) < 0) {
        fail("its features cannot be read");
      }
    } else {
      fail("its features are neither numbers nor strings");
    }
    return video;
  }

  static void read_words(hid_t features, hid_t type, Video& video) {
    if (video.columns != 1) fail(fmt::format("{} strings a row where one is expected", video.columns));
    if (H5Tis_variable_str(type) > 0) {
      std::vector<char*> pointers(video.rows, nullptr);
      const Handle memory(H5Tcopy(H5T_C_S1), H5Tclose, "no string type");
      H5Tset_size(memory, H5T_VARIABLE);
      H5Tset_cset(memory, H5Tget_cset(type));
      if (H5Dread(features, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()) < 0) fail("no words");
      for (const char* const word : pointers) video.words.emplace_back(word == nullptr ? "" : word);
      return;  // the process ends soon: the library's strings go with it
    }
    const std::size_t size = H5Tget_size(type);
    if (size > 65'536) fail(fmt::format("words of {} bytes", size));
    std::string all(video.rows * size, '\0');
    if (H5Dread(features, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, all.data()) < 0) fail("its words cannot be read");
    for (std::size_t row = 0; row < video.rows; ++row) {
      video.words.emplace_back(all.substr(row * size, size).c_str());  // up to the first NUL
    }
  }

  std::filesystem::path path_;
  Handle file_, data_;
};

/// A sample: the interval of one label.
struct Segment {
  std::string video;
  std::size_t index = 0;
  double begin = 0, end = 0;
};

struct Labels {
  std::vector<Segment> segments;
  std::vector<float> values;  ///< segments x columns
  std::size_t columns = 0;
};

Labels read_labels(const Sequence& sequence, const CsdSources& sources) {
  Labels labels;
  for (const std::string& name : sources.videos.empty() ? sequence.videos() : sources.videos) {
    if (!sequence.has(name)) fail("labels: no video '" + name + "', which the split names");
    const Sequence::Video video = sequence.read(name);
    if (labels.segments.empty()) labels.columns = video.columns;
    if (video.features.empty() || video.columns != labels.columns) {
      fail(fmt::format("labels: video '{}' has {} numbers a segment, others {}", name, video.columns, labels.columns));
    }
    for (std::size_t i = 0; i < video.rows; ++i) {
      labels.segments.push_back({name, i, video.intervals[2 * i], video.intervals[2 * i + 1]});
    }
    labels.values.insert(labels.values.end(), video.features.begin(), video.features.end());
  }
  if (labels.segments.empty()) fail("labels: no segment");
  return labels;
}

/// Calls `write` for each segment with the rows of `sequence` that overlap it.
void cut(const Sequence& sequence, const std::vector<Segment>& segments,
         const std::function<void(const Sequence::Video&, const std::vector<std::size_t>&)>& write) {
  constexpr double kEpsilon = 1e-6;  // s; rows that only touch a segment are not in it
  std::string current;
  Sequence::Video video;
  const std::vector<std::string> videos = sequence.videos();
  if (videos.empty()) fail("holds no video");
  const std::size_t columns = sequence.read(videos.front()).columns;
  for (const Segment& segment : segments) {
    if (segment.video != current) {
      current = segment.video;
      video = sequence.has(current) ? sequence.read(current) : Sequence::Video{};
      if (video.rows > 0 && video.columns != columns) fail("video '" + current + "' has another number of columns");
      video.columns = columns;
    }
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < video.rows; ++i) {
      const double begin = video.intervals[2 * i], end = video.intervals[2 * i + 1];
      if (begin < segment.end - kEpsilon && end > segment.begin + kEpsilon) rows.push_back(i);
    }
    write(video, rows);
  }
}

void write_features(PickleWriter& out, const Sequence& sequence, const std::vector<Segment>& segments) {
  out.op("](");
  cut(sequence, segments, [&](const Sequence::Video& video, const std::vector<std::size_t>& rows) {
    if (!rows.empty() && video.features.empty()) fail("holds words, or rows of no columns, where numbers are expected");
    const std::vector<float> zeros(rows.empty() ? video.columns : 0, 0.0F);
    const std::vector<std::size_t> shape{std::max<std::size_t>(1, rows.size()), video.columns};
    out.array("f4", shape, sizeof(float), [&](std::size_t i) {
      const float* const row = rows.empty() ? zeros.data() : video.features.data() + rows[i] * video.columns;
      out.raw(row, video.columns * sizeof(float));
    });
  });
  out.op("e");
}

void write_words(PickleWriter& out, const Sequence& sequence, const std::vector<Segment>& segments) {
  out.op("](");
  cut(sequence, segments, [&](const Sequence::Video& video, const std::vector<std::size_t>& rows) {
    if (!rows.empty() && video.words.empty()) fail("holds numbers where words are expected");
    std::vector<std::string> words;
    for (const std::size_t row : rows) {
      if (!is_utf8(video.words[row])) fail("holds words that are not UTF-8");
      if (video.words[row] != "sp" && !video.words[row].empty()) words.push_back(video.words[row]);
    }
    out.text(join(words, " "));
  });
  out.op("e");
}

void write_split(PickleWriter& out, const CsdSources& sources, const Labels& labels) {
  const std::vector<Segment>& segments = labels.segments;
  out.text("id");
  out.list(segments.size(),
           [&](std::size_t i) { out.text(fmt::format("{}[{}]", segments[i].video, segments[i].index)); });
  out.text("group");
  out.list(segments.size(), [&](std::size_t i) { out.text(segments[i].video); });
  out.text("labels");
  out.array("f4", {segments.size(), labels.columns}, sizeof(float),
            [&](std::size_t i) { out.raw(labels.values.data() + i * labels.columns, labels.columns * sizeof(float)); });
  for (const auto& [role, path] : sources.sequences) {
    if (role == "labels") continue;
    in_context(path.string(), [&, &role = role, &path = path] {
      const Sequence sequence(path);
      out.text(role == "words" ? "raw_text" : role);
      role == "words" ? write_words(out, sequence, segments) : write_features(out, sequence, segments);
    });
  }
}

}  // namespace

void write_csd_pickle(const CsdSources& sources, const std::string& out) {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // its stack of messages would go to stderr
  const std::filesystem::path& path = sources.sequences.at("labels");
  const Labels labels = in_context(path.string(), [&] { return read_labels(Sequence(path), sources); });
  std::ofstream stream(out, std::ios::binary);
  PickleWriter writer(stream);
  writer.dict([&] {
    writer.text(sources.split);
    writer.dict([&] { write_split(writer, sources, labels); });
  });
  writer.finish();
  stream.close();
  if (!stream) fail("holds more data than --memory allows");
}

}  // namespace shakedown::datasets
