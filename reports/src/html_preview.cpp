#include <utility>

#include "assets.h"
#include "figures.h"
#include "page.h"
#include "sample_groups.h"
#include "sample_text.h"
#include "shakedown/reports/preview.h"

namespace shakedown::reports {

class PreviewPage::Builder {
 public:
  Builder(const Preview& preview, std::size_t media_bytes) : preview_(preview), groups_(preview.clean, media_bytes) {}

  void add(const PreviewCell& cell) { groups_.add(cell); }

  [[nodiscard]] std::string html() const {
    Json labels = Json::array();
    for (const auto& [name, label] : preview_.clean.labels)
      labels.push_back({{"name", name}, {"value", label_text(label)}});
    Page page;
    page.title = "Sample " + preview_.clean.id + " of " + preview_.data_name + ", perturbed";
    page.body_template = assets::kPreviewTemplate;
    page.view = {{"sample", preview_.clean.id},
                 {"group", preview_.clean.group},
                 {"data", preview_.data_name},
                 {"split", preview_.split},
                 {"seed", std::to_string(preview_.seed)},
                 {"count", counted(groups_.cells(), "cell", "cells")},
                 {"labels", std::move(labels)},
                 {"groups", groups_.groups()},
                 {"has_left_out", groups_.left_out() > 0},
                 {"left_out", counted(groups_.left_out(), "sound or picture is", "sounds and pictures are")}};
    page.view.update(not_shown_view(preview_.not_shown));
    page.data = Json::object();
    page.media = true;
    return render_page(std::move(page));
  }

 private:
  Preview preview_;
  SampleGroups groups_;
};

PreviewPage::PreviewPage(const Preview& preview, std::size_t media_bytes)
    : builder_(std::make_unique<Builder>(preview, media_bytes)) {}
PreviewPage::~PreviewPage() = default;
void PreviewPage::add(const PreviewCell& cell) {
  builder_->add(cell);
}
std::string PreviewPage::html() const {
  return builder_->html();
}

}  // namespace shakedown::reports
