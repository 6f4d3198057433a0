#include "shakedown/core/results.h"

namespace shakedown {

const CellResult* Results::find(const std::string& id) const {
  for (const auto& cell : cells)
    if (cell.cell.id == id) return &cell;
  return nullptr;
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass: return "pass";
    case Verdict::kFail: return "fail";
    case Verdict::kInconclusive: return "inconclusive";
  }
  return "unknown";
}

}  // namespace shakedown
