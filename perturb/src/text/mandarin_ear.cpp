#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "shakedown/core/text.h"
#include "shakedown/media/scripts.h"
#include "text/ear.h"
#include "text/mandarin.h"

namespace shakedown::perturb {
namespace {

// What is written in one script, in the other.
const char* written(bool traditional, const char* simplified, const char* full) {
  return traditional ? full : simplified;
}

class MandarinEar final : public Ear {
 public:
  explicit MandarinEar(bool traditional) : traditional_(traditional) {
    heard_ = {{"的", 10}, {"了", 6}, {"是", 5}, {"我", 4}, {"就", 4},
              {"一", 3},  {"在", 3}, {"嗯", 3}, {"啊", 3}, {"那", 2}};
    heard_.push_back({written(traditional, "个", "個"), 3});
    heard_.push_back({written(traditional, "这", "這"), 3});
  }

  bool is_unstressed(const std::string& unit) const override {
    static const std::unordered_set<std::string_view> kCharacters = {
        "的", "了", "着", "著", "过", "過", "地", "得", "吗", "嗎", "呢", "吧", "啊", "呀", "嗯", "哦", "噢",
        "呃", "额", "哎", "唉", "嘛", "啦", "么", "麼", "是", "在", "和", "与", "與", "跟", "就", "也", "都",
        "还", "還", "又", "才", "再", "这", "這", "那", "个", "個", "我", "你", "他", "她", "它", "们", "們",
        "把", "被", "给", "給", "对", "對", "从", "從", "到", "为", "為", "之", "而", "但", "所", "以", "因",
        "有", "会", "會", "要", "能", "可", "上", "下", "里", "裡", "些", "很", "一"};
    return kCharacters.contains(unit) || english_ear()->is_unstressed(unit);
  }

  std::string instead(const ScoredUnits& said, const std::vector<AsrError>& plan, std::size_t i,
                      const Stream& stream) const override {
    // The word around it, and which of its characters are misheard: a recogniser prints words.
    std::vector<std::string> word;
    std::vector<std::size_t> places;
    std::size_t first = i;
    while (first > 0 && said.word[first - 1] == said.word[i]) --first;
    for (std::size_t j = first; j < said.size() && said.word[j] == said.word[i]; ++j) {
      if (plan[j] == AsrError::kSubstituted) places.push_back(j - first);
      word.push_back(said.units[j]);
    }
    const std::string& unit = said.units[i];
    if (unit.find_first_of("0123456789") != std::string::npos) return "";  // its digits stand for Chinese words
    if (!media::is_unspaced(unit)) return english_ear()->instead(said, plan, i, stream);
    const Mandarin& sounds = Mandarin::installed();
    if (places.size() > 1) {
      std::vector<Candidate> words;
      std::vector<std::string> joined;
      const auto& near = sounds.near(word, places, traditional_);
      joined.reserve(near.size());
      for (const SoundsLikeHan& each : near) {
        bool heard = false;
        for (std::size_t n = 0; n < places.size(); ++n)
          heard = heard || stands_near(said, first + places[n], each.characters[n]);
        if (!heard) words.push_back({joined.emplace_back(join(each.characters, " ")), each.weight});
      }
      // One draw for the word: each of its characters finds the same.
      const std::string drawn = draw_unheard(words, said, first, stream);
      const auto at = static_cast<std::size_t>(std::find(places.begin(), places.end(), i - first) - places.begin());
      if (!drawn.empty()) return split(drawn, ' ')[at];
    }
    std::vector<Candidate> characters;
    for (const SoundsLikeHan& each : sounds.near(word, {i - first}, traditional_))
      characters.push_back({each.characters.front(), each.weight});
    return draw_unheard(characters, said, i, stream);
  }

  std::string extra(const ScoredUnits& said, std::size_t i, const Stream& stream) const override {
    return draw_unheard(heard_, said, i, stream);
  }

 private:
  bool traditional_;
  std::vector<Candidate> heard_;
};

}  // namespace

std::shared_ptr<const Ear> mandarin_ear(bool traditional) {
  static const auto kSimplified = std::make_shared<const MandarinEar>(false);
  static const auto kTraditional = std::make_shared<const MandarinEar>(true);
  return traditional ? kTraditional : kSimplified;
}

}  // namespace shakedown::perturb
