#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "touchstone/events/v1/touchpoint.pb.h"

// The keys of the journey task's state (ADR 0006). Neither name keys nor import ids hold a \0.
//
//   h NAME                             Head, and the timer of the name
//   b NAME                             FoldState of what is no longer kept
//   t NAME \0 TIME SOURCE \0 ID        Touchpoint, as accepted; TIME is 8 bytes that order as nanoseconds do
//   d NAME \0 HASH                     the touchpoint's key; HASH is 16 bytes of (source, id)
//   m NAME \0 LETTERS                  MomentEntry; LETTERS end the moment's id
//   i IMPORT                           ImportEntry, and the timer of the import
//   j IMPORT \0 NAME                   empty: the import touched the name
namespace touchstone::classification::keys {

std::string Head(absl::string_view name);
std::string Base(absl::string_view name);
std::string Touchpoint(absl::string_view name, const events::v1::Touchpoint& touchpoint);
// Before the keys of all touchpoints of that time.
std::string TouchpointsFrom(absl::string_view name, int64_t time_ns);
std::string Touchpoints(absl::string_view name);
std::string Repeat(absl::string_view name, const events::v1::Touchpoint& touchpoint);
std::string Moments(absl::string_view name);
// Of a moment's id, which begins with its owner's name: the name is given, the letters are the id's.
std::string Moment(absl::string_view name, absl::string_view moment_id);
std::string Import(absl::string_view import_id);
std::string ImportNames(absl::string_view import_id);
std::string ImportName(absl::string_view import_id, absl::string_view name);

inline constexpr char kHeadPart = 'h';
inline constexpr char kImportPart = 'i';

}  // namespace touchstone::classification::keys
