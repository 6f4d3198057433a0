#include "shakedown/perturb/properties.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

// Under a sanitizer, which multiplies the time, doses are drawn less often.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kReplicates = 2;
#else
constexpr int kReplicates = 20;
#endif

class EveryBuiltinTest : public testing::TestWithParam<const PerturbationSpec*> {};

TEST_P(EveryBuiltinTest, HasAllProperties) {
  for (const PropertyResult& result : check_properties(*GetParam(), builtins(), kReplicates)) {
    EXPECT_TRUE(result.passed) << result.perturbation << " " << result.property << ": " << result.detail;
  }
}

// Kinds of text meet other scripts too: words without spaces, accents.
class EveryTextKindTest : public testing::TestWithParam<const PerturbationSpec*> {};

TEST_P(EveryTextKindTest, HasAllPropertiesInOtherLanguages) {
  const std::set<std::string> kAnyLanguage = {"text.asr_error", "text.asr_real", "text.typo", "text.unpunctuate",
                                              "text.word_drop"};  // the others know English and Chinese
  for (const char* language : {"zh", "es"}) {
    if (language == std::string("zh") && GetParam()->name == "text.typo") continue;  // slips of keys that spell
    if (language == std::string("es") && !kAnyLanguage.contains(GetParam()->name)) continue;
    for (const PropertyResult& result : check_properties(*GetParam(), builtins(), kReplicates, language)) {
      EXPECT_TRUE(result.passed) << language << " " << result.perturbation << " " << result.property << ": "
                                 << result.detail;
    }
  }
}

std::vector<const PerturbationSpec*> text_kinds() {
  auto all = builtins().all();
  std::erase_if(all, [](const PerturbationSpec* spec) { return spec->modality != Modality::kText; });
  return all;
}

std::string test_name(const testing::TestParamInfo<const PerturbationSpec*>& parameter) {
  std::string name = parameter.param->name;
  for (char& c : name) {
    if (c == '.') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryTextKindTest, testing::ValuesIn(text_kinds()), test_name);
INSTANTIATE_TEST_SUITE_P(Registry, EveryBuiltinTest, testing::ValuesIn(builtins().all()), test_name);

}  // namespace
}  // namespace shakedown::perturb
