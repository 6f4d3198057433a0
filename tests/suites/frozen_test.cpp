// What the suites that ship expand to. A released version never changes: SHAKEDOWN_UPDATE_GOLDEN=1 writes the golden
// files anew, which is right for a version that nobody has yet, and for no other.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fixture.h"
#include "shakedown/core/text.h"

namespace shakedown::suites {
namespace {

/// Registered perturbations that no cell of full@1 has, and why.
const std::map<std::string, std::string>& left_out_of_full() {
  static const std::map<std::string, std::string> kReasons = {
      {"external", "its data is corrupted and extracted elsewhere"},
      {"missing.given", "its masks are a file of the user"},
      {"missing.protocol", "published masks, each in the suite of its paper"},
      {"text.asr_real", "it came after the release, hears English only by itself, and costs more than most models"}};
  return kReasons;
}

perturb::Registry builtins() {
  perturb::Registry registry;
  perturb::register_builtins(registry);
  return registry;
}

/// The parameters of a cell but the one that carries the level.
std::string params_of(const Cell& cell) {
  std::vector<std::string> parts;
  for (const auto& part : cell.row.parts) {
    std::string text = part.perturbation;
    for (const auto& [name, value] : part.params)
      if (name != cell.row.dose.name) text += " " + name + "=" + value;
    parts.push_back(text);
  }
  return join(parts, " + ");
}

/// The seed; each family with its parameters, once; each cell with its dose.
std::vector<std::string> expansion(const Suite& suite) {
  std::vector<std::string> lines = {"seed " + std::to_string(suite.seed)};
  std::set<std::string> families;
  for (const auto& cell : suite.cells) {
    if (families.insert(cell.row.family).second) lines.push_back("family " + params_of(cell));
    const auto& dose = cell.row.dose;
    lines.push_back(cell.row.id + (dose.requested ? " " + dose.name + "=" + format_number(*dose.requested) : ""));
  }
  return lines;
}

/// True when `now` is `then`, or `then` with parameters that did not exist yet.
bool is_unchanged(const std::string& then, const std::string& now) {
  if (then == now) return true;
  if (!then.starts_with("family ")) return false;
  std::istringstream words(now);
  const std::vector<std::string> all{std::istream_iterator<std::string>(words), {}};
  auto at = all.begin();
  std::istringstream wanted(then);
  for (std::string word; wanted >> word; ++at)
    if ((at = std::find(at, all.end(), word)) == all.end()) return false;
  return true;
}

class FrozenTest : public testing::TestWithParam<const char*> {};

TEST_P(FrozenTest, ExpandsToTheSameCellsForEver) {
  const auto now = expansion(load(GetParam(), builtins()));
  const auto file = std::string(SHAKEDOWN_TEST_DATA) + "/suites/" + GetParam() + ".txt";
  if (std::getenv("SHAKEDOWN_UPDATE_GOLDEN") != nullptr) std::ofstream(file) << join(now, "\n") << "\n";
  std::ifstream stream(file);
  std::vector<std::string> then;
  for (std::string line; std::getline(stream, line);) then.push_back(line);
  ASSERT_EQ(now.size(), then.size()) << "what was released stays as it is: a change takes a new version";
  for (std::size_t i = 0; i < then.size(); ++i)
    EXPECT_TRUE(is_unchanged(then[i], now[i])) << "line " << i + 1 << ":\n" << then[i] << "\nis now\n" << now[i];
}
INSTANTIATE_TEST_SUITE_P(Suites, FrozenTest, testing::Values("smoke@1", "standard@1", "full@1", "robust-msa@1"),
                         [](const auto& suite) {
                           std::string name(suite.param);
                           name.resize(name.find('@'));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(FullTest, HasEveryPerturbationThatNeedsNoFileAtItsFiveSteps) {
  const auto registry = builtins();
  std::map<std::string, std::set<double>> doses;  // of cells of one part
  for (const auto& cell : load("full@1", registry).cells) {
    if (cell.row.parts.size() != 1) continue;
    auto& found = doses[cell.row.parts.front().perturbation];
    if (cell.row.dose.requested) found.insert(*cell.row.dose.requested);
  }
  for (const auto* spec : registry.all()) {
    if (left_out_of_full().contains(spec->name)) {
      EXPECT_FALSE(doses.contains(spec->name)) << spec->name << " is in full@1: take it off the list";
      continue;
    }
    ASSERT_TRUE(doses.contains(spec->name))
        << spec->name
        << " is in no cell of full@1, which is released: it belongs into full@2, or on the list with a reason";
    for (const double step : spec->dose.ladder) {
      EXPECT_TRUE(std::any_of(doses.at(spec->name).begin(), doses.at(spec->name).end(),
                              [&](double dose) { return format_number(dose) == format_number(step); }))
          << spec->name << " at " << format_number(step);
    }
  }
  for (const auto& [name, why] : left_out_of_full()) {
    EXPECT_TRUE(registry.has(name)) << name;
    EXPECT_FALSE(why.empty());
  }
}

TEST(FullTest, HoldsAllOfStandard) {
  const auto registry = builtins();
  std::map<std::string, std::string> full;
  for (const auto& cell : load("full@1", registry).cells) full[cell.row.id] = cell.row.definition;
  for (const auto& cell : load("standard@1", registry).cells)
    EXPECT_EQ(full[cell.row.id], cell.row.definition) << cell.row.id;
}

/// What stands apart from all means asks what the model uses: the cells that the report needs for it.
TEST(FullTest, HasWhatTheModelUses) {
  std::set<std::string> found;
  for (const auto& cell : load("full@1", builtins()).cells) found.insert(cell.row.id);
  for (const auto* id : {"missing.modality[keep=none]#0", "missing.modality[by=donor,keep=text]#15",
                         "cross.conflict[donor=same,modality=video]#0", "cross.shuffle[modality=audio]#0",
                         "missing.random@rate=0.5+missing.modality[keep=text+audio]#0"})
    EXPECT_TRUE(found.contains(id)) << id;
}

TEST(FullTest, TheDocumentationSaysWhatIsLeftOut) {
  std::ifstream document(std::string(SHAKEDOWN_TEST_DATA) + "/../../docs/formats.md");
  std::ostringstream text;
  text << document.rdbuf();
  for (const auto& [name, why] : left_out_of_full())
    EXPECT_THAT(text.str(), testing::HasSubstr("`" + name + "` (" + why + ")"));
}

}  // namespace
}  // namespace shakedown::suites
