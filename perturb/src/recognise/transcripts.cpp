// Transcripts that a recogniser elsewhere gave of the corrupted sound, such as `shakedown export` writes: one row a
// sample and cell.
#include <map>
#include <utility>

#include "recognise/open.h"
#include "shakedown/core/csv.h"
#include "shakedown/core/error.h"

namespace shakedown::perturb {
namespace {

class Transcripts final : public Recogniser {
 public:
  explicit Transcripts(std::filesystem::path file) : file_(std::move(file)) {
    const auto table = CsvTable::read(file_);
    const std::size_t cell = table.require("cell"), id = table.require("id"), text = table.require("text");
    for (const auto& row : table.rows()) {
      const auto& fields = row.fields;
      if (!texts_[fields[cell]].emplace(fields[id], words_of(fields[text])).second)
        table.fail(row, "sample '" + fields[id] + "' of cell '" + fields[cell] + "' is there already");
    }
    if (texts_.empty()) throw Error(ErrorKind::kData, file_.string() + ": holds no transcripts");
  }

  std::string recognise(const Utterance& utterance) const override {
    const auto cell = texts_.find(utterance.cell);
    if (cell == texts_.end())
      throw Error(ErrorKind::kData, file_.filename().string() + " has no rows of cell '" + utterance.cell + "'");
    const auto text = cell->second.find(utterance.sample_id);
    if (text == cell->second.end()) {
      throw Error(ErrorKind::kData, file_.filename().string() + " has no row of sample '" + utterance.sample_id +
                                        "' and cell '" + utterance.cell + "'");
    }
    return text->second;
  }

  std::vector<std::pair<std::string, std::filesystem::path>> files() const override { return {{"transcripts", file_}}; }
  bool hears() const override { return false; }

 private:
  std::filesystem::path file_;
  std::map<std::string, std::map<std::string, std::string>> texts_;  // cell, sample
};

}  // namespace

std::unique_ptr<const Recogniser> open_transcripts(const Yaml& section, const std::filesystem::path& folder) {
  return std::make_unique<Transcripts>(existing(section, folder));
}

}  // namespace shakedown::perturb
