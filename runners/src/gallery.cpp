#include "gallery.h"

#include <algorithm>
#include <map>
#include <set>

#include "cell_state.h"
#include "shakedown/core/error.h"
#include "shakedown/media/faces.h"
#include "shakedown/metrics/gallery.h"
#include "shakedown/store/run_store.h"

namespace shakedown::runners {
namespace {

/// Words of a command that shows the sample in its cell: the suite and the id say more than a perturbation alone, since
/// compositions and replicates have names too.
std::vector<std::string> command_of(const Session& session, const RunOptions& options, const CellRow& cell,
                                    const std::string& sample) {
  return {"shakedown", "preview",
          "--data",    options.data.string(),
          "--sample",  sample,
          "--suite",   options.suite,
          "--only",    cell.id,
          "--split",   options.split,
          "--seed",    std::to_string(session.suite.seed)};
}

/// Fills media, dose and measures of `item`. @throws Error(kData) when the sample is not what the model was given
void perturb_again(const Session& session, const PlannedModel& planned, const suites::Cell& cell, std::size_t index,
                   const Digest& digest, GalleryItem& item) {
  auto loaded = session.load(index);
  if (!loaded.sample) throw Error(ErrorKind::kData, loaded.failure);
  item.clean = std::move(*loaded.sample);
  const auto applied =
      perturb::apply_parts(item.clean, cell.parts, *session.corpus, session.suite.seed, cell.row.replicate);
  const auto decided = cell_state(cell, applied.effects);
  const auto media = Digest::from_hex(perturb::digest(item.clean, applied).media).value_or(Digest());
  if (decided.state != State::kApplied || media != digest)
    throw Error(ErrorKind::kData, "perturbed again it is not what the model was given");
  for (const auto& effect : applied.effects) item.measures.insert(effect.measures.begin(), effect.measures.end());
  pool(item.measures);
  if (cell.parts.size() == 1) {
    item.dose = perturb::measure_part(applied, cell.parts, 0, planned.limits, session.suite.seed, cell.row.replicate);
  }
  item.corrupted = applied.sample;
  if (!item.clean.clip || item.clean.faces) return;
  try {
    item.clean.faces = media::face_track(*item.clean.clip);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kInternal)
      throw;  // without a track no face is outlined, and frames are hidden whole
  }
}

}  // namespace

void fill_gallery(const Session& session, const PlannedModel& planned, const RunOptions& options,
                  const std::filesystem::path& folder, GallerySink& sink) {
  std::set<std::string> not_alone;  // what was done to a sample is done to others
  std::map<std::string, const suites::Cell*> cells;
  for (const auto& cell : planned.cells) {
    cells[cell.row.id] = &cell;
    if (cell.scope == suites::Cell::Scope::kHistory) not_alone.insert(cell.row.id);
  }
  std::map<std::string, std::size_t> indices;
  for (std::size_t i = 0; i < session.sample_count; ++i)
    indices[session.dataset->info(session.first_sample + i).id] = session.first_sample + i;

  std::vector<GalleryItem> items;
  std::vector<Digest> digests;
  {
    const auto run = store::read_compared(folder);
    for (auto& choice : metrics::choose_gallery(run, not_alone)) {
      GalleryItem item;
      item.cell = run.cells[choice.cell];
      item.sample = run.samples[choice.sample];
      digests.push_back(run.outcomes[choice.cell][choice.sample].media);
      item.choice = std::move(choice);
      item.command = command_of(session, options, item.cell, item.sample.id);
      items.push_back(std::move(item));
    }
  }
  std::vector<GalleryLeftOut> left_out;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto& item = items[i];
    if (options.interrupted != nullptr && *options.interrupted != 0) {
      left_out.push_back({item.cell.id, item.sample.id, "interrupted"});
      continue;
    }
    try {
      perturb_again(session, planned, *cells.at(item.cell.id), indices.at(item.sample.id), digests[i], item);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInternal) throw error.with_context(item.cell.id + ", sample " + item.sample.id);
      left_out.push_back({item.cell.id, item.sample.id, error.what()});
      continue;
    }
    sink.add(item);
    item = GalleryItem{};  // media of one item at a time
  }
  for (const auto& one : left_out) {
    if (options.on_message)
      options.on_message(one.cell + ", sample " + one.sample + ": left out of the gallery: " + one.why);
  }
  sink.finish(left_out);
}

}  // namespace shakedown::runners
