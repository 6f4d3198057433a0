#include "missing/fill.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/format.h>

#include "shakedown/core/error.h"

namespace shakedown::perturb {

Shared<FeatureStatistics> statistics_for(const Corpus& corpus, Form form, std::size_t dims) {
  auto statistics = corpus.statistics(form);
  if (!statistics) {
    throw Error(ErrorKind::kUsage, fmt::format("needs statistics of {}, which this data has none of", form_name(form)));
  }
  if (statistics->mean.size() != dims || statistics->standard_deviation.size() != dims) {
    throw Error(ErrorKind::kData, fmt::format("statistics of {} have {} dimensions, the sample has {}", form_name(form),
                                              statistics->mean.size(), dims));
  }
  return statistics;
}

std::shared_ptr<Sequence> zeroed(const Shared<Sequence>& whole, const std::vector<std::size_t>& lost) {
  std::vector<std::uint8_t> zero(whole->steps, 0);
  for (const std::size_t step : lost) zero[step] = 1;
  const std::shared_ptr<const FeatureValues> values(whole, &whole->values);
  return std::make_shared<Sequence>(Sequence{whole->steps, whole->dims, whole->length,
                                             FeatureValues::blanked(values, whole->dims, std::move(zero)),
                                             whole->observed, whole->mask_lost});
}

std::shared_ptr<Sequence> Fill::apply(const Shared<Sequence>& whole, const std::vector<std::size_t>& lost, Form form,
                                      const Corpus& corpus, const Stream& stream) const {
  if (with == "zero") return zeroed(whole, lost);
  auto filled = std::make_shared<Sequence>(*whole);
  const std::size_t dims = whole->dims;
  Shared<FeatureStatistics> statistics;
  if (with == "mean" || with == "noise") statistics = statistics_for(corpus, form, dims);
  for (const std::size_t step : lost) {
    float* row = filled->row(step);
    if (with == "hold" && step == 0) {
      std::fill_n(row, dims, 0.0F);
    } else if (with == "hold") {
      // In ascending order the row before is observed or already filled.
      std::transform(row - dims, row, row, [](float last) { return std::isfinite(last) ? last : 0.0F; });
    } else {
      const double spread = with == "noise" ? 1 : 0;
      for (std::size_t d = 0; d < dims; ++d) {
        const double draw = spread == 0 ? 0 : stream.normal(step * dims + d);
        row[d] = static_cast<float>(statistics->mean[d] + statistics->standard_deviation[d] * draw);
      }
    }
  }
  return filled;
}

}  // namespace shakedown::perturb
