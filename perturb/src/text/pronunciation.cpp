#include "text/pronunciation.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "shakedown/core/error.h"
#include "text/phones.h"
#include "text/speech.h"

namespace shakedown::perturb {
namespace {

constexpr const char* kVoice = "en-us";
constexpr double kRare = 3e-7;  // below that share of running words, a recogniser's vocabulary ends (29,000 words)

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorKind::kData, "text.asr_error and text.homophone need the pronunciations of " + file.string() + ": " +
                                    what + "; install the package pocketsphinx-en-us");
}

// Share of each word among the running words of the model's training text, from PocketSphinx's binary trie: after the
// header come the counts, three quantisation tables of 2^16 floats, the unigrams {log probability to the base 1.0001,
// back-off, link}, the packed bigrams and trigrams, and the words.
std::unordered_map<std::string, double> read_frequencies(const std::filesystem::path& file) {
  constexpr std::string_view kMagic = "Trie Language Model";
  constexpr std::size_t kTables = std::size_t{3} * 65536 * sizeof(float), kUnigram = 12;
  std::ifstream in(file, std::ios::binary);
  if (!in) fail(file, "it cannot be opened");
  std::array<char, 20> head{};
  std::array<std::uint32_t, 4> numbers{};  // unigrams, bigrams, trigrams, kind of quantisation
  in.read(head.data(), head.size());
  in.read(reinterpret_cast<char*>(numbers.data()), sizeof numbers);
  if (!in || !std::string_view(head.data(), head.size()).starts_with(kMagic) || head[19] != 3 ||
      numbers[0] > 10'000'000)
    fail(file, "it is no trigram model in the trie format of PocketSphinx");
  const std::uint64_t words = numbers[0], bigrams = numbers[1], trigrams = numbers[2];
  const std::uint64_t word_bits = static_cast<std::uint64_t>(std::bit_width(words));
  const auto packed = [](std::uint64_t entries, std::uint64_t bits) { return ((1 + entries) * bits + 7) / 8 + 8; };
  in.seekg(static_cast<std::streamoff>(kTables), std::ios::cur);
  std::vector<char> unigrams((words + 1) * kUnigram);
  in.read(unigrams.data(), static_cast<std::streamsize>(unigrams.size()));
  in.seekg(static_cast<std::streamoff>(
               packed(bigrams, word_bits + 32 + static_cast<std::uint64_t>(std::bit_width(trigrams))) +
               packed(trigrams, word_bits + 16)),
           std::ios::cur);
  std::uint32_t length = 0;
  in.read(reinterpret_cast<char*>(&length), sizeof length);
  std::unordered_map<std::string, double> frequencies;
  std::string word;
  for (std::size_t i = 0; i < words; ++i) {
    if (!std::getline(in, word, '\0')) fail(file, "it ends early");
    float log_probability = 0;
    std::memcpy(&log_probability, unigrams.data() + i * kUnigram, sizeof log_probability);
    frequencies[word] = std::pow(1.0001, log_probability);
  }
  return frequencies;
}

bool is_plain(std::string_view word) {
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (word.empty() || !letter(word.front()) || !letter(word.back())) return false;
  return std::all_of(word.begin(), word.end(), [&](char c) { return letter(c) || c == '\''; });
}

}  // namespace

struct Pronunciations::Impl {
  struct Entry {
    std::string word;
    double frequency = 0;
    std::vector<Phones> spoken;
  };
  std::vector<Entry> entries;
  std::unordered_map<std::string, std::uint32_t> index;
  SoundTrie heard;  // the words that a recogniser prints
  mutable std::shared_mutex guard;
  mutable std::unordered_map<std::string, std::vector<SoundsLike>> found;

  void read_dictionary(const std::filesystem::path& file);
};

void Pronunciations::Impl::read_dictionary(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) fail(file, "it cannot be opened");
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    std::string_view rest = line;
    std::string word(rest.substr(0, rest.find(' ')));
    rest.remove_prefix(word.size());
    if (const auto variant = word.find('('); variant != std::string::npos) word.resize(variant);
    Phones phones;
    while (!rest.empty()) {
      rest.remove_prefix(1);
      const auto name = rest.substr(0, rest.find(' '));
      rest.remove_prefix(name.size());
      const auto phone = phone_of(name);
      if (!phone)
        fail(file, "line " + std::to_string(number) + ": '" + std::string(name) + "' is no phone of that dictionary");
      phones.push_back(*phone);
    }
    const auto [at, fresh] = index.try_emplace(word, static_cast<std::uint32_t>(entries.size()));
    if (fresh) entries.push_back({word, 0, {}});
    entries[at->second].spoken.push_back(std::move(phones));
  }
  if (entries.empty()) fail(file, "it holds no word");
}

Pronunciations::Pronunciations(const std::filesystem::path& folder) : impl_(std::make_unique<Impl>()) {
  impl_->read_dictionary(folder / kDictionary);
  const auto frequencies = read_frequencies(folder / kLanguageModel);
  for (Impl::Entry& entry : impl_->entries) {
    const auto known = frequencies.find(entry.word);
    if (known == frequencies.end()) continue;
    entry.frequency = known->second;
    const bool one_letter = entry.word.size() == 1 && entry.word != "a" && entry.word != "i";
    if (entry.frequency < kRare || !is_plain(entry.word) || one_letter) continue;
    for (const Phones& phones : entry.spoken) impl_->heard.add({entry.word, entry.frequency}, phones);
  }
}

Pronunciations::~Pronunciations() = default;

std::filesystem::path Pronunciations::installed_folder() {
  return "/usr/share/pocketsphinx/model/en-us";
}

const Pronunciations& Pronunciations::installed() {
  static const Pronunciations kPronunciations(installed_folder());
  return kPronunciations;
}

bool Pronunciations::has(std::string_view word) const {
  return impl_->index.contains(std::string(word));
}

const std::vector<SoundsLike>& Pronunciations::near(const std::string& word) const {
  {
    const std::shared_lock lock(impl_->guard);
    if (const auto known = impl_->found.find(word); known != impl_->found.end()) return known->second;
  }
  const auto entry = impl_->index.find(word);
  const auto sounds = entry != impl_->index.end() ? impl_->entries[entry->second].spoken
                                                  : std::vector<Phones>{Speech::installed().phones(kVoice, word)};
  auto fresh = impl_->heard.near(sounds, word);
  const std::unique_lock lock(impl_->guard);
  return impl_->found.try_emplace(word, std::move(fresh)).first->second;  // nodes of the map never move
}

std::vector<SoundsLike> Pronunciations::homophones(const std::string& word, double ratio) const {
  const auto known = impl_->index.find(word);
  if (known == impl_->index.end()) return {};
  const Impl::Entry& own = impl_->entries[known->second];
  std::vector<SoundsLike> all;
  for (const Phones& phones : own.spoken) {
    for (const auto& other : impl_->heard.exactly(phones)) {
      const bool near = other.frequency <= ratio * own.frequency && own.frequency <= ratio * other.frequency;
      const bool known_already =
          std::any_of(all.begin(), all.end(), [&](const SoundsLike& each) { return each.word == other.word; });
      if (other.word == word || !near || known_already) continue;
      all.push_back({other.word, 1 + static_cast<std::uint64_t>(other.frequency * 1e9)});
    }
  }
  std::sort(all.begin(), all.end(), [](const SoundsLike& a, const SoundsLike& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  return all;
}

}  // namespace shakedown::perturb
