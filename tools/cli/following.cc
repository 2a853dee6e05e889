#include "tools/cli/following.h"

#include <ostream>

namespace touchstone::cli {

void SayFollowing(absl::string_view what, bool from_begin, Context& context) {
  if (context.json || !context.terminal.progress) return;
  context.err << "Following " << what << (from_begin ? ", from the oldest that is kept" : ", from now on") << ". Ctrl-C ends it."
              << std::endl;
}

}  // namespace touchstone::cli
