// One contact sheet of all video perturbations: video_catalogue OUT.jpg [--only NAME] [--width PIXELS] [--donor FILE]
// FILE... A row for each perturbation, choice and file: the frame as it is, then severities 1 to 5, each with the share
// of frames in which the face cascade still finds the face. FILE is a clip or a picture; a picture stands for 12 frames
// that are moved by a pixel or two, so that one chance miss of the cascade does not decide. A donor has no row.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "perturb/media_support.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/decode.h"
#include "shakedown/media/encode.h"
#include "shakedown/media/faces.h"

namespace shakedown::perturb::testing {
namespace {

constexpr int kFrames = 12, kSide = 200, kLabel = 14;

// The face with as much around it as its width, kSide pixels high.
Image portrait(const Image& image, const FaceTrack::Box& box) {
  const cv::Mat whole(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
  const float reach = 1.05F * box.width, x = box.x + 0.5F * box.width, y = box.y + 0.5F * box.height;
  const cv::Rect wanted(cv::Point(static_cast<int>(x - reach), static_cast<int>(y - reach)),
                        cv::Point(static_cast<int>(x + reach), static_cast<int>(y + reach)));
  cv::Mat cut;
  cv::resize(whole(wanted & cv::Rect(0, 0, image.width, image.height)), cut, cv::Size(kSide, kSide), 0, 0,
             cv::INTER_AREA);
  return {kSide, kSide, {cut.data, cut.data + cut.total() * 3}};
}

Clip clip_of(const std::filesystem::path& file) {
  const std::string extension = file.extension().string();
  if (extension != ".jpg" && extension != ".png") {
    Clip clip = media::decode_video(file, {.max_side = 480});
    if (clip.frames.size() > 2 * kFrames) clip.frames.resize(2 * kFrames);
    return clip;
  }
  const Image image = media::decode_image(file);
  const double scale = std::min(1.0, 480.0 / std::max(image.width, image.height));
  const Image small =
      media::resize(image, static_cast<int>(image.width * scale), static_cast<int>(image.height * scale));
  const cv::Mat whole(small.height, small.width, CV_8UC3, const_cast<std::uint8_t*>(small.pixels.data()));
  Clip clip;
  for (int i = 0; i < kFrames; ++i) {
    const cv::Matx23d shift(1, 0, 0.7 * (i % 4), 0, 1, 0.9 * (i % 3));
    cv::Mat moved;
    cv::warpAffine(whole, moved, shift, whole.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    clip.frames.push_back(
        std::make_shared<const Image>(Image{moved.cols, moved.rows, {moved.data, moved.data + moved.total() * 3}}));
  }
  return clip;
}

double detection_rate(const Clip& clip) {
  if (clip.frames.empty()) return 0;
  const auto track = media::face_track(clip);
  const auto seen = std::count_if(track->boxes.begin(), track->boxes.end(),
                                  [](const auto& box) { return box && !box->interpolated; });
  return static_cast<double>(seen) / static_cast<double>(clip.frames.size());
}

Sample sample_of(const std::filesystem::path& file) {
  Sample sample;
  sample.id = sample.speaker = file.string();
  sample.clip = std::make_shared<const Clip>(clip_of(file));
  sample.faces = media::face_track(*sample.clip);
  if (sample.faces->found() == 0) throw Error(ErrorKind::kData, file.string() + ": no face found");
  return sample;
}

struct Row {
  std::string name;
  std::vector<cv::Mat> tiles;
  std::vector<std::string> captions;
};

Row row_of(const Sample& sample, const PerturbationSpec& spec, const ParamMap& variant, const Corpus& corpus) {
  Row row;
  row.name = spec.name;
  for (const auto& [name, value] : variant) row.name += " " + name + "=" + value;
  const std::size_t middle = sample.clip->frames.size() / 2;
  std::optional<FaceTrack::Box> box;
  for (std::size_t i = 0; i < sample.faces->boxes.size() && (i < middle || !box); ++i)
    if (sample.faces->boxes[i]) box = sample.faces->boxes[i];
  const auto add = [&](const Sample& shown, const std::string& caption) {
    const Image face = portrait(*shown.clip->frames[std::min(middle, shown.clip->frames.size() - 1)], *box);
    row.tiles.push_back(cv::Mat(kSide, kSide, CV_8UC3, const_cast<std::uint8_t*>(face.pixels.data())).clone());
    row.captions.push_back(caption + ", " + format_number(std::round(100 * detection_rate(*shown.clip))) + "%");
  };
  add(sample, "input");
  const DoseSpec& dose = spec.dose_at(variant);
  for (int severity = 1; severity <= 5; ++severity) {
    ParamMap params = variant;
    params[dose.parameter] = format_number(dose.at_severity(severity));
    const auto out = apply_to(sample, spec.name, spec.complete(params), corpus);
    if (out.effect.state != State::kApplied) std::cerr << row.name << ": " << out.effect.reason << "\n";
    if (out.after.clip->frames.empty()) break;
    add(out.after, format_number(dose.at_severity(severity)));
  }
  return row;
}

std::vector<Row> rows_of(const std::vector<Sample>& samples, const std::vector<Sample>& donors,
                         const std::string& only) {
  std::vector<Sample> all = samples;
  all.insert(all.end(), donors.begin(), donors.end());
  const MemoryCorpus corpus(all);
  std::vector<Row> rows;
  for (const PerturbationSpec* spec : builtins().all()) {
    const bool wanted = only.empty() ? spec->name.starts_with("video.") : spec->name == only;
    if (!wanted || !spec->writes.has(Form::kFrames) || spec->dose.ladder.empty()) continue;
    std::vector<ParamMap> variants = {{}};
    for (const ParamSpec& param : spec->params) {
      for (const std::string& choice : param.choices) {
        const bool shown = param.name != "direction" && param.name != "motion" && choice != param.default_value;
        if (shown) variants.push_back({{param.name, choice}});
      }
    }
    for (const ParamMap& variant : variants) {
      for (const Sample& sample : samples) {
        try {
          rows.push_back(row_of(sample, *spec, variant, corpus));
        } catch (const Error& error) {
          std::cerr << spec->name << ": " << error.what() << "\n";
        }
      }
    }
  }
  return rows;
}

cv::Mat sheet_of(const std::vector<Row>& rows) {
  const int height = kSide + 2 * kLabel;
  cv::Mat sheet(static_cast<int>(rows.size()) * height, 6 * kSide, CV_8UC3, cv::Scalar(255, 255, 255));
  const auto write = [&](const std::string& text, int x, int y) {
    cv::putText(sheet, text, {x + 2, y}, cv::FONT_HERSHEY_SIMPLEX, 0.38, {0, 0, 0}, 1, cv::LINE_AA);
  };
  int y = 0;
  for (const Row& row : rows) {
    write(row.name, 0, y + kLabel - 3);
    for (std::size_t i = 0; i < row.tiles.size(); ++i) {
      const int x = static_cast<int>(i) * kSide;
      row.tiles[i].copyTo(sheet(cv::Rect(x, y + kLabel, kSide, kSide)));
      write(row.captions[i], x, y + height - 3);
    }
    y += height;
  }
  return sheet;
}

int run(const std::vector<std::string>& arguments) {
  std::string out, only;
  int width = 6 * kSide;
  std::vector<Sample> samples, donors;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--only") {
      only = arguments.at(++i);
    } else if (arguments[i] == "--width") {
      width = std::stoi(arguments.at(++i));
    } else if (arguments[i] == "--donor") {
      donors.push_back(sample_of(arguments.at(++i)));
    } else if (out.empty()) {
      out = arguments[i];
    } else {
      samples.push_back(sample_of(arguments[i]));
    }
  }
  if (samples.empty()) {
    std::cerr << "video_catalogue OUT.jpg [--only NAME] [--width PIXELS] [--donor FILE] FILE...\n";
    return 2;
  }
  cv::Mat sheet = sheet_of(rows_of(samples, donors, only));
  cv::resize(sheet, sheet, {}, width / (6.0 * kSide), width / (6.0 * kSide), cv::INTER_AREA);
  const auto jpeg = media::encode_jpeg({sheet.cols, sheet.rows, {sheet.data, sheet.data + sheet.total() * 3}}, 60);
  std::ofstream(out, std::ios::binary)
      .write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
  return 0;
}

}  // namespace
}  // namespace shakedown::perturb::testing

int main(int argc, char** argv) {
  try {
    return shakedown::perturb::testing::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
}
