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
#include "shakedown/core/text.h"
#include "text/phones.h"

namespace shakedown::perturb {
namespace {

constexpr const char* kInstalled = "/usr/share/pocketsphinx/model/en-us";
constexpr std::size_t kNeighbours = 12;
constexpr double kRare = 3e-7;  // below that share of running words, a recogniser's vocabulary ends (29,000 words)

using Phones = std::vector<Phone>;

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
  struct Node {  // of the trie of all pronunciations of the words that a recogniser prints
    std::vector<std::pair<Phone, std::uint32_t>> next;
    std::vector<std::uint32_t> words;
  };
  std::vector<Entry> entries;
  std::unordered_map<std::string, std::uint32_t> index;
  std::vector<Node> nodes{1};
  mutable std::shared_mutex guard;
  mutable std::unordered_map<std::string, std::vector<SoundsLike>> found;

  void read_dictionary(const std::filesystem::path& file);
  [[nodiscard]] const Entry* misspelt(const std::string& word) const;
  void add_to_trie(std::uint32_t word, const Phones& phones);
  [[nodiscard]] std::vector<Phones> spoken(const std::string& word) const;
  [[nodiscard]] std::vector<SoundsLike> search(const std::string& word) const;
  // The words below `node` whose distance stays below `bound`; `row` is the last row of the edit-distance table.
  void walk(std::uint32_t node, const Phones& sound, const std::vector<double>& row, double bound,
            std::unordered_map<std::uint32_t, double>& nearest) const;
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

void Pronunciations::Impl::add_to_trie(std::uint32_t word, const Phones& phones) {
  std::uint32_t at = 0;
  for (const Phone phone : phones) {
    auto& next = nodes[at].next;
    const auto known = std::find_if(next.begin(), next.end(), [&](const auto& link) { return link.first == phone; });
    if (known != next.end()) {
      at = known->second;
      continue;
    }
    const auto fresh = static_cast<std::uint32_t>(nodes.size());
    next.emplace_back(phone, fresh);
    nodes.emplace_back();
    at = fresh;
  }
  nodes[at].words.push_back(word);
}

// The word that was meant: one letter off, in long words two, with the same first letter; the most frequent of the
// nearest.
const Pronunciations::Impl::Entry* Pronunciations::Impl::misspelt(const std::string& word) const {
  constexpr std::size_t kShort = 5, kLong = 8, kLongest = 40;
  if (word.size() < kShort || word.size() > kLongest) return nullptr;
  std::size_t best = word.size() < kLong ? 1 : 2;
  const Entry* meant = nullptr;
  for (const Entry& entry : entries) {
    if (entry.frequency < kRare || entry.word.front() != word.front()) continue;
    if (entry.word.size() > word.size() + best || word.size() > entry.word.size() + best) continue;
    const std::size_t distance = edit_distance(word, entry.word);
    if (distance > best || (meant != nullptr && distance == best && entry.frequency <= meant->frequency)) continue;
    best = distance;
    meant = &entry;
  }
  return meant;
}

std::vector<Phones> Pronunciations::Impl::spoken(const std::string& word) const {
  if (const auto known = index.find(word); known != index.end()) return entries[known->second].spoken;
  if (const Entry* meant = misspelt(word)) return meant->spoken;
  constexpr std::array kDigits = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  Phones phones;
  for (std::size_t at = 0; at < word.size();) {
    std::size_t length = word.size() - at;
    auto piece = index.end();
    for (; length > 0; --length) {
      piece = index.find(word.substr(at, length));
      if (piece != index.end()) break;
    }
    if (length == 0 && word[at] >= '0' && word[at] <= '9')
      piece = index.find(kDigits[static_cast<std::size_t>(word[at] - '0')]);
    if (piece != index.end()) {
      const Phones& sound = entries[piece->second].spoken.front();
      phones.insert(phones.end(), sound.begin(), sound.end());
    }
    at += std::max<std::size_t>(length, 1);
  }
  constexpr std::size_t kLongest = 60;  // longer ones are no words
  if (phones.empty() || phones.size() > kLongest) return {};
  return {phones};
}

void Pronunciations::Impl::walk(std::uint32_t node, const Phones& sound, const std::vector<double>& row, double bound,
                                std::unordered_map<std::uint32_t, double>& nearest) const {
  if (row.back() <= bound) {
    for (const std::uint32_t word : nodes[node].words) {
      const auto [at, fresh] = nearest.try_emplace(word, row.back());
      if (!fresh) at->second = std::min(at->second, row.back());
    }
  }
  std::vector<double> below(row.size());
  for (const auto& [phone, next] : nodes[node].next) {
    below[0] = row[0] + phone_loss(phone);
    double least = below[0];
    for (std::size_t j = 1; j < row.size(); ++j) {
      below[j] = std::min({row[j - 1] + phone_distance(phone, sound[j - 1]), row[j] + phone_loss(phone),
                           below[j - 1] + phone_loss(sound[j - 1])});
      least = std::min(least, below[j]);
    }
    if (least <= bound) walk(next, sound, below, bound, nearest);
  }
}

std::vector<SoundsLike> Pronunciations::Impl::search(const std::string& word) const {
  const auto sounds = spoken(word);
  std::unordered_map<std::uint32_t, double> nearest;
  for (double bound = .5; bound <= 4 && nearest.size() <= kNeighbours && !sounds.empty(); bound += .5) {
    nearest.clear();
    for (const Phones& sound : sounds) {
      std::vector<double> row{0};
      for (const Phone phone : sound) row.push_back(row.back() + phone_loss(phone));
      walk(0, sound, row, bound, nearest);
    }
    if (const auto itself = index.find(word); itself != index.end()) nearest.erase(itself->second);
  }
  constexpr double kFalloff = 4, kScale = 1e6;
  std::vector<SoundsLike> all;
  for (const auto& [entry, distance] : nearest) {
    const double weight = kScale * std::sqrt(entries[entry].frequency) * std::exp(-kFalloff * distance);
    all.push_back({entries[entry].word, 1 + static_cast<std::uint64_t>(weight)});
  }
  std::sort(all.begin(), all.end(), [](const SoundsLike& a, const SoundsLike& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  if (all.size() > kNeighbours) all.resize(kNeighbours);
  return all;
}

Pronunciations::Pronunciations(const std::filesystem::path& folder) : impl_(std::make_unique<Impl>()) {
  impl_->read_dictionary(folder / "cmudict-en-us.dict");
  const auto frequencies = read_frequencies(folder / "en-us.lm.bin");
  for (std::uint32_t i = 0; i < impl_->entries.size(); ++i) {
    Impl::Entry& entry = impl_->entries[i];
    const auto known = frequencies.find(entry.word);
    if (known == frequencies.end()) continue;
    entry.frequency = known->second;
    const bool one_letter = entry.word.size() == 1 && entry.word != "a" && entry.word != "i";
    if (entry.frequency < kRare || !is_plain(entry.word) || one_letter) continue;
    for (const Phones& phones : entry.spoken) impl_->add_to_trie(i, phones);
  }
}

Pronunciations::~Pronunciations() = default;

const Pronunciations& Pronunciations::installed() {
  static const Pronunciations kPronunciations(kInstalled);
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
  auto fresh = impl_->search(word);
  const std::unique_lock lock(impl_->guard);
  return impl_->found.try_emplace(word, std::move(fresh)).first->second;  // nodes of the map never move
}

std::vector<SoundsLike> Pronunciations::homophones(const std::string& word, double ratio) const {
  const auto known = impl_->index.find(word);
  if (known == impl_->index.end()) return {};
  const Impl::Entry& own = impl_->entries[known->second];
  std::unordered_map<std::uint32_t, double> same;
  for (const Phones& phones : own.spoken) {
    std::uint32_t at = 0;
    bool there = true;
    for (const Phone phone : phones) {
      const auto& next = impl_->nodes[at].next;
      const auto link = std::find_if(next.begin(), next.end(), [&](const auto& l) { return l.first == phone; });
      there = link != next.end();
      if (!there) break;
      at = link->second;
    }
    if (!there) continue;
    for (const std::uint32_t other : impl_->nodes[at].words) {
      const double frequency = impl_->entries[other].frequency;
      if (other != known->second && frequency <= ratio * own.frequency && own.frequency <= ratio * frequency)
        same[other] = frequency;
    }
  }
  std::vector<SoundsLike> all;
  for (const auto& [other, frequency] : same)
    all.push_back({impl_->entries[other].word, 1 + static_cast<std::uint64_t>(frequency * 1e9)});
  std::sort(all.begin(), all.end(), [](const SoundsLike& a, const SoundsLike& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  return all;
}

}  // namespace shakedown::perturb
