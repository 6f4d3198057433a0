#include "safe_text.h"

#include <algorithm>
#include <cctype>

namespace shakedown::reports {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the well-formed code point at the front of `text` (Unicode 15, table 3-7); 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                             : first >= 0xE0 && first <= 0xEF ? 3
                             : first >= 0xF0 && first <= 0xF4 ? 4
                                                              : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

/// XML 1.0 `Char`, given one well-formed UTF-8 sequence.
bool is_xml_char(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r';
  return sequence != "\xEF\xBF\xBE" && sequence != "\xEF\xBF\xBF";
}

/// Calls `emit` with each well-formed sequence and `broken` for each byte that belongs to none.
template <class Emit, class Broken>
void walk(std::string_view text, Emit&& emit, Broken&& broken) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) {
      broken();
      text.remove_prefix(1);
    } else {
      emit(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
}

}  // namespace

std::string valid_utf8(std::string_view text, std::size_t& replaced) {
  std::string out;
  out.reserve(text.size());
  walk(
      text, [&](std::string_view sequence) { out += sequence; },
      [&] {
        out += kReplacement;
        ++replaced;
      });
  return out;
}

std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto emit = [&](std::string_view sequence) {
    if (!is_xml_char(sequence)) {
      out += kReplacement;
    } else if (sequence == "&") {
      out += "&amp;";
    } else if (sequence == "<") {
      out += "&lt;";
    } else if (sequence == ">") {
      out += "&gt;";
    } else if (sequence == "\"") {
      out += "&quot;";
    } else if (sequence == "\n" || sequence == "\r" || sequence == "\t") {
      // Written as references: a parser turns a literal line break inside an attribute into a space.
      out += sequence == "\n" ? "&#10;" : sequence == "\r" ? "&#13;" : "&#9;";
    } else {
      out += sequence;
    }
  };
  walk(text, emit, [&] { out += kReplacement; });
  return out;
}

std::string markdown_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto is_word = [&](std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
  };
  std::size_t at = 0;
  const auto emit = [&](std::string_view sequence) {
    const char c = sequence[0];
    // Brackets and underscores inside words are common in ids and mean nothing to Markdown there.
    const bool inside_word = c == '_' && at > 0 && is_word(at - 1) && is_word(at + 1);
    const bool link = c == '(' && at > 0 && text[at - 1] == ']';
    if (sequence.size() > 1) {
      out += sequence;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += ' ';
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '@') {
      out += "&#64;";  // an id must not notify a person of that name
    } else {
      if (link || (std::string_view("\\`*_|~!").find(c) != std::string_view::npos && !inside_word)) out += '\\';
      out += c;
    }
    at += sequence.size();
  };
  walk(text, emit, [&] {
    out += kReplacement;
    ++at;
  });
  return out;
}

std::string markdown_code(std::string_view text) {
  std::size_t fence = 1, run = 0;
  std::string body;
  const auto emit = [&](std::string_view sequence) {
    const char c = sequence[0];
    run = c == '`' ? run + 1 : 0;
    fence = std::max(fence, run + 1);
    const bool control = sequence.size() == 1 && (static_cast<unsigned char>(c) < 0x20 || c == 0x7F);
    body += control ? " " : c == '|' ? "\\|" : std::string(sequence);  // tables are cut before code spans are read
  };
  walk(text, emit, [&] { body += kReplacement; });
  if (body.find('`') != std::string::npos || body.empty()) body = " " + body + " ";
  const std::string ticks(fence, '`');
  return ticks + body + ticks;
}

std::string json_for_html(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  const auto emit = [&](std::string_view sequence) {
    if (sequence == "<") {
      out += "\\u003c";
    } else if (sequence == ">") {
      out += "\\u003e";
    } else if (sequence == "&") {
      out += "\\u0026";
    } else if (sequence == "\xE2\x80\xA8") {
      out += "\\u2028";
    } else if (sequence == "\xE2\x80\xA9") {
      out += "\\u2029";
    } else {
      out += sequence;
    }
  };
  walk(json, emit, [&] { out += kReplacement; });
  return out;
}

}  // namespace shakedown::reports
