#include "data_facts.h"

#include <set>

namespace shakedown::runners {

suites::Facts data_facts(const datasets::Dataset& dataset) {
  suites::Facts facts;
  facts.data = dataset.forms();
  facts.columns = dataset.columns();
  facts.layouts = dataset.layouts();
  std::set<std::string> speakers;
  for (std::size_t i = 0; i < dataset.size(); ++i) speakers.insert(dataset.info(i).speaker);
  facts.speakers = speakers.size();
  return facts;
}

}  // namespace shakedown::runners
