#include "shakedown/perturb/examples.h"

#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/perturb/apply.h"
#include "shakedown/perturb/synthetic.h"

namespace shakedown::perturb {
namespace {

constexpr double kSeverities[] = {2, 5};
constexpr std::uint64_t kSeed = 1111;

WorkedExample example_at(const PerturbationSpec& spec, double severity) {
  WorkedExample example{severity, "", ""};
  try {
    Part part;
    part.spec = &spec;
    part.params = spec.complete({{spec.dose.parameter, format_number(spec.dose.at_severity(severity))}});
    part.perturbation = spec.create(part.params);
    Sample sample;
    sample.id = "example";
    sample.transcript = std::make_shared<const Transcript>(Transcript{example_passage(), {}, "en"});
    const Applied applied = apply_parts(sample, {part}, *synthetic_corpus(1), kSeed, 0);
    if (applied.effects.front().state == State::kApplied) {
      example.text = applied.sample.transcript->text;
    } else {
      example.why = std::string(state_name(applied.effects.front().state)) + ": " + applied.effects.front().reason;
    }
  } catch (const Error& error) {
    example.why = error.what();
  }
  return example;
}

}  // namespace

const std::string& example_passage() {
  static const std::string kPassage =
      "I really loved the music in this movie. The story is good, but their ending was not convincing, and I am going "
      "to tell you why.";
  return kPassage;
}

std::vector<WorkedExample> worked_examples(const PerturbationSpec& spec) {
  std::vector<WorkedExample> examples;
  if (spec.modality != Modality::kText || !spec.writes.has(Form::kTranscript) || spec.dose.ladder.empty())
    return examples;
  for (const double severity : kSeverities) examples.push_back(example_at(spec, severity));
  return examples;
}

}  // namespace shakedown::perturb
