#include "tools/cli/following.h"

#include <ostream>

namespace touchstone::cli {

void SayFollowing(absl::string_view what, bool from_begin, Context& context) {
  if (context.json || !context.terminal.progress) return;
  context.err << "Following " << what << (from_begin ? ", from the oldest that is kept" : ", from now on") << ". Ctrl-C ends it."
              << std::endl;
}

void SayLost(Context& context) { context.err << "the connection is lost, trying again" << std::endl; }

}  // namespace touchstone::cli
