#include "assets.h"
#include "page.h"
#include "shakedown/reports/report.h"
#include "view_gallery.h"
#include "views.h"

namespace shakedown::reports {

Json report_view(const Results& results) {
  const RunHeader& header = results.header;
  Json view = overview_view(results);
  view["heat_map"] = heat_map_view(results);
  view["curves"] = curves_view(results);
  view.update(cells_view(results));
  view.update(numbers_view(results));
  view.update(slices_view(results));
  view.update(confusions_view(results));
  view["model_use"] = model_use_view(results);
  view["has_use_section"] = view["has_subsets"].get<bool>() || view["model_use"]["has_use"].get<bool>();
  view["has_gallery"] = false;
  view["samples_banner"] = Json::array();
  view["metrics"] = metrics_view(results);
  view["has_not_tested"] = !header.not_tested.empty();
  view["not_tested"] = not_tested_view(header);
  view["provenance"] = provenance_view(header);
  return view;
}

namespace {

Page report_page(const Results& results) {
  const RunHeader& header = results.header;
  Page page;
  page.title = header.model_name + " on " + header.data_name + ": robustness report";
  page.body_template = assets::kReportTemplate;
  page.view = report_view(results);
  page.data = curves_data(results);
  page.charts = !results.curves.empty();
  return page;
}

}  // namespace

std::string to_html(const Results& results) {
  return render_page(report_page(results));
}

std::string to_html(const Results& results, const Gallery& gallery, const PageOptions& options) {
  Page page = report_page(results);
  page.view["has_gallery"] = true;
  page.view["samples_banner"] = samples_banner(results, gallery, options);
  page.media = options.assets == AssetsMode::kInline || options.assets == AssetsMode::kRedacted;
  page.files = options.assets == AssetsMode::kFolder;
  page.late_template = assets::kGalleryTemplate;
  page.late_view = [&](std::size_t rest) { return gallery_view(results, gallery, options, rest); };
  return render_page(std::move(page));
}

}  // namespace shakedown::reports
