#include "common/names/name_key.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/names/name_kind.h"
#include "common/names/name_text.h"
#include "common/status/invariant.h"
#include "common/status/macros.h"

namespace touchstone::names {

std::string NameKey(const NameSecret& secret, const events::Name& normalised) {
  const absl::string_view kind = KindText(normalised.kind());
  INVARIANT(!kind.empty() && !normalised.value().empty(), "only a normalised name has a key");
  const bool shown = normalised.kind() == events::NAME_KIND_CUSTOMER || normalised.kind() == events::NAME_KIND_ACCOUNT;
  if (!shown) return absl::StrCat(kind, ":", secret.KeyedHash(normalised.value()));
  return absl::StrCat(kind, ":", absl::StrReplaceAll(normalised.value(), {{"%", "%25"}, {"~", "%7E"}, {"/", "%2F"}}));
}

absl::StatusOr<events::Name> KeyedName(const NameSecret& secret, const events::Name& name) {
  ASSIGN_OR_RETURN(events::Name keyed, NormaliseName(name));
  keyed.set_key(NameKey(secret, keyed));
  return keyed;
}

int CompareNameKeys(absl::string_view a, absl::string_view b) {
  const auto order = [](absl::string_view key) {
    const events::NameKind kind = KindOfKey(key);
    return kind == events::NAME_KIND_UNSPECIFIED ? events::NameKind_MAX + 1 : static_cast<int>(kind);
  };
  const int difference = order(a) - order(b);
  return difference != 0 ? difference : a.compare(b);
}

events::NameKind KindOfKey(absl::string_view key) {
  const size_t colon = key.find(':');
  if (colon == absl::string_view::npos || colon + 1 == key.size()) return events::NAME_KIND_UNSPECIFIED;
  return KindOfText(key.substr(0, colon));
}

const events::Name* PrimaryName(const google::protobuf::RepeatedPtrField<events::Name>& names) {
  const events::Name* primary = nullptr;
  for (const events::Name& name : names) {
    INVARIANT(!name.key().empty(), "names are compared by their keys, and one has none");
    if (primary == nullptr || CompareNameKeys(name.key(), primary->key()) < 0) primary = &name;
  }
  return primary;
}

std::string PrimaryNameHint(events::NameKind kind) {
  if (kind == events::NAME_KIND_CUSTOMER || kind == events::NAME_KIND_UNSPECIFIED) return "";
  return absl::StrCat("; for now a journey is found by its primary name only, the strongest that its touchpoints state (",
                      AllKindsText(), "): if they state another beside this ", KindText(kind),
                      ", ask by that, as in customer:42");
}

}  // namespace touchstone::names
