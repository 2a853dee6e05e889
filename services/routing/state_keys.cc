#include "services/routing/state_keys.h"

#include "absl/strings/str_split.h"

namespace touchstone::routing {

std::string StateKey(char part, std::initializer_list<absl::string_view> names) {
  std::string key(1, part);
  for (absl::string_view name : names) {
    key.push_back('\0');
    key.append(name.data(), name.size());
  }
  return key;
}

std::string PartPrefix(char part) { return std::string({part, '\0'}); }

ParsedKey ParseStateKey(absl::string_view key) {
  if (key.size() < 2 || key[1] != '\0') return {};
  return {.part = key[0], .names = absl::StrSplit(key.substr(2), '\0')};
}

}  // namespace touchstone::routing
