#include "tools/cli/field_path.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace touchstone::cli {

absl::Status WithoutPath(const absl::Status& status, absl::string_view path) {
  if (status.ok()) return status;
  const std::string later = absl::StrReplaceAll(status.message(), {{absl::StrCat("; ", path, "."), "; "}});
  absl::string_view message = later;
  absl::ConsumePrefix(&message, absl::StrCat(path, "."));
  absl::Status stripped(status.code(), message);
  status.ForEachPayload([&stripped](absl::string_view url, const absl::Cord& payload) { stripped.SetPayload(url, payload); });
  return stripped;
}

}  // namespace touchstone::cli
