#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"

namespace touchstone::cli {

inline constexpr int kDefaultWidth = 100;

// What is known of where the output goes.
struct Terminal {
  // In characters; kUnboundedWidth (text_width.h) where it is no terminal: what a file or a pipe gets is whole.
  int width = kDefaultWidth;
  // Colours are for people only: never into a file or a pipe.
  bool colour = false;
  // Whether progress can be drawn on stderr.
  bool progress = false;
};

// What every command is given. Streams, clock and ids are passed in, so that a test runs a command as a user does.
struct Context {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  const clock::Clock& clock;
  // A new id each time, unlike any other anywhere.
  std::function<std::string()> new_id;
  Terminal terminal;

  // What the flags said.
  std::string address;
  bool json = false;

  // The command that the flags chose; blocks until it is done. The exit code, or the error that becomes one.
  std::function<absl::StatusOr<int>()> run;
};

}  // namespace touchstone::cli
