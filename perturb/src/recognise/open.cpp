#include "recognise/open.h"

#include "shakedown/core/error.h"
#include "shakedown/perturb/recognisers.h"

namespace shakedown::perturb {

std::filesystem::path existing(const Yaml& value, const std::filesystem::path& folder) {
  auto path = (folder / value.text()).lexically_normal();
  std::error_code code;
  if (!std::filesystem::exists(path, code)) value.fail("'" + path.string() + "' does not exist");
  return path;
}

std::unique_ptr<const Recogniser> open_recogniser(const std::string& kind, const Yaml& section,
                                                  const std::filesystem::path& folder) {
  if (kind == "command") return open_command(section, folder);
  if (kind == "transcripts") return open_transcripts(section, folder);
  if (kind == "pocketsphinx") return open_pocketsphinx(section, folder);
  throw Error(ErrorKind::kInternal, "no recogniser is called '" + kind + "'");
}

}  // namespace shakedown::perturb
