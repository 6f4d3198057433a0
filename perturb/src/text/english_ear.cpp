#include <array>
#include <string_view>
#include <unordered_set>

#include "text/ear.h"
#include "text/pronunciation.h"

namespace shakedown::perturb {
namespace {

// Written in full and as it is spoken: the first word takes the second along.
struct Reduction {
  std::string_view first, second, spoken;
};
constexpr std::array<Reduction, 16> kReductions = {{{"going", "to", "gonna"},
                                                    {"want", "to", "wanna"},
                                                    {"got", "to", "gotta"},
                                                    {"kind", "of", "kinda"},
                                                    {"sort", "of", "sorta"},
                                                    {"out", "of", "outta"},
                                                    {"let", "me", "lemme"},
                                                    {"i", "am", "i'm"},
                                                    {"it", "is", "it's"},
                                                    {"that", "is", "that's"},
                                                    {"do", "not", "don't"},
                                                    {"did", "not", "didn't"},
                                                    {"is", "not", "isn't"},
                                                    {"you", "are", "you're"},
                                                    {"they", "are", "they're"},
                                                    {"i", "have", "i've"}}};

class EnglishEar final : public Ear {
 public:
  bool is_unstressed(const std::string& word) const override {
    static const std::unordered_set<std::string_view> kWords = {
        "a",      "about",  "all",   "am",    "an",   "and",   "any",  "are",     "as",   "at",    "be",   "been",
        "but",    "by",     "can",   "could", "did",  "do",    "does", "er",      "for",  "from",  "had",  "has",
        "have",   "he",     "her",   "him",   "his",  "hmm",   "i",    "i'd",     "i'll", "i'm",   "i've", "if",
        "in",     "into",   "is",    "it",    "it's", "its",   "just", "like",    "me",   "might", "mm",   "my",
        "of",     "oh",     "on",    "or",    "our",  "out",   "she",  "should",  "so",   "some",  "than", "that",
        "that's", "the",    "their", "them",  "then", "there", "they", "they're", "this", "to",    "uh",   "um",
        "up",     "us",     "was",   "we",    "were", "what",  "when", "which",   "who",  "will",  "with", "would",
        "you",    "you're", "your",  "yeah",  "well"};
    return kWords.contains(word);
  }

  std::string instead(const ScoredUnits& said, const std::vector<AsrError>& plan, std::size_t i,
                      const Stream& stream) const override {
    if (std::string spoken = reduced(said, plan, i); !spoken.empty()) return spoken;
    std::vector<Candidate> candidates;
    for (const SoundsLike& each : Pronunciations::installed().near(said.units[i]))
      candidates.push_back({each.word, each.weight});
    return draw_unheard(candidates, said, i, stream);
  }

  std::string extra(const ScoredUnits& said, std::size_t i, const Stream& stream) const override {
    // What recognisers put where nothing was said.
    static const std::vector<Candidate> kHeard = {{"the", 6},  {"a", 6},  {"and", 5}, {"to", 4}, {"it", 4},
                                                  {"of", 3},   {"in", 3}, {"you", 3}, {"i", 3},  {"is", 3},
                                                  {"that", 2}, {"so", 2}, {"he", 1},  {"was", 1}};
    return draw_unheard(kHeard, said, i, stream);
  }

 private:
  // "going" where "to" is lost as well: gonna.
  static std::string reduced(const ScoredUnits& said, const std::vector<AsrError>& plan, std::size_t i) {
    if (i + 1 >= said.size() || plan[i + 1] != AsrError::kDeleted) return "";
    for (const Reduction& each : kReductions) {
      if (said.units[i] == each.first && said.units[i + 1] == each.second && !stands_near(said, i, each.spoken))
        return std::string(each.spoken);
    }
    return "";
  }
};

}  // namespace

std::shared_ptr<const Ear> english_ear() {
  static const auto kEar = std::make_shared<const EnglishEar>();
  return kEar;
}

}  // namespace shakedown::perturb
