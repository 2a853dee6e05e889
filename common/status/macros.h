#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// Other libraries use the same names inside; whoever includes this means ours.
#ifdef RETURN_IF_ERROR
#undef RETURN_IF_ERROR
#endif
#ifdef ASSIGN_OR_RETURN
#undef ASSIGN_OR_RETURN
#endif

// Returns from the enclosing function (which returns absl::Status or an absl::StatusOr) where the expression, an
// absl::Status, is not OK.
#define RETURN_IF_ERROR(...)                                                                               \
  do {                                                                                                     \
    if (absl::Status touchstone_status = (__VA_ARGS__); !touchstone_status.ok()) return touchstone_status; \
  } while (false)

// ASSIGN_OR_RETURN(Journey journey, LoadJourney(key)): assigns the value of an absl::StatusOr, or returns its status. The
// left side may declare; where its type has a comma, give the type a name first. Expands to several statements:
// never the body of an `if` without braces.
#define ASSIGN_OR_RETURN(lhs, ...) \
  TOUCHSTONE_ASSIGN_OR_RETURN_(TOUCHSTONE_CONCATENATED_(touchstone_status_or_, __LINE__), lhs, __VA_ARGS__)

#define TOUCHSTONE_CONCATENATED_INNER_(a, b) a##b
#define TOUCHSTONE_CONCATENATED_(a, b) TOUCHSTONE_CONCATENATED_INNER_(a, b)
#define TOUCHSTONE_ASSIGN_OR_RETURN_(status_or, lhs, ...)    \
  auto status_or = (__VA_ARGS__);                            \
  if (!status_or.ok()) return std::move(status_or).status(); \
  lhs = *std::move(status_or)
