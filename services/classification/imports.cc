#include "services/classification/imports.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "common/status/macros.h"
#include "services/classification/domain/fold_point.h"
#include "services/classification/domain/limits.h"
#include "services/classification/journey_keys.h"

namespace touchstone::classification {
namespace {

using state::v1::ImportEntry;

// An ended import's entry is of no use to late rows after that long.
constexpr absl::Duration kEndedKept = absl::Hours(24 * 30);

absl::StatusOr<ImportEntry> ReadImport(const eventlog::StateView& state, absl::string_view key) {
  ASSIGN_OR_RETURN(std::optional<ImportEntry> entry, stream::GetMessage<ImportEntry>(state, key));
  return entry.has_value() ? *std::move(entry) : ImportEntry();
}

void WriteSeen(absl::string_view key, ImportEntry entry, stream::UnitOfWork& work) {
  entry.set_seen_ns(Nanos(work.now()));
  work.PutMessage(key, entry);
  work.SetTimer(key, work.now() + kImportSilence);
}

void End(absl::string_view key, ImportEntry& entry, stream::UnitOfWork& work) {
  entry.set_ended(true);
  entry.set_seen_ns(Nanos(work.now()));
  work.PutMessage(key, entry);
}

}  // namespace

absl::Status NoteImport(absl::string_view import_id, absl::string_view name, state::v1::Head& head, stream::UnitOfWork& work) {
  const std::string key = keys::Import(import_id);
  ASSIGN_OR_RETURN(ImportEntry entry, ReadImport(work, key));
  if (entry.ended()) return absl::OkStatus();
  if (Nanos(work.now()) - entry.seen_ns() > Nanos(kImportSeenSlack)) WriteSeen(key, std::move(entry), work);
  const auto& imports = head.imports();
  if (std::find(imports.begin(), imports.end(), import_id) != imports.end()) return absl::OkStatus();
  if (imports.size() >= kOpenImportsMax) {
    work.Delete(keys::ImportName(head.imports(0), name));
    head.mutable_imports()->DeleteSubrange(0, 1);
  }
  head.add_imports(std::string(import_id));
  work.Put(keys::ImportName(import_id, name), std::string());
  return absl::OkStatus();
}

absl::Status ForgetEndedImports(const eventlog::StateView& state, state::v1::Head& head) {
  auto& imports = *head.mutable_imports();
  for (int i = imports.size() - 1; i >= 0; --i) {
    ASSIGN_OR_RETURN(ImportEntry entry, ReadImport(state, keys::Import(imports[i])));
    if (entry.ended()) imports.DeleteSubrange(i, 1);
  }
  return absl::OkStatus();
}

absl::Status EndImport(absl::string_view import_id, stream::UnitOfWork& work) {
  const std::string key = keys::Import(import_id);
  ASSIGN_OR_RETURN(ImportEntry entry, ReadImport(work, key));
  if (entry.ended()) return absl::OkStatus();
  End(key, entry, work);
  work.SetTimer(key, work.now());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> OnImportTimer(absl::string_view key, stream::UnitOfWork& work) {
  std::vector<std::string> names;
  ASSIGN_OR_RETURN(ImportEntry entry, ReadImport(work, key));
  if (!entry.ended()) {
    const absl::Time silent_at = TimeOf(entry.seen_ns()) + kImportSilence;
    if (work.now() < silent_at) {
      work.SetTimer(key, silent_at);
      return names;
    }
    End(key, entry, work);
  }
  const std::string prefix = keys::ImportNames(key.substr(1));
  RETURN_IF_ERROR(work.Scan(prefix, eventlog::PrefixEnd(prefix), [&](absl::string_view one, absl::string_view) {
    names.emplace_back(one.substr(prefix.size()));
    return static_cast<int>(names.size()) < kConcludedPerStep;
  }));
  for (const std::string& name : names) work.Delete(absl::StrCat(prefix, name));
  if (!names.empty()) {
    work.SetTimer(key, work.now());
  } else if (work.now() - TimeOf(entry.seen_ns()) >= kEndedKept) {
    work.Delete(key);
  } else {
    work.SetTimer(key, TimeOf(entry.seen_ns()) + kEndedKept);
  }
  return names;
}

}  // namespace touchstone::classification
