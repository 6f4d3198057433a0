#include "text/sound_trie.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace shakedown::perturb {

const SoundTrie::Node* SoundTrie::after(const Node& node, Phone phone) const {
  const auto link =
      std::find_if(node.next.begin(), node.next.end(), [&](const auto& each) { return each.first == phone; });
  return link == node.next.end() ? nullptr : &nodes_[link->second];
}

void SoundTrie::add(const Entry& entry, const Phones& sound) {
  std::size_t at = 0;
  for (const Phone phone : sound) {
    if (const Node* known = after(nodes_[at], phone)) {
      at = static_cast<std::size_t>(known - nodes_.data());
      continue;
    }
    nodes_[at].next.emplace_back(phone, static_cast<std::uint32_t>(nodes_.size()));
    at = nodes_.size();
    nodes_.emplace_back();
  }
  if (entries_.empty() || entries_.back().word != entry.word) entries_.push_back(entry);
  nodes_[at].words.push_back(static_cast<std::uint32_t>(entries_.size() - 1));
}

// The words below `node` whose distance stays below `bound`; `row` is the last row of the edit-distance table.
void SoundTrie::walk(const Node& node, const Phones& sound, const std::vector<double>& row, double bound,
                     const std::function<void(std::uint32_t, double)>& found) const {
  if (row.back() <= bound) {
    for (const std::uint32_t word : node.words) found(word, row.back());
  }
  std::vector<double> below(row.size());
  for (const auto& [phone, next] : node.next) {
    below[0] = row[0] + phone_loss(phone);
    double least = below[0];
    for (std::size_t j = 1; j < row.size(); ++j) {
      below[j] = std::min({row[j - 1] + phone_distance(phone, sound[j - 1]), row[j] + phone_loss(phone),
                           below[j - 1] + phone_loss(sound[j - 1])});
      least = std::min(least, below[j]);
    }
    if (least <= bound) walk(nodes_[next], sound, below, bound, found);
  }
}

std::vector<SoundsLike> SoundTrie::near(const std::vector<Phones>& sounds, std::string_view itself) const {
  constexpr std::size_t kNeighbours = 12;
  constexpr double kStep = .5, kFarthest = 4, kFalloff = 4, kScale = 1e6;
  std::unordered_map<std::uint32_t, double> nearest;
  const auto keep = [&](std::uint32_t word, double distance) {
    const auto [at, fresh] = nearest.try_emplace(word, distance);
    if (!fresh) at->second = std::min(at->second, distance);
  };
  for (double bound = kStep; bound <= kFarthest && nearest.size() <= kNeighbours && !sounds.empty(); bound += kStep) {
    nearest.clear();
    for (const Phones& sound : sounds) {
      if (sound.empty()) continue;  // nothing to hear
      std::vector<double> row{0};
      for (const Phone phone : sound) row.push_back(row.back() + phone_loss(phone));
      walk(nodes_.front(), sound, row, bound, keep);
    }
    std::erase_if(nearest, [&](const auto& each) { return entries_[each.first].word == itself; });
  }
  std::vector<SoundsLike> all;
  for (const auto& [entry, distance] : nearest) {
    const double weight = kScale * std::sqrt(entries_[entry].frequency) * std::exp(-kFalloff * distance);
    all.push_back({entries_[entry].word, 1 + static_cast<std::uint64_t>(weight)});
  }
  std::sort(all.begin(), all.end(), [](const SoundsLike& a, const SoundsLike& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.word < b.word;
  });
  if (all.size() > kNeighbours) all.resize(kNeighbours);
  return all;
}

std::vector<SoundTrie::Entry> SoundTrie::exactly(const Phones& sound) const {
  const Node* node = &nodes_.front();
  for (const Phone phone : sound) {
    node = after(*node, phone);
    if (node == nullptr) return {};
  }
  std::vector<Entry> all;
  for (const std::uint32_t word : node->words) all.push_back(entries_[word]);
  return all;
}

}  // namespace shakedown::perturb
