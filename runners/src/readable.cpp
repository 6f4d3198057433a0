#include "readable.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "shakedown/media/readable.h"

namespace shakedown::runners {
namespace {

struct Reader {
  std::shared_ptr<const media::Tokenizer> tokenizer;
  std::size_t length = 0;
};

/// False where an input takes a transcript of any length.
bool collect(const std::vector<models::InputSpec>& inputs, std::vector<Reader>& readers) {
  return std::all_of(inputs.begin(), inputs.end(), [&readers](const models::InputSpec& input) {
    if (input.from == "text.string") return false;
    if (input.vocab.empty()) return collect(input.tuple, readers);
    if (!input.length) return false;
    readers.push_back({models::make_tokenizer(input), *input.length});
    return true;
  });
}

}  // namespace

perturb::Readable readable_by(const models::Manifest& manifest) {
  std::vector<Reader> readers;
  if (!collect(manifest.inputs, readers) || readers.empty()) return nullptr;
  return [readers = std::move(readers)](const Transcript& transcript) {
    std::size_t most = 0;
    for (const auto& [tokenizer, length] : readers) {
      most = std::max(most, media::readable_bytes(*tokenizer, transcript, length));
    }
    return most;
  };
}

}  // namespace shakedown::runners
