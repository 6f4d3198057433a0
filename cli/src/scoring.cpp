#include "scoring.h"

#include "shakedown/metrics/analyse.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"

namespace shakedown::cli {

Results score_folder(const std::filesystem::path& folder, bool partial) {
  auto results = metrics::analyse(store::read_run(folder, partial));
  reports::write_file(folder / "results.json", reports::to_json(results));
  reports::write_file(folder / "report.html", reports::to_html(results));
  return results;
}

}  // namespace shakedown::cli
