#include "common/runtime/thread_name.h"

#include <pthread.h>

#include <string>

namespace touchstone::runtime {

void SetThreadName(absl::string_view name) { pthread_setname_np(pthread_self(), std::string(name.substr(0, 15)).c_str()); }

}  // namespace touchstone::runtime
