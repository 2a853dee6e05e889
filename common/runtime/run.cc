#include "common/runtime/run.h"

#include "absl/strings/str_cat.h"
#include "common/runtime/exit_code.h"

namespace touchstone::runtime {

int Finished(absl::string_view program, const absl::Status& status) {
  if (!status.ok()) WriteToStderr(absl::StrCat(program, ": ", status.message(), "\n"));
  return ExitCodeOf(SettingError(status));
}

}  // namespace touchstone::runtime
