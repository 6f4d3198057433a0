#include "shakedown/core/shell.h"

#include <array>
#include <cstdio>
#include <memory>

#include <gtest/gtest.h>

namespace shakedown {
namespace {

/// What a shell makes of a word.
std::string through_a_shell(const std::string& quoted) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(("printf %s " + quoted).c_str(), "r"), pclose);
  std::string out;
  std::array<char, 256> buffer{};
  for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;) out.append(buffer.data(), n);
  return out;
}

TEST(ShellTest, AShellTakesEveryWordBack) {
  for (const std::string word : {"plain", "two words", "it's", "a$b`c`", "*", "audio.gain{gain_db: -12}",
                                 "spk41$_$0003", "\"", "\\", "new\nline", "\xE4\xBD\xA0", ""})
    EXPECT_EQ(through_a_shell(shell_quoted(word)), word);
}

TEST(ShellTest, PlainWordsStayAsTheyAre) {
  EXPECT_EQ(shell_line({"shakedown", "run", "--only", "a b", "x=1"}), "shakedown run --only 'a b' x=1");
}

}  // namespace
}  // namespace shakedown
