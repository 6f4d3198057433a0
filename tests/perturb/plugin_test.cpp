#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "shakedown/core/error.h"
#include "shakedown/perturb/registry.h"

namespace shakedown::perturb {
namespace {

using testing::HasSubstr;

class PluginTest : public testing::Test {
 protected:
  PluginTest() { register_builtins(registry_); }
  static std::filesystem::path plugin(const std::string& name) {
    return std::filesystem::path(SHAKEDOWN_TEST_PLUGINS) / (name + ".so");
  }
  std::string refusal(const std::filesystem::path& file) {
    try {
      load_plugin(registry_, file);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.what(), HasSubstr(file.string()));
      return error.what();
    }
    return "loaded";
  }
  Registry registry_;
};

TEST_F(PluginTest, RegistersBesideTheBuiltins) {
  const PerturbationSpec* before = &registry_.find("missing.random");
  load_plugin(registry_, plugin("test_plugin_good"));
  EXPECT_EQ(registry_.find("audio.of_a_plugin").doc, "For tests.");
  EXPECT_EQ(&registry_.find("missing.random"), before) << "what is registered stays where it is";
  EXPECT_NE(registry_.create("audio.of_a_plugin"), nullptr);
}

TEST_F(PluginTest, LeavesNothingBehindWhenItFailsHalfWay) {
  EXPECT_THAT(refusal(plugin("test_plugin_taken")), HasSubstr("'missing.random' is registered twice"));
  EXPECT_FALSE(registry_.has("audio.of_a_plugin"));
}

TEST_F(PluginTest, SaysWhyAFileCannotBeLoaded) {
  EXPECT_THAT(refusal("/nowhere/at/all.so"), HasSubstr("no such file"));
  EXPECT_THAT(refusal(plugin("test_plugin_nothing")), HasSubstr("is no shakedown plugin"));
  EXPECT_THAT(refusal(plugin("test_plugin_other_abi")),
              HasSubstr("was built for plugin ABI 4242; this shakedown has " + std::to_string(kPluginAbi)));
  const auto text = std::filesystem::temp_directory_path() / "shakedown_plugin_test_text.so";
  std::ofstream(text) << "not a library";
  EXPECT_THAT(refusal(text), HasSubstr("cannot be loaded"));
  std::filesystem::remove(text);
}

}  // namespace
}  // namespace shakedown::perturb
