#include "page.h"

#include <kainjow/mustache.hpp>

#include "assets.h"
#include "figures.h"
#include "safe_text.h"
#include "shakedown/core/base64.h"
#include "shakedown/core/error.h"
#include "shakedown/core/hash.h"

namespace shakedown::reports {
namespace {

namespace mustache = kainjow::mustache;

std::string csp_source(std::string_view content) {
  return "'sha256-" + base64(sha256_bytes(content)) + "'";
}

mustache::data to_mustache(const Json& value, std::size_t& replaced) {
  if (value.is_boolean()) return mustache::data(value.get<bool>());
  if (value.is_string()) return mustache::data(valid_utf8(value.get_ref<const std::string&>(), replaced));
  if (value.is_array()) {
    mustache::data list{mustache::data::type::list};
    for (const Json& item : value) list.push_back(to_mustache(item, replaced));
    return list;
  }
  if (value.is_object()) {
    mustache::data object{mustache::data::type::object};
    for (const auto& [key, item] : value.items()) object.set(key, to_mustache(item, replaced));
    return object;
  }
  throw Error(ErrorKind::kInternal, "report: a view may hold text, booleans, lists and objects only");
}

std::string render(std::string_view text, const Json& view, std::size_t& replaced) {
  mustache::mustache compiled{std::string(text)};
  if (!compiled.is_valid()) throw Error(ErrorKind::kInternal, "report template: " + compiled.error_message());
  mustache::data data = to_mustache(view, replaced);
  data.set("takes", mustache::partial{[] { return std::string(assets::kTakesTemplate); }});
  std::string out = compiled.render(data);
  if (!compiled.error_message().empty()) {
    throw Error(ErrorKind::kInternal, "report template: " + compiled.error_message());
  }
  return out;
}

}  // namespace

std::string render_page(Page page) {
  std::size_t replaced = 0;
  std::string body = render(page.body_template, page.view, replaced);
  const std::string data = json_for_html(page.data.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (const std::size_t at = body.find(kLatePart); at != std::string::npos && page.late_view) {
    const std::size_t rest = body.size() + data.size() + assets::kScript.size() + assets::kStyle.size() +
                             assets::kPageTemplate.size() + (page.charts ? assets::kChartJs.size() : 0);
    body.replace(at, kLatePart.size(), render(page.late_template, page.late_view(rest), replaced));
  }
  std::string policy = "default-src 'none'; script-src " + csp_source(assets::kScript);
  if (page.charts) policy += " " + csp_source(assets::kChartJs);
  policy += "; style-src " + csp_source(assets::kStyle) + "; base-uri 'none'; form-action 'none'";
  if (page.media) policy += "; img-src data:; media-src data:";
  if (page.files) policy += "; img-src 'self'; media-src 'self'";
  const Json outer = {
      {"title", page.title},
      {"policy", policy},
      {"style", assets::kStyle},
      {"script", assets::kScript},
      {"charts", page.charts},
      {"chart_js", page.charts ? assets::kChartJs : std::string_view()},
      {"body", std::move(body)},
      {"data", data},
      {"alone", !page.files},
      {"has_replaced", replaced > 0},
      {"replaced", counted(replaced, "byte that is not UTF-8 is", "bytes that are not UTF-8 are")},
  };
  return render(assets::kPageTemplate, outer, replaced);
}

}  // namespace shakedown::reports
