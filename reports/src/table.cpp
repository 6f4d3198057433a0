#include "shakedown/reports/table.h"

#include <cmath>
#include <cstdio>
#include <functional>

#include "figures.h"
#include "safe_text.h"
#include "shakedown/core/csv.h"
#include "shakedown/core/text.h"

namespace shakedown::reports {
namespace {

std::string hundredfold(double value) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f", 100 * value);
  const std::string rounded(text);
  return rounded == "-0.00" ? "0.00" : rounded;  // rounding leaves no sign on nothing
}

/// Columns as they are printed: Has0 and Non0 of one metric stand together, as "a/b".
struct Group {
  std::string title;
  std::vector<std::size_t> columns;
};

std::vector<Group> groups_of(const Table& table) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& name = table.columns[i].title;
    const bool pair = name.ends_with("_has0") && i + 1 < table.columns.size() &&
                      table.columns[i + 1].title == name.substr(0, name.size() - 4) + "non0";
    if (pair) {
      groups.push_back({name.substr(0, name.size() - 5), {i, i + 1}});
      ++i;
    } else {
      groups.push_back({name, {i}});
    }
  }
  return groups;
}

/// How a format writes what it is given.
struct Style {
  std::function<std::string(const std::string&)> bold, underlined, escape;
  std::string plus_minus, nothing;
};

std::string figure_text(const TableFigure& figure, const Style& style) {
  if (!figure.mean) return style.nothing;
  std::string text = hundredfold(*figure.mean);
  if (figure.deviation) text += style.plus_minus + hundredfold(*figure.deviation);
  if (figure.best) return style.bold(text);
  return figure.second ? style.underlined(text) : text;
}

std::string group_text(const TableRow& row, const Group& group, const Style& style) {
  std::vector<std::string> parts;
  for (const std::size_t column : group.columns) parts.push_back(figure_text(row.figures[column], style));
  return join(parts, "/");
}

bool has_pairs(const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    if (group.columns.size() > 1) return true;
  }
  return false;
}

std::vector<std::string> notes_of(const Table& table, const std::vector<Group>& groups) {
  std::vector<std::string> notes = {"values times 100"};
  bool deviations = false;
  for (const TableRow& row : table.rows) {
    for (const TableFigure& figure : row.figures) deviations = deviations || figure.deviation;
  }
  if (deviations) notes.emplace_back("mean and standard deviation over checkpoints");
  if (has_pairs(groups)) notes.emplace_back("pairs are Has0/Non0");
  if (table.rows.size() > 1 && table.row_title == "model")
    notes.emplace_back("bold: best, or within the paired 95 % interval of the best; underlined: next");
  notes.insert(notes.end(), table.notes.begin(), table.notes.end());
  return notes;
}

std::string latex_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\textbackslash{}";
    } else if (c == '~' || c == '^') {
      out += std::string("\\") + c + "{}";
    } else {
      if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string to_latex(const std::vector<Table>& tables) {
  const Style style{[](const std::string& t) { return "\\textbf{" + t + "}"; },
                    [](const std::string& t) { return "\\underline{" + t + "}"; }, latex_escape, " $\\pm$ ", "--"};
  std::string text = "% needs \\usepackage{booktabs}\n";
  for (const Table& table : tables) {
    const auto groups = groups_of(table);
    text += "\\begin{table}\n\\centering\n\\caption{" + latex_escape(table.title) + "}\n\\begin{tabular}{l" +
            std::string(groups.size(), 'c') + "}\n\\toprule\n" + latex_escape(table.row_title);
    for (const Group& group : groups) text += " & " + latex_escape(group.title);
    text += " \\\\\n\\midrule\n";
    for (const TableRow& row : table.rows) {
      text += latex_escape(row.name);
      for (const Group& group : groups) text += " & " + group_text(row, group, style);
      text += " \\\\\n";
    }
    text += "\\bottomrule\n\\end{tabular}\n\n\\footnotesize\n";
    for (const std::string& note : notes_of(table, groups)) text += latex_escape(note) + ".\n";
    text += "\\end{table}\n\n";
  }
  return text;
}

std::string to_markdown(const std::vector<Table>& tables) {
  const Style style{[](const std::string& t) { return "**" + t + "**"; },
                    [](const std::string& t) { return "<u>" + t + "</u>"; }, markdown_escape, " ± ", "–"};
  std::string text;
  for (const Table& table : tables) {
    const auto groups = groups_of(table);
    text += "### " + markdown_escape(table.title) + "\n\n| " + markdown_escape(table.row_title) + " |";
    for (const Group& group : groups) text += " " + markdown_escape(group.title) + " |";
    text += "\n|---|";
    for (std::size_t i = 0; i < groups.size(); ++i) text += "---:|";
    text += "\n";
    for (const TableRow& row : table.rows) {
      text += "| " + markdown_escape(row.name) + " |";
      for (const Group& group : groups) text += " " + group_text(row, group, style) + " |";
      text += "\n";
    }
    text += "\n";
    for (const std::string& note : notes_of(table, groups)) text += "- " + markdown_escape(note) + "\n";
    text += "\n";
  }
  return text;
}

std::string to_csv(const std::vector<Table>& tables) {
  const auto number = [](const std::optional<double>& value) { return value ? exact(*value) : std::string(); };
  std::string text = "table,row,column,metric,mean,deviation,mask_spread,checkpoints,best,second\n";
  for (const Table& table : tables) {
    for (const TableRow& row : table.rows) {
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const TableFigure& figure = row.figures[i];
        text += csv_field(table.title) + "," + csv_field(row.name) + "," + csv_field(table.columns[i].title) + "," +
                csv_field(table.columns[i].metric) + "," + number(figure.mean) + "," + number(figure.deviation) + "," +
                number(figure.mask_spread) + "," + std::to_string(row.checkpoints) + "," + (figure.best ? "1" : "0") +
                "," + (figure.second ? "1" : "0") + "\n";
      }
    }
  }
  return text;
}

}  // namespace shakedown::reports
