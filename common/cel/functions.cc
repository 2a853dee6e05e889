#include "common/cel/functions.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"

namespace touchstone::cel {
namespace {

using Table = absl::flat_hash_map<std::pair<absl::string_view, CallStyle>, std::vector<const Overload*>>;

const Table& AllOverloads() {
  static const Table* table = [] {
    static auto* storage = new std::vector<Overload>;
    for (const auto& part : {ArithmeticOverloads(), StringOverloads(), TimeOverloads(), ConversionOverloads()}) {
      storage->insert(storage->end(), part.begin(), part.end());
    }
    auto* built = new Table;
    for (const Overload& overload : *storage) (*built)[{overload.name, overload.style}].push_back(&overload);
    return built;
  }();
  return *table;
}

}  // namespace

bool Overload::Takes(const Value* arguments, size_t count) const {
  if (count != parameters.size()) return false;
  for (size_t i = 0; i < count; ++i) {
    if (arguments[i].kind() != parameters[i]) return false;
  }
  return true;
}

absl::Span<const Overload* const> FindOverloads(absl::string_view name, CallStyle style) {
  const auto found = AllOverloads().find({name, style});
  if (found == AllOverloads().end()) return {};
  return found->second;
}

std::vector<std::string> FunctionNames(CallStyle style) {
  std::vector<std::string> names;
  for (const auto& [key, overloads] : AllOverloads()) {
    if (key.second == style) names.emplace_back(key.first);
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace touchstone::cel
