#include "reports/synthetic.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "shakedown/core/text.h"

namespace shakedown::reports::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Score make_score(double value, double floor, std::size_t n = 658) {
  Score score;
  score.value = value;
  score.low = value - 0.04;
  score.high = value + 0.045;
  score.floor = floor;
  score.skill = floor > 0 ? 1 - value / floor : value;  // a correlation's floor is 0
  score.n = n;
  return score;
}

Score undefined(const std::string& why) {
  Score score;
  score.why = why;
  return score;
}

struct Family {
  std::string id, perturbation, axis, dose, unit;
  Modality modality = Modality::kAudio;
  LabelEffect effect = LabelEffect::kInvariant;
  bool fraction = false;
  std::vector<double> levels;
  double damage = 0.1;  ///< of the primary metric at the last level
  double identity = 0;  ///< of the axis
  bool ladder = false;  ///< levels are severities
};

CellResult make_cell(const Family& family, std::size_t i, int replicate) {
  CellResult cell;
  const double level = family.levels[i];
  const double share = static_cast<double>(i + 1) / static_cast<double>(family.levels.size());
  cell.cell.family = family.id;
  cell.cell.id = family.id + "@" + family.axis + "=" + format_number(level) + "#" + std::to_string(replicate);
  cell.cell.definition = std::string(32, 'a');
  cell.cell.parts = {
      {family.perturbation, 1, family.modality, {{"seed_offset", "0"}, {family.dose, format_number(level)}}}};
  cell.cell.axis = family.axis;
  cell.cell.level = level;
  cell.cell.severity = static_cast<double>(i + 1);
  cell.cell.replicate = replicate;
  cell.cell.modality = family.modality;
  cell.cell.label_effect = family.effect;
  cell.cell.reference = "clean#0";
  cell.cell.dose = {family.dose, family.unit, family.fraction, level};
  cell.n = 658;
  cell.applied = 650;
  cell.unchanged = 3;
  cell.ineligible = 2;
  cell.skipped = 3;
  cell.reasons = {{"silence has no SNR", 3}};
  cell.dose.mean = level * 0.998;
  cell.dose.min = level * 0.97;
  cell.dose.max = level * 1.02;
  cell.dose.effective = level * 0.99;
  if (family.fraction) cell.dose.of_all = level * 0.8;
  const double wobble = 0.004 * replicate;
  cell.metrics["mae"] = make_score(0.6231 + family.damage * share * share + wobble, 0.81);
  cell.metrics["acc2_non0"] = make_score(0.842 - 0.3 * family.damage * share, 0.55);
  cell.metrics["corr"] = make_score(0.71 - family.damage * share, 0);
  cell.metrics_applied = cell.metrics;
  cell.flips["all"] = make_score(0.04 * share, 1);
  cell.flips["harmful"] = make_score(0.03 * share, 1);
  cell.flips["beneficial"] = make_score(0.01 * share, 1);
  cell.flips["mean_shift"] = make_score(0.2 * share, 1);
  cell.measures = {{"clipped_share", 0.01}};
  return cell;
}

CellResult make_clean() {
  CellResult cell;
  cell.cell.id = "clean#0";
  cell.cell.family = "clean";
  cell.cell.definition = std::string(32, '0');
  cell.cell.reference = "clean#0";
  cell.n = cell.unchanged = 658;
  cell.metrics["mae"] = make_score(0.6231, 0.81);
  cell.metrics["acc2_non0"] = make_score(0.842, 0.55);
  cell.metrics["corr"] = make_score(0.71, 0);
  cell.metrics_applied = cell.metrics;
  return cell;
}

Curve make_curve(const Results& results, const Family& family, const std::string& metric) {
  Curve curve;
  curve.id = family.id;
  curve.perturbation = family.perturbation;
  curve.metric = metric;
  curve.axis = family.axis;
  curve.label_effect = family.effect;
  curve.points.push_back({family.ladder ? 0 : family.identity, "clean#0", results.cells.front().metrics.at(metric)});
  for (std::size_t i = 0; i < family.levels.size(); ++i) {
    const std::string id = family.id + "@" + family.axis + "=" + format_number(family.levels[i]) + "#0";
    curve.points.push_back({family.levels[i], id, results.find(id)->metrics.at(metric)});
  }
  std::sort(curve.points.begin(), curve.points.end(), [](const auto& a, const auto& b) { return a.x < b.x; });
  for (const CurvePoint& point : curve.points) {
    if (std::isfinite(point.x)) curve.grid.push_back(point.x);
  }
  curve.auc = make_score(0.68, 0.81);
  curve.auc_normalised = 0.68;
  curve.worst = 0.79;
  curve.retention = 0.31;
  return curve;
}

