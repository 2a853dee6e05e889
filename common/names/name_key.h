#pragma once

#include <google/protobuf/repeated_ptr_field.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/names/name_secret.h"
#include "touchstone/events/v1/name.pb.h"

namespace touchstone::names {

namespace events = touchstone::events::v1;

// The name's key wherever it is not shown in the clear: `customer:42` for customers and accounts, with `~`, `/` and `%` of the
// value written %7E, %2F and %25; `email:` and 32 hexadecimal digits for all others. `normalised` comes from NormaliseName.
std::string NameKey(const NameSecret& secret, const events::Name& normalised);

// Normalised and with its key: how a name that comes in is kept. Errors as of NormaliseName.
absl::StatusOr<events::Name> KeyedName(const NameSecret& secret, const events::Name& name);

// Below zero where `a` is smaller (stronger), zero where they are equal. By kind, then by bytes; what is no key comes last.
int CompareNameKeys(absl::string_view a, absl::string_view b);

// NAME_KIND_UNSPECIFIED where it is no key.
events::NameKind KindOfKey(absl::string_view key);

// The name with the smallest key, null where there is none. Every name has its key.
const events::Name* PrimaryName(const google::protobuf::RepeatedPtrField<events::Name>& names);

// To append to "nothing is known of it": a journey lies under its primary name, and for now a read by another of its names
// does not find it. Empty for kinds that nothing is stronger than.
std::string PrimaryNameHint(events::NameKind kind);

}  // namespace touchstone::names
