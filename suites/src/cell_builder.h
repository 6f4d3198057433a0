#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "shakedown/suites/suite.h"

namespace shakedown::suites {

/// The perturbation whose corruption was made elsewhere: its dose is what the suite declares.
inline constexpr const char* kExternal = "external";

/// One perturbation at one level, as a suite entry asks for it.
struct PartDraft {
  perturb::Part part;                 ///< ready to run; paths resolved
  perturb::ParamMap shown;            ///< the same parameters with paths as written: what identity and ids are made of
  std::string axis;                   ///< "severity", the parameter that carries the level, or ""
  std::optional<double> level;        ///< on that axis
  std::optional<double> severity;     ///< where the dose is a step of the ladder, or given as severity
  DoseInfo dose;                      ///< what was requested
  std::vector<std::string> unlisted;  ///< parameters that stay out of the id
  std::string scope;                  ///< of the cell: "target", "history"; "" for all
};

/// The cell of these parts. Its label effect is that for a model that reads every form; plan() narrows it.
[[nodiscard]] Cell build_cell(const std::vector<PartDraft>& drafts, int replicate, const std::string& where);

/// "clean#0" or "clean[text=retokenised]#0", by the ways in which the model's input is made that are not the usual
/// ones.
[[nodiscard]] Cell clean_cell(const std::map<std::string, std::string>& front_end);
/// The reference of `cell`, in which part `index` stands for a way of making the input (PerturbationSpec::front_end):
/// the clean sample sent through that part alone, "clean[text=asr]#0".
[[nodiscard]] Cell clean_cell(const Cell& cell, std::size_t index);

/// `at` as ids print it: "0.5-1.2s", "0.2-0.4", "words3-5", "random0.3", "random0.3:bus"; "" for the whole clip.
[[nodiscard]] std::string at_label(const perturb::At& at);

}  // namespace shakedown::suites