void add_family(Results& results, const Family& family, int replicates = 1) {
  for (int r = 0; r < replicates; ++r) {
    for (std::size_t i = 0; i < family.levels.size(); ++i) results.cells.push_back(make_cell(family, i, r));
  }
  for (const char* metric : {"mae", "acc2_non0", "corr"}) {
    results.curves.push_back(make_curve(results, family, metric));
  }
}

CellResult make_single(const std::string& id, std::vector<PartRow> parts, LabelEffect effect, double mae) {
  CellResult cell = make_clean();
  cell.cell.id = id;
  cell.cell.family = id.substr(0, id.find('#'));
  cell.cell.parts = std::move(parts);
  cell.cell.label_effect = effect;
  cell.cell.modality = cell.cell.parts.size() == 1 ? cell.cell.parts.front().modality : Modality::kCross;
  cell.n = cell.applied = 658;
  cell.unchanged = 0;
  cell.metrics["mae"] = make_score(mae, 0.81);
  cell.flips["all"] = make_score(0.12, 1);
  return cell;
}

void add_special_cells(Results& results) {
  for (const char* keep_text : {"none", "text", "audio", "video", "text+audio", "text+video", "audio+video"}) {
    const std::string kept = keep_text;
    const double mae = kept == "none" ? 0.83 : kept.find("text") != std::string::npos ? 0.64 : 0.81;
    results.cells.push_back(make_single("missing.modality[keep=" + kept + "]#0",
                                        {{"missing.modality", 1, Modality::kCross, {{"keep", kept}}}},
                                        LabelEffect::kDiagnostic, mae));
  }
  results.cells.push_back(make_single("cross.shuffle[modality=audio]#0",
                                      {{"cross.shuffle", 1, Modality::kAudio, {{"modality", "audio"}}}},
                                      LabelEffect::kDiagnostic, 0.66));
  results.cells.push_back(make_single("audio.reverb[rt60=0.7]+video.low_light#0",
                                      {{"audio.reverb", 1, Modality::kAudio, {{"rt60", "0.7"}}},
                                       {"video.low_light", 2, Modality::kVideo, {{"stops", "-3"}}}},
                                      LabelEffect::kInvariant, 0.69));
  CellResult negation = make_single("text.negation@severity=3#0", {{"text.negation", 1, Modality::kText, {}}},
                                    LabelEffect::kDirectional, 0.9);
  negation.direction["moved_right"] = make_score(0.61, 1);
  negation.direction["unmoved"] = make_score(0.22, 1);
  negation.direction["moved_wrong"] = make_score(0.17, 1);
  results.cells.push_back(negation);
  CellResult silent =
      make_single("text.typo@severity=5#0", {{"text.typo", 1, Modality::kText, {}}}, LabelEffect::kInvariant, 0.7);
  silent.metrics["mae"] = undefined("all 658 samples failed");
  silent.n = silent.applied = 0;
  silent.failed = 658;
  results.cells.push_back(silent);
}

/// Replaces `text` by hostile text that keeps it apart from others.
void poison(std::string& text) {
  text += hostile_text();
}

}  // namespace

