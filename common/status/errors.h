#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// Errors that say what, where, and what to do, in words and as google.rpc details. The details are payloads of an
// absl::Status under their type URL (`type.googleapis.com/google.rpc.BadRequest`), so they pass through every layer that
// only knows absl::Status; rpc_status.h puts them on the wire. Pure functions, any thread.
//
// Limits keep a status below gRPC's 8 KiB of metadata: what is longer is cut, what is more is counted.
namespace touchstone::status {

inline constexpr size_t kFieldViolationsMax = 12;
inline constexpr size_t kViolationsInMessageMax = 5;
inline constexpr size_t kPathBytesMax = 100;
inline constexpr size_t kDescriptionBytesMax = 240;

// One field that is wrong. `path` as in the request: `touchpoints[3].names[0].value`. Never a personal value in either.
struct FieldViolation {
  std::string path;
  std::string description;

  bool operator==(const FieldViolation&) const = default;
};

// Collects what is wrong with a message, so that a caller learns all of it at once.
class FieldErrors {
 public:
  void Add(absl::string_view path, absl::string_view description);

  bool empty() const { return count_ == 0; }
  size_t count() const { return count_; }

  // OK where nothing was added. Else INVALID_ARGUMENT with a BadRequest; the message reads
  // `names[0].value: is empty; occur_time: is required`, and ends in `; and 7 more` where not all are in it.
  absl::Status ToStatus() const;

 private:
  size_t count_ = 0;
  std::vector<FieldViolation> violations_;  // The first kFieldViolationsMax.
};

// INVALID_ARGUMENT for one field.
absl::Status InvalidField(absl::string_view path, absl::string_view description);

// What a program decides by, as google.rpc.ErrorInfo.
struct Reason {
  std::string reason;  // UPPER_SNAKE: `PAGE_TOKEN_OF_ANOTHER_QUERY`.
  std::string domain;  // The service: `classification`.
  std::map<std::string, std::string> metadata;

  bool operator==(const Reason&) const = default;
};

// The status with an ErrorInfo; an earlier one is replaced. An OK status stays OK. A reason that is not UPPER_SNAKE crashes.
absl::Status WithReason(absl::Status status, absl::string_view reason, absl::string_view domain,
                        const std::map<std::string, std::string>& metadata = {});

// The status with a RetryInfo: come again after `delay` (below zero counts as zero). An OK status stays OK.
absl::Status WithRetry(absl::Status status, absl::Duration delay);

// The same code and details, the message `prefix: message`. An OK status stays OK.
absl::Status Annotated(const absl::Status& status, absl::string_view prefix);

// The details again; nothing where the status has none or they do not parse.
std::optional<Reason> ReasonOf(const absl::Status& status);
std::optional<absl::Duration> RetryDelayOf(const absl::Status& status);
std::vector<FieldViolation> FieldViolationsOf(const absl::Status& status);

}  // namespace touchstone::status
