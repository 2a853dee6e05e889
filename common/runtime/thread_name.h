#ifndef TOUCHSTONE_COMMON_RUNTIME_THREAD_NAME_H_
#define TOUCHSTONE_COMMON_RUNTIME_THREAD_NAME_H_

#include "absl/strings/string_view.h"

namespace touchstone::runtime {

// Names the calling thread for top, gdb and perf. Linux shows 15 bytes.
void SetThreadName(absl::string_view name);

}  // namespace touchstone::runtime

#endif  // TOUCHSTONE_COMMON_RUNTIME_THREAD_NAME_H_