RunHeader make_header() {
  RunHeader header;
  header.model_name = "emt";
  header.data_name = "MOSI";
  header.suite_name = "smoke";
  header.suite_version = "1";
  header.seed = 1111;
  header.task.convention = "mosi";
  header.inputs = {{"model", "models/emt.pt", std::string(64, '1')},
                   {"manifest", "models/emt.yaml", std::string(64, '2')},
                   {"data", "MOSI/unaligned_50.pkl", std::string(64, '3')},
                   {"suite", "smoke", std::string(64, '4')}};
  header.settings = {{"batch_size", "32"}, {"jobs", "2"}, {"device", "cpu"}, {"split", "test"}};
  header.environment = {
      {"shakedown", "0.1.0"}, {"cpu", "x86-64, AVX2"}, {"blas", "OpenBLAS 0.3.21 Haswell"}, {"libtorch", "1.13.1"}};
  header.timing = {{"wall_s", 212.4}, {"decode_s", 1.25}, {"store_s", 0.31}};
  header.probes = {{"batch_size_difference", 3.1e-07}, {"padding_difference", 0.0021}};
  header.data_notes = {"12 frames of -inf in audio were set to 0.", "3 samples have no vision rows."};
  header.warnings = {{"padding_sensitive", "Changing only the padding moves the output by 0.0021.", {}}};
  header.not_tested = {{"audio.reverb", "the data has no waveforms", "a media data set with sound files"},
                       {"video.head_pose", "the data has no frames", "a media data set with video files"}};
  header.trained_with = {"audio.background_noise*"};
  return header;
}

Results regression_results() {
  Results results;
  results.header = make_header();
  results.primary = "mae";
  results.samples = 658;
  results.groups = 31;
  results.metrics_info = {{"mae", "mean absolute error", false},
                          {"acc2_non0", "sign agreement over samples whose label is not 0", true},
                          {"corr", "Pearson correlation", true}};
  results.cells.push_back(make_clean());
  add_family(results, {"audio.background_noise[noise=babble]",
                       "audio.background_noise",
                       "snr_db",
                       "snr_db",
                       "dB",
                       Modality::kAudio,
                       LabelEffect::kInvariant,
                       false,
                       {20, 15, 10, 5, 0},
                       0.17,
                       kInfinity,
                       false});
  add_family(results, {"audio.background_noise[noise=white]",
                       "audio.background_noise",
                       "snr_db",
                       "snr_db",
                       "dB",
                       Modality::kAudio,
                       LabelEffect::kInvariant,
                       false,
                       {20, 10, 0},
                       0.08,
                       kInfinity,
                       false});
  add_family(results, {"video.motion_blur",
                       "video.motion_blur",
                       "severity",
                       "length",
                       "face widths",
                       Modality::kVideo,
                       LabelEffect::kInvariant,
                       false,
                       {1, 2, 3, 4, 5},
                       0.05,
                       0,
                       true});
  add_family(results, {"video.low_light",
                       "video.low_light",
                       "severity",
                       "stops",
                       "stops",
                       Modality::kVideo,
                       LabelEffect::kInvariant,
                       false,
                       {1, 2, 3, 4, 5},
                       -0.02,
                       0,
                       true});
  add_family(results, {"feature.noise[form=audio]",
                       "feature.noise",
                       "severity",
                       "noise_std",
                       "std",
                       Modality::kAudio,
                       LabelEffect::kInvariant,
                       false,
                       {1, 2, 3, 4, 5},
                       0.22,
                       0,
                       true});
  add_family(results,
             {"missing.random[modality=text]",
              "missing.random",
              "rate",
              "rate",
              "",
              Modality::kText,
              LabelEffect::kUnknowable,
              true,
              {0.1, 0.3, 0.5, 0.7, 0.9},
              0.2,
              0,
              false},
             3);
  add_special_cells(results);
  for (CellResult& cell : results.cells) {
    const CellRow& row = cell.cell;
    if (row.family == "video.motion_blur" && row.level > 3.0) cell.cell.valid = false;
    if (row.family == "video.low_light") cell.vacuous = true;
    if (row.family == "feature.noise[form=audio]" && row.level == 5.0) {
      cell.weak = true;
      cell.skipped = 120;
      cell.applied = 530;
    }
  }
  results.summary["stress_mean"] = make_score(0.6744, 0.81);
  results.summary["stress_mean[audio]"] = make_score(0.6911, 0.81);
  results.summary["stress_mean[video]"] = make_score(0.6302, 0.81);
  results.summary["stress_mean[text]"] = undefined("no text cell could be scored");
  results.summary["information_loss"] = make_score(0.7102, 0.81);
  results.summary["worst"] = make_score(0.7931, 0.81);
  results.summary_notes["stress_mean"] = "18 cells of 4 perturbations, equal weight to each modality";
  results.model_use = make_model_use();
  results.warnings = {
      {"vacuous_modality",
       "Removing video changes no prediction: cells that write only video are no evidence of robustness.",
       {"video.low_light@severity=1#0", "video.low_light@severity=2#0"}}};
  results.interval = "group bootstrap-t, 2000 draws";
  results.slices.searched = 12;
  results.slices.slices = {{"Speaker",
                            "Ross",
                            120,
                            30,
                            {{"clean", make_score(0.7, 0.81, 120)}, {"stress_mean", make_score(0.9, 0.81, 120)}}},
                           {"group", "video3", 14, 1, {{"clean", undefined("too few groups")}}}};
  results.slices.worst = {{"Speaker", "Ross", "stress_mean", 0.9, 0.69, -0.21, -0.31, -0.11, 0.0002, 0.003}};
  results.slices.notes = {"not sliced by id: 658 names, at most 20"};
  return results;
}

