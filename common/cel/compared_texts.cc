#include "common/cel/compared_texts.h"

#include "absl/strings/str_cat.h"
#include "common/cel/node.h"

namespace touchstone::cel {
namespace {

class Finder {
 public:
  Finder(const Program& program, absl::string_view path) : program_(program), path_(path) {}

  void Visit(const Node& node) {
    for (const auto& child : node.children) Visit(*child);
    if (node.op == Op::kEqual || node.op == Op::kNotEqual) {
      const Node &left = *node.children[0], &right = *node.children[1];
      if (PathOf(left) == path_) Take(right);
      if (PathOf(right) == path_) Take(left);
    } else if (node.op == Op::kIn && PathOf(*node.children[0]) == path_) {
      Take(*node.children[1]);
    }
  }

  std::vector<ComparedText> TakeFound() { return std::move(found_); }

 private:
  std::string PathOf(const Node& node) const {
    if (node.op == Op::kVariable) return program_.environment().variables()[node.slot].name;
    if (node.op != Op::kField) return "";
    const std::string operand = PathOf(*node.children[0]);
    return operand.empty() ? "" : absl::StrCat(operand, ".", node.field->name());
  }

  // A literal, or the elements of a list of them.
  void Take(const Node& node) {
    if (node.op != Op::kConstant) return;
    if (node.constant.kind() == Kind::kString) return Add(node, node.constant.text());
    if (node.constant.kind() != Kind::kList) return;
    for (size_t i = 0; i < node.constant.size(); ++i) {
      const Value element = node.constant.At(i);
      if (element.kind() == Kind::kString) Add(node, element.text());
    }
  }

  // A list that is a constant keeps no place of its elements: they are found by their words.
  void Add(const Node& node, absl::string_view text) {
    const auto begin = static_cast<size_t>(node.begin);
    const absl::string_view written = program_.text().substr(begin, static_cast<size_t>(node.end - node.begin));
    size_t at = 0;
    for (const absl::string_view quote : {"\"", "'"}) {
      const size_t quoted = written.find(absl::StrCat(quote, text, quote));
      if (quoted != absl::string_view::npos) at = quoted;
    }
    found_.push_back({std::string(text), begin + at});
  }

  const Program& program_;
  const absl::string_view path_;
  std::vector<ComparedText> found_;
};

}  // namespace

std::vector<ComparedText> ComparedTexts(const Program& program, absl::string_view path) {
  Finder finder(program, path);
  finder.Visit(program.root());
  return finder.TakeFound();
}

}  // namespace touchstone::cel
