#include "scoring.h"

#include "shakedown/metrics/analyse.h"
#include "shakedown/reports/report.h"
#include "shakedown/store/run_store.h"
#include "terminal.h"

namespace shakedown::cli {
namespace {

constexpr std::size_t kBytesAMegabyte = 1'000'000;

}  // namespace

std::vector<Option> page_options_declared() {
  return {{"assets", "MODE", "samples in the page: inline, folder (files beside it), none, redacted", "inline"},
          {"budget-mb", "N", "size of the page; sound and pictures beyond are left out and counted", "8"}};
}

reports::PageOptions page_options(const Arguments& arguments) {
  reports::PageOptions options;
  options.assets = reports::assets_mode(arguments.required("assets"));
  options.budget_bytes = arguments.count("budget-mb") * kBytesAMegabyte;
  return options;
}

std::string page_of(const Results& results, const std::filesystem::path& folder, const std::filesystem::path& file,
                    const reports::PageOptions& options) {
  reports::Gallery gallery;
  if (options.assets != reports::AssetsMode::kNone) gallery = reports::read_gallery(folder);
  for (const auto& fault : gallery.faults) warn((folder / fault).string());
  const auto count = reports::samples_shown(results, gallery, options);
  if (count > 0) {
    log(file.string() + " holds " + std::to_string(count) + (count == 1 ? " sample" : " samples") +
        " of the data set: pass it on only where its licence allows that; --assets none or redacted makes one without");
  }
  return reports::to_html(results, gallery, options);
}

Results score_folder(const std::filesystem::path& folder, bool partial, const reports::PageOptions& options) {
  auto results = metrics::analyse(store::read_run(folder, partial));
  reports::write_file(folder / "results.json", reports::to_json(results));
  const auto file = folder / "report.html";
  reports::write_file(file, page_of(results, folder, file, options));
  return results;
}

}  // namespace shakedown::cli