Results classification_results() {
  Results results = regression_results();
  results.model_use = {};
  results.primary = "f1_weighted";
  results.header.data_name = "MELD";
  results.header.task.kind = Task::Kind::kClassification;
  results.header.task.convention = "plain";
  results.header.task.label = "emotion";
  results.header.task.labels = {"neutral", "joy", "anger"};
  results.header.task.polarity = {{"neutral", 0}, {"joy", 1}, {"anger", -1}};
  results.header.task.primary = "f1_weighted";
  results.metrics_info = {{"f1_weighted", "F1 averaged over classes by their share of the labels", true},
                          {"accuracy", "share of right answers", true}};
  const auto convert = [](Scores& scores) {
    if (scores.count("mae") == 0) return;
    Score score = scores.at("mae");
    if (score.value) {
      const double value = 1.25 - *score.value;
      score = make_score(value, 0.31);
      score.skill = (value - 0.31) / 0.69;
    }
    scores = {{"f1_weighted", score}, {"accuracy", score}};
  };
  for (CellResult& cell : results.cells) {
    convert(cell.metrics);
    convert(cell.metrics_applied);
  }
  std::vector<Curve> curves;
  for (Curve& curve : results.curves) {
    if (curve.metric != "mae") continue;
    curve.metric = "f1_weighted";
    for (CurvePoint& point : curve.points) point.score = results.find(point.cell)->metrics.at("f1_weighted");
    curves.push_back(curve);
  }
  results.curves = curves;
  for (auto& [name, score] : results.summary) {
    if (score.value) score = make_score(1.25 - *score.value, 0.31);
  }
  results.cells.front().confusion = {{30, 5, 2}, {4, 15, 1}, {6, 2, 10}};
  return results;
}

std::string hostile_text() {
  return "</script><script>alert(1)</script>\"&<>'{{x}}|`*\x01\xff\xfe\xE2\x80\xAE" + std::string("rtl ") +
         "\xF0\x9F\x98\x80 " + std::string(10000, 'x');
}

Results hostile_results() {
  Results results = regression_results();
  RunHeader& header = results.header;
  for (std::string* text : {&header.model_name, &header.data_name, &header.suite_name, &header.suite_version,
                            &header.split, &header.task.label}) {
    poison(*text);
  }
  for (InputFile& file : header.inputs) poison(file.name);
  for (std::string& note : header.data_notes) poison(note);
  for (NotTested& entry : header.not_tested) {
    poison(entry.what);
    poison(entry.reason);
    poison(entry.enable);
  }
  header.settings["note " + hostile_text()] = hostile_text();
  header.environment["note"] = hostile_text();
  for (Warning& warning : results.warnings) poison(warning.message);
  for (Slice& slice : results.slices.slices) poison(slice.value);
  for (SliceFinding& finding : results.slices.worst) poison(finding.by);
  for (std::string& note : results.model_use.notes) poison(note);
  for (Attribution& one : results.model_use.attributions) poison(one.condition);
  for (CellResult& cell : results.cells) {
    if (cell.cell.family != "video.motion_blur") continue;
    poison(cell.cell.id);
    poison(cell.cell.family);
    cell.reasons[hostile_text()] = 1;
  }
  for (Curve& curve : results.curves) {
    if (curve.id == "video.motion_blur") poison(curve.id);
  }
  return results;
}

}  // namespace shakedown::reports::test
