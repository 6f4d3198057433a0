#include <algorithm>
#include <map>
#include <mutex>
#include <unordered_set>
#include <utility>

#include "shakedown/media/text.h"
#include "text/ear.h"
#include "text/english.h"
#include "text/sound_trie.h"
#include "text/speech.h"

namespace shakedown::perturb {
namespace {

class ForeignEar final : public Ear {
 public:
  ForeignEar(const std::string& language, std::string voice, const std::vector<Shared<Transcript>>& transcripts)
      : voice_(std::move(voice)) {
    std::map<std::string, double> counts;
    double total = 0;
    for (const auto& transcript : transcripts) {
      if (!transcript || transcript->language != language) continue;
      for (const auto& word : lower_words(*transcript, media::segment_words(transcript->text, language)))
        ++counts[word], ++total;
    }
    std::vector<std::pair<double, std::string>> by_count;
    for (const auto& [word, count] : counts) {
      const Phones sound = Speech::installed().phones(voice_, word);
      if (sound.empty()) continue;
      heard_.add({word, count / total}, sound);
      if (sound.size() <= kShortSound) by_count.emplace_back(-count, word);
    }
    // The short words that are said most: what is spoken without stress.
    std::sort(by_count.begin(), by_count.end());
    for (const auto& [count, word] : by_count) {
      if (unstressed_.size() >= kUnstressed) break;
      unstressed_.insert(word);
      if (extra_.size() < kExtra) extra_.emplace_back(word, static_cast<std::uint64_t>(-count));
    }
  }

  bool is_unstressed(const std::string& unit) const override { return unstressed_.contains(unit); }

  std::string instead(const ScoredUnits& said, const std::vector<AsrError>&, std::size_t i,
                      const Stream& stream) const override {
    std::vector<SoundsLike> near;
    {
      const std::scoped_lock lock(mutex_);
      auto known = near_.find(said.units[i]);
      if (known == near_.end()) {
        auto found = heard_.near({Speech::installed().phones(voice_, said.units[i])}, said.units[i]);
        known = near_.emplace(said.units[i], std::move(found)).first;
      }
      near = known->second;
    }
    std::vector<Candidate> candidates;
    for (const SoundsLike& each : near) candidates.push_back({each.word, each.weight});
    return draw_unheard(candidates, said, i, stream);
  }

  std::string extra(const ScoredUnits& said, std::size_t i, const Stream& stream) const override {
    std::vector<Candidate> candidates;
    for (const auto& [word, weight] : extra_) candidates.push_back({word, weight});
    return draw_unheard(candidates, said, i, stream);
  }

 private:
  static constexpr std::size_t kShortSound = 4, kUnstressed = 60, kExtra = 14;
  std::string voice_;
  SoundTrie heard_;
  std::unordered_set<std::string> unstressed_;
  std::vector<std::pair<std::string, std::uint64_t>> extra_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::vector<SoundsLike>> near_;
};

}  // namespace

std::shared_ptr<const Ear> foreign_ear(const std::string& language, const std::string& voice, const Corpus& corpus) {
  struct Known {
    std::weak_ptr<const std::vector<Shared<Transcript>>> transcripts;
    std::shared_ptr<const Ear> ear;
  };
  static std::mutex mutex;
  static std::map<std::pair<const void*, std::string>, Known> ears;  // one for a split and language
  const auto transcripts = corpus.transcripts();
  const std::scoped_lock lock(mutex);
  std::erase_if(ears, [](const auto& each) { return each.second.transcripts.expired(); });
  Known& known = ears[{transcripts.get(), language}];
  if (!known.ear) known = {transcripts, std::make_shared<const ForeignEar>(language, voice, *transcripts)};
  return known.ear;
}

}  // namespace shakedown::perturb
